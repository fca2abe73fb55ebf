/** The timing bar and its panel, in any page: `mountPanel(client.timings)`. */
import { createRoot } from "react-dom/client";
import type { TimingStore } from "../techniques/timing/timing.ts";
import "./panel.css";
import { TimingBar } from "./TimingBar.tsx";
import { TimingsProvider } from "./TimingsContext.tsx";

export interface MountOptions {
  /** What the bar is put into. @default an element of its own, fixed at the foot of the page */
  into?: HTMLElement;
}

/** Returns what takes it away again. */
export function mountPanel(timings: TimingStore, { into }: MountOptions = {}): () => void {
  const place = into ?? document.body.appendChild(Object.assign(document.createElement("div"), FOOT));
  const home = place.appendChild(Object.assign(document.createElement("div"), { className: "roundtrip" }));
  const root = createRoot(home);
  root.render(
    <TimingsProvider store={timings}>
      <TimingBar />
    </TimingsProvider>,
  );
  return () => {
    // A root may not end while React draws another one, which is when effects of that one are undone.
    queueMicrotask(() => root.unmount());
    home.remove();
    if (!into) place.remove();
  };
}

const FOOT = { className: "roundtrip-foot" };
