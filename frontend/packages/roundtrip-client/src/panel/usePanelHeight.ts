/** The panel's height: changed by dragging its upper edge, with the arrow keys, or by a button. */
import { type CSSProperties, type HTMLAttributes, useCallback, useEffect, useState } from "react";

/** In hundredths of the window's height. */
const LEAST = 25;
const MOST = 90;
const HALF = 50;
const STEP = 5;

interface PanelHeight {
  style: CSSProperties;
  tall: boolean;
  toggle: () => void;
  /** Props of the separator at the upper edge. */
  handle: HTMLAttributes<HTMLDivElement>;
}

export function usePanelHeight(): PanelHeight {
  const [share, setShare] = useState(HALF);
  const resize = useCallback((to: number) => setShare(Math.round(Math.min(MOST, Math.max(LEAST, to)))), []);
  const tall = share > 70;
  useRoomBelow(share);
  return {
    style: { blockSize: `${share}dvh` },
    tall,
    toggle: () => resize(tall ? HALF : MOST),
    handle: {
      role: "separator",
      tabIndex: 0,
      "aria-label": "Height of the panel",
      "aria-orientation": "horizontal",
      "aria-valuenow": share,
      "aria-valuemin": LEAST,
      "aria-valuemax": MOST,
      onKeyDown: (event) => {
        const to = { ArrowUp: share + STEP, ArrowDown: share - STEP, Home: LEAST, End: MOST }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        resize(to);
      },
      onPointerDown: (event) => event.currentTarget.setPointerCapture(event.pointerId),
      onPointerMove: (event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const bottom =
          event.currentTarget.parentElement?.getBoundingClientRect().bottom ?? window.innerHeight;
        resize(((bottom - event.clientY) / window.innerHeight) * 100);
      },
    },
  };
}

/** Adds room below the page for the height of the panel, so that the whole page can be scrolled into view. */
function useRoomBelow(share: number): void {
  useEffect(() => {
    const { body, documentElement } = document;
    body.style.paddingBlockEnd = `${share}dvh`;
    documentElement.style.scrollPaddingBlockEnd = `calc(${share}dvh + 40px)`;
    return () => {
      body.style.paddingBlockEnd = "";
      documentElement.style.scrollPaddingBlockEnd = "";
    };
  }, [share]);
}
