/** All round trips and their parts on one clock, and beside them the details of the open one. */
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from "react";
import type { Snapshot } from "../techniques/timing/timing.ts";
import { useDrawingCost } from "./cost.ts";
import { Details } from "./Details.tsx";
import { tickLabel } from "./format.ts";
import { Legend } from "./Legend.tsx";
import { clockOf, ticks } from "./layout.ts";
import { clockIntervals, type Row, rowsOf } from "./rows.ts";
import { isTreeKey, step } from "./treeKeys.ts";
import styles from "./Waterfall.module.css";
import columns from "./WaterfallRow.module.css";
import { FoldMarks, WaterfallRow } from "./WaterfallRow.tsx";

/** The range of latest actions that the clock shows, or the id of a single action. */
type Zoom = keyof typeof LATEST | number;

/** The numbers of actions; with more actions each would have only a few pixels. */
const LATEST = { recent: 6, last: 1, all: Number.POSITIVE_INFINITY };

/** The row of headings covers the upper end of the list. */
const HEAD_HEIGHT = 26;

export function Waterfall({ snapshot, phone }: { snapshot: Snapshot; phone: boolean }) {
  useDrawingCost("waterfall");
  // The clock runs only while a request is under way.
  const now = snapshot.roundTrips.some(({ end }) => end === null) ? performance.now() : 0;
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [zoom, setZoom] = useState<Zoom>("recent");
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const [openKey, setOpenKey] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => rowsOf(snapshot, folded), [snapshot, folded]);
  const clock = useMemo(() => {
    const actionIds = rows.flatMap((row) => (row.kind === "action" ? [row.action.id] : []));
    const shown = new Set(typeof zoom === "number" ? [zoom] : actionIds.slice(0, LATEST[zoom]));
    return clockOf(clockIntervals(snapshot, shown, now));
  }, [snapshot, rows, zoom, now]);
  const active = Math.max(
    0,
    rows.findIndex(({ key }) => key === activeKey),
  );
  const open = useMemo(() => rows.find(({ key }) => key === openKey), [rows, openKey]);
  const height = phone ? 48 : 26;

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
    // Rows are drawn before anything is measured, because one of them gets the focus as the panel opens.
    initialRect: { width: 0, height: 320 },
    scrollPaddingEnd: HEAD_HEIGHT,
    getItemKey: (i) => rows[i]?.key ?? i,
    // The row that Tab leads to is always drawn, wherever the list is scrolled.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), active])].sort((a, b) => a - b),
  });

  const toggle = useCallback((row: Row) => setFolded((was) => toggled(was, row.key)), []);
  const show = useCallback((row: Row) => {
    setActiveKey(row.key);
    setOpenKey(row.key);
  }, []);

  const go = (row: Row, focus: boolean) => {
    setActiveKey(row.key);
    if (open && !phone) setOpenKey(row.key);
    const index = rows.indexOf(row);
    virtual.scrollToIndex(index, { align: "auto" });
    if (focus) requestAnimationFrame(() => rowElement(scroller.current, index)?.focus());
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[active];
    if (!row || !isTreeKey(event.key) || event.target instanceof HTMLSelectElement) return;
    event.preventDefault();
    const move = step(
      rows,
      active,
      event.key,
      Math.floor((scroller.current?.clientHeight ?? 0) / height) || 1,
    );
    if (move === "open") setOpenKey(row.key);
    else if (move === "toggle") toggle(row);
    else if (move) go(move, true);
  };

  const back = () => {
    setOpenKey(null);
    requestAnimationFrame(() => rowElement(scroller.current, active)?.focus());
  };

  const legend = (
    <Legend snapshot={snapshot}>
      <label className={styles.zoom}>
        Clock shows{" "}
        <select
          value={zoom}
          onChange={({ target }) => setZoom(isLatest(target.value) ? target.value : Number(target.value))}
        >
          <option value="recent">the last {LATEST.recent} actions</option>
          <option value="last">the last action</option>
          <option value="all">all actions</option>
          {typeof zoom === "number" && <option value={zoom}>{labelOf(snapshot, zoom)}</option>}
        </select>
      </label>
    </Legend>
  );

  return (
    <div className={styles.split} data-open={open !== undefined}>
      <div className={styles.list}>
        <div ref={scroller} className={styles.scroller}>
          <table
            className={styles.grid}
            // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a treegrid is a table whose rows take the focus
            role="treegrid"
            aria-label="Round trips, newest action first"
            aria-rowcount={rows.length + 1}
            onKeyDown={onKeyDown}
          >
            <thead className={styles.head}>
              <tr aria-rowindex={1} className={columns.columns}>
                <th scope="col">Request</th>
                <th scope="col">Answer from</th>
                <th scope="col">SQL</th>
                <th scope="col">Bytes</th>
                <th scope="col">Time</th>
                <th scope="col" className={styles.axis} aria-label="Spans on the clock">
                  {ticks(clock, phone || open ? 3 : 6).map((tick) => (
                    <span
                      key={tick.ms}
                      className={styles.tick}
                      data-before={tick.before}
                      style={{ insetInlineStart: `${tick.x * 100}%` }}
                    >
                      {tickLabel(tick.ms)}
                    </span>
                  ))}
                  <FoldMarks clock={clock} labelled />
                </th>
              </tr>
            </thead>
            <tbody className={styles.rows} style={{ blockSize: virtual.getTotalSize() }}>
              {virtual.getVirtualItems().map(({ index, start }) => {
                const row = rows[index];
                if (!row) return null;
                return (
                  <WaterfallRow
                    key={row.key}
                    row={row}
                    index={index}
                    top={start}
                    height={height}
                    clock={clock}
                    now={now}
                    active={index === active}
                    open={row.key === openKey}
                    onOpen={show}
                    onToggle={toggle}
                  />
                );
              })}
            </tbody>
          </table>
          {phone && legend}
        </div>
        {!phone && legend}
      </div>
      {open && (
        <Details
          row={open}
          snapshot={snapshot}
          phone={phone}
          onBack={back}
          onOpen={setOpenKey}
          onZoom={setZoom}
        />
      )}
    </div>
  );
}

function isLatest(value: string): value is keyof typeof LATEST {
  return value in LATEST;
}

function labelOf({ actions }: Snapshot, id: number): string {
  return actions.find((action) => action.id === id)?.label ?? "an action no longer kept";
}

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}

function rowElement(scroller: HTMLElement | null, index: number): HTMLElement | null {
  return scroller?.querySelector<HTMLElement>(`[aria-rowindex="${index + 2}"]`) ?? null;
}
