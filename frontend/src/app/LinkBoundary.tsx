import {
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
  type SyntheticEvent,
  useLayoutEffect,
  useRef,
} from "react";
import { useNavigate } from "react-router";
import { client } from "./client";
import { prepare } from "./pageCode";
import { actionName, hasOwnDocument } from "./pages";

/** Milliseconds of rest: long enough that a pointer crossing a list sends nothing, short enough to precede a click. */
const DWELL_MS = 70;

/**
 * The behaviour of every link of the product, a chart's marks included: a resting pointer prefetches the page, a click
 * begins an action in the timing panel, and a plain <a> navigates without a reload.
 */
export function LinkBoundary({ children }: { children: ReactNode }) {
  const navigate = useNavigate();
  const dwell = useRef<ReturnType<typeof setTimeout>>(undefined);
  const pointer = useRef({ x: -1, y: -1 });

  // In the layout phase a child comes before its parent: this hears of Back ahead of the router, whose pages ask at
  // once for what they show.
  useLayoutEffect(() => {
    const onPopState = () => client.timings.begin(actionName(new URL(location.href)));
    window.addEventListener("popstate", onPopState);
    return () => window.removeEventListener("popstate", onPopState);
  }, []);

  /** Ignores a link that comes under a resting pointer by scrolling or with a new page. */
  const onPointerOver = (event: PointerEvent) => {
    const { clientX: x, clientY: y } = event;
    const rests = x === pointer.current.x && y === pointer.current.y;
    pointer.current = { x, y };
    if (rests) clearTimeout(dwell.current);
    else onIntent(event);
  };
  const onIntent = (event: SyntheticEvent) => {
    clearTimeout(dwell.current);
    const url = ownLink(event.target);
    if (url) dwell.current = setTimeout(() => prepare(url), DWELL_MS);
  };
  const onClickCapture = (event: MouseEvent) => {
    const url = isPlainClick(event) && ownLink(event.target);
    if (url) client.timings.begin(actionName(url));
  };
  const onClick = (event: MouseEvent) => {
    const url = !event.defaultPrevented && isPlainClick(event) && ownLink(event.target);
    if (!url || (hasOwnDocument(url) && !hasOwnDocument(new URL(location.href)))) return;
    event.preventDefault();
    navigate(url.pathname + url.search + url.hash);
  };

  return (
    // The user operates the links inside; this element only listens to events that bubble up.
    // biome-ignore lint/a11y/noStaticElementInteractions: see above
    // biome-ignore lint/a11y/useKeyWithClickEvents: a link's Enter is a click
    <div onPointerOver={onPointerOver} onFocus={onIntent} onClickCapture={onClickCapture} onClick={onClick}>
      {children}
    </div>
  );
}

function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

/** The address of the link under an event, if it leads to one of our own pages. */
function ownLink(target: EventTarget): URL | undefined {
  const link = target instanceof Element ? target.closest("a") : null;
  const href = link?.getAttribute("href") ?? link?.getAttribute("xlink:href");
  if (!link || !href || href.startsWith("#") || link.hasAttribute("download") || link.getAttribute("target"))
    return;
  const url = new URL(href, location.href);
  return url.origin === location.origin && !url.pathname.startsWith("/api/") ? url : undefined;
}
