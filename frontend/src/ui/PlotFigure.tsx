import { type PlotOptions, plot } from "@observablehq/plot";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { oneStop } from "./oneStop";
import styles from "./PlotFigure.module.css";

interface Props {
  /** A description of the chart for screen readers. */
  label: string;
  height: number;
  /** Called again when the width changes; the caller memoises it. */
  options: (width: number) => PlotOptions;
}

/** A chart of Observable Plot, as wide as its container. This file is large: only lazy components import it. */
export default function PlotFigure({ label, height, options }: Props) {
  const place = useRef<HTMLElement>(null);
  const width = useWidth(place);
  useEffect(() => {
    if (!width) return;
    const svg = plot({ ...options(width), width, height, style: { background: "none", fontSize: "12px" } });
    nameLinks(svg);
    place.current?.replaceChildren(svg);
    return oneStop(svg, () => [[...svg.querySelectorAll("a")]]);
  }, [options, width, height]);
  return <figure ref={place} className={styles.chart} style={{ height }} aria-label={label} />;
}

/** Moves the name from the mark, where Plot puts it, to the link around it, and gives the link a plain href. */
function nameLinks(svg: Element): void {
  for (const link of svg.querySelectorAll("a")) {
    const mark = link.querySelector("[aria-label]");
    const name = mark?.getAttribute("aria-label");
    if (name) link.setAttribute("aria-label", name);
    const href = link.getAttributeNS("http://www.w3.org/1999/xlink", "href");
    if (href) link.setAttribute("href", href);
  }
  // Plot also labels its layers ("rule", "x-axis tick"), on elements without a role, where no label may stand.
  for (const labelled of svg.querySelectorAll("[aria-label]:not(a)")) labelled.removeAttribute("aria-label");
}

function useWidth(place: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
  return width;
}
