/** The timing bar and its panel, in any page: `mountPanel(client.timings)`. */
import { createRoot } from "react-dom/client";
import type { TimingStore } from "../techniques/timing/timing.ts";
import "./panel.css";
import { TimingBar } from "./TimingBar.tsx";
import { type LoadLeads, TimingsProvider } from "./TimingsContext.tsx";

export interface MountOptions {
  /** The element for the bar. @default a new element, fixed at the foot of the page */
  into?: HTMLElement;
  /** Says where the names of spans lead: asked when the panel first shows spans. @default they lead nowhere */
  leads?: LoadLeads;
  /** The last key pressed before this code was here: it opens the panel if it is the panel's own. @default none */
  pressed?: KeyboardEvent | null;
}

/** Returns a function that removes the bar. */
export function mountPanel(timings: TimingStore, { into, leads, pressed }: MountOptions = {}): () => void {
  const place = into ?? document.body.appendChild(Object.assign(document.createElement("div"), FOOT));
  const home = place.appendChild(Object.assign(document.createElement("div"), { className: "roundtrip" }));
  const root = createRoot(home);
  root.render(
    <TimingsProvider store={timings} leads={leads}>
      <TimingBar pressed={pressed} />
    </TimingsProvider>,
  );
  return () => {
    // React may call this while it draws another root, when a root must not be unmounted.
    queueMicrotask(() => root.unmount());
    home.remove();
    if (!into) place.remove();
  };
}

const FOOT = { className: "roundtrip-foot" };
