import { useEffect, useLayoutEffect } from "react";
import { useLocation, useNavigationType } from "react-router";

const places = new Map<string, number>();

/**
 * A new page starts at its top, a page gone back to where it was left. The browser's own restoration runs before
 * React has drawn the page, so it is done here, after the drawing.
 */
export function useScrollPlaces(): void {
  const { key, pathname } = useLocation();
  const arrivedBy = useNavigationType();
  useEffect(() => {
    history.scrollRestoration = "manual";
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a filter changes the key but not the page, and stays in place
  useLayoutEffect(() => {
    window.scrollTo(0, arrivedBy === "POP" ? (places.get(key) ?? 0) : 0);
  }, [pathname]);
  // In the layout phase, so that no place is remembered for a page that has already been taken down.
  useLayoutEffect(() => {
    const remember = () => places.set(key, window.scrollY);
    window.addEventListener("scroll", remember, { passive: true });
    return () => window.removeEventListener("scroll", remember);
  }, [key]);
}
