import { type MouseEvent, type ReactNode, useEffect, useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { exploreHref, type Filters } from "../../flights/filters/filters";
import { flightsInWords } from "../../flights/inWords";
import styles from "./Narrowed.module.css";
import { useFlightsTotal } from "./useFlightsTotal";

interface Props {
  filters: Filters;
  /** The charts, whose marks narrow them down. */
  children: ReactNode;
}

interface Pressed {
  search: string;
  /** The chart of a mark that was pressed by a key. */
  chart: Element | null;
}

/** Charts whose marks filter in place: wherever one is pressed, it can be undone there, or its flights be opened. */
export function NarrowedByMarks({ filters, children }: Props) {
  const { pathname, search } = useLocation();
  const [pressed, setPressed] = useState<Pressed>();
  const isShown = pressed?.search === search;
  const chart = isShown ? pressed.chart : null;
  useEffect(() => (chart ? keepFocus(chart) : undefined), [chart]);
  const onClick = ({ target, detail }: MouseEvent) => {
    const link = target instanceof Element ? target.closest("a") : null;
    const href = link?.getAttribute("href");
    if (!link || !href?.startsWith(pathname)) return;
    const isByKey = detail === 0;
    setPressed({ search: href.slice(pathname.length), chart: isByKey ? link.closest("section") : null });
  };
  return (
    <>
      <div onClickCapture={onClick}>{children}</div>
      <div role="status">{isShown && <Offer filters={filters} onUndo={() => setPressed(undefined)} />}</div>
    </>
  );
}

/** A mark that goes away, as its chart is drawn anew, leaves the focus to the mark that comes. */
function keepFocus(chart: Element): () => void {
  const look = () => {
    if (document.activeElement === document.body)
      chart.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
  };
  look(); // it may be drawn anew already
  const observer = new MutationObserver(look);
  observer.observe(chart, { childList: true, subtree: true });
  return () => observer.disconnect();
}

function Offer({ filters, onUndo }: { filters: Filters; onUndo: () => void }) {
  const navigate = useNavigate();
  const count = useFlightsTotal(filters);
  const undo = () => {
    document.getElementById("main")?.focus({ preventScroll: true }); // the button goes away
    onUndo();
    navigate(-1);
  };
  return (
    <div className={styles.narrowed}>
      <span>The charts show only what you pressed.</span>
      <button type="button" onClick={undo}>
        Undo
      </button>
      <Link to={exploreHref(filters)}>
        {count === undefined ? "The flights" : `The list of ${flightsInWords(count)}`}
      </Link>
    </div>
  );
}
