import { useEffect, useLayoutEffect, useRef } from "react";
import { useLocation, useNavigationType } from "react-router";
import { loadedPages } from "./pages";
import { documentIsReturn, keepPlaces, placeAt, rememberPlace } from "./places";

/** The milliseconds in which a page must reach its former length. */
const PATIENCE = 10_000;
const READERS_OWN = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

/**
 * A new page starts at its top; on a return a page starts where it was left. The browser's own restoration runs before
 * React has drawn the page, so this is done here, after the drawing.
 */
export function useScrollPlaces(): void {
  const { key, pathname } = useLocation();
  const arrivedBy = useNavigationType();
  const isFirst = useRef(true);
  const isOnTheWay = useRef(false);
  useEffect(() => {
    history.scrollRestoration = "manual";
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a filter changes the key but not the page, and stays in place
  useLayoutEffect(() => {
    // The router reports a newly opened document as a return.
    const isReturn = arrivedBy === "POP" && (!isFirst.current || documentIsReturn());
    isFirst.current = false;
    const place = isReturn ? placeAt(key) : undefined;
    return scrollUntilThere(place?.y ?? 0, (onTheWay) => {
      isOnTheWay.current = onTheWay;
    });
  }, [pathname]);
  // In the layout phase, so that no place is stored for a page that has already been removed.
  useLayoutEffect(() => {
    const remember = () => {
      if (!isOnTheWay.current) rememberPlace(key, { ...placeAt(key), y: window.scrollY });
    };
    const keep = () => {
      const place = placeAt(key);
      if (place) rememberPlace(key, { ...place, cursors: loadedPages(new URL(location.href)) });
      keepPlaces();
    };
    window.addEventListener("scroll", remember, { passive: true });
    window.addEventListener("pagehide", keep);
    return () => {
      window.removeEventListener("scroll", remember);
      window.removeEventListener("pagehide", keep);
    };
  }, [key]);
}

/** Scrolls again whenever the page grows, because content may come later, until the reader scrolls. */
function scrollUntilThere(y: number, tell: (onTheWay: boolean) => void): () => void {
  window.scrollTo(0, y);
  if (y === 0) return () => {};
  tell(true);
  const observer = new ResizeObserver(() => {
    window.scrollTo(0, y);
    if (Math.abs(window.scrollY - y) < 1) stop();
  });
  const timer = setTimeout(stop, PATIENCE);
  for (const event of READERS_OWN) window.addEventListener(event, stop, { passive: true });
  observer.observe(document.body);

  function stop() {
    tell(false);
    clearTimeout(timer);
    observer.disconnect();
    for (const event of READERS_OWN) window.removeEventListener(event, stop);
  }
  return stop;
}
