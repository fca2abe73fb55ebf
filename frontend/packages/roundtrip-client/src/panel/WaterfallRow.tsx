/** One row of the waterfall: the request, the source of the answer, and the spans on the clock. */
import { type MouseEvent, memo } from "react";
import type { PartRecord, RoundTrip, Span } from "../techniques/timing/timing.ts";
import { shortAddress } from "./endpoint.ts";
import { bytes, count, ms } from "./format.ts";
import { type Clock, folds, type Interval, place } from "./layout.ts";
import { intervalOf, type Row } from "./rows.ts";
import { amounts, lookOf, sourceLabel, spanColour } from "./spans.ts";
import styles from "./WaterfallRow.module.css";

interface WaterfallRowProps {
  row: Row;
  index: number;
  top: number;
  height: number;
  clock: Clock;
  now: number;
  /** Whether this row takes the focus when the grid does. */
  active: boolean;
  /** Whether its details are shown. */
  open: boolean;
  onOpen: (row: Row) => void;
  onToggle: (row: Row) => void;
}

export const WaterfallRow = memo(function WaterfallRow({
  row,
  index,
  top,
  height,
  clock,
  now,
  active,
  open,
  onOpen,
  onToggle,
}: WaterfallRowProps) {
  const interval = intervalOf(row, now);
  const texts = textsOf(row, interval);
  const toggle = (event: MouseEvent) => {
    event.stopPropagation();
    onToggle(row);
  };
  return (
    // Enter and the arrow keys are handled by the treegrid around it.
    <tr
      aria-rowindex={index + 2}
      aria-level={row.level}
      aria-expanded={row.expanded}
      aria-selected={open}
      tabIndex={active ? 0 : -1}
      className={`${styles.columns} ${styles.row}`}
      data-kind={row.kind}
      style={{ blockSize: height, translate: `0 ${top}px` }}
      onClick={() => onOpen(row)}
    >
      <td className={styles.name} title={texts.title}>
        {row.expanded === undefined ? (
          <i className={styles.twig} />
        ) : (
          // For a pointer. With the keyboard the row itself folds; a button in each row would be one more tab stop.
          <i className={styles.twig} data-expanded={row.expanded} aria-hidden="true" onClick={toggle} />
        )}
        {texts.name}
      </td>
      <td className={styles.source} data-failed={texts.failed}>
        {texts.source}
      </td>
      <td className={styles.figure}>{texts.statements}</td>
      <td className={styles.figure}>{row.kind === "part" ? <Decoded size={texts.bytes} /> : texts.bytes}</td>
      <td className={styles.time}>{texts.time}</td>
      <td className={styles.clock}>
        <FoldMarks clock={clock} />
        <Bars row={row} interval={interval} clock={clock} />
      </td>
    </tr>
  );
});

/** The decoded size, in brackets: a batch is compressed as a whole, so its parts have no size on the wire. */
function Decoded({ size }: { size: string }) {
  if (size === "") return null;
  return (
    <span title={`${size} decoded; the batch's own size is on the wire`}>
      ({size}
      <span className="roundtrip-unseen"> decoded</span>)
    </span>
  );
}

function Bars({ row, interval, clock }: { row: Row; interval: Interval; clock: Clock }) {
  const placed = place(clock, interval);
  if (!placed) {
    return <span className={styles.offClock}>{interval.end < clock.start ? "‹ before" : "after ›"}</span>;
  }
  const left = `${placed.x * 100}%`;
  if (row.kind === "memory") return <span className={styles.instant} style={{ insetInlineStart: left }} />;
  const spans = spansOf(row);
  const pending = row.kind !== "action" && (row.kind === "part" ? row.part : row.trip).end === null;
  return (
    <>
      <span aria-hidden="true">
        {(row.kind === "action" || pending) && (
          <span
            className={pending ? styles.pending : styles.extent}
            style={{ insetInlineStart: left, inlineSize: `${placed.width * 100}%` }}
          />
        )}
        {spans.map((span) => (
          <SpanBar key={`${span.name} ${span.start}`} span={span} clock={clock} />
        ))}
      </span>
      <span className="roundtrip-unseen">{spanWords(spans)}</span>
    </>
  );
}

export function SpanBar({ span, clock }: { span: Span; clock: Clock }) {
  const placed = place(clock, span);
  if (!placed) return null;
  return (
    <span
      className={styles.span}
      data-family={lookOf(span.name).family}
      title={`${span.name} ${ms(span.end - span.start)}`}
      style={{
        insetInlineStart: `${placed.x * 100}%`,
        inlineSize: `${placed.width * 100}%`,
        color: spanColour(span.name),
      }}
    />
  );
}

/** Marks where the clock leaves out idle time. */
export function FoldMarks({ clock, labelled = false }: { clock: Clock; labelled?: boolean }) {
  return folds(clock).map((fold) => (
    <span
      key={fold.x}
      className={styles.fold}
      style={{ insetInlineStart: `${fold.x * 100}%`, inlineSize: `${fold.width * 100}%` }}
      title={labelled ? `${ms(fold.ms)} in which nothing was under way` : undefined}
    />
  ));
}

function spansOf(row: Row): readonly Span[] {
  if (row.kind === "action") return row.render;
  if (row.kind === "memory") return [];
  return row.kind === "part" ? row.part.spans : row.trip.spans;
}

function spanWords(spans: readonly Span[]): string {
  return amounts(spans)
    .map(({ name, ms: duration }) => `${name} ${ms(duration)}`)
    .join(", ");
}

interface Texts {
  name: string;
  title: string;
  source: string;
  failed: boolean;
  statements: string;
  bytes: string;
  time: string;
}

const NOTHING: Texts = {
  name: "",
  title: "",
  source: "",
  failed: false,
  statements: "",
  bytes: "",
  time: "0 ms",
};

function textsOf(row: Row, interval: Interval): Texts {
  const time = ms(interval.end - interval.start);
  if (row.kind === "action") {
    const { label } = row.action;
    const parts = row.trips.reduce((sum, trip) => sum + trip.parts.length, 0);
    const within = `${count(row.trips.length, "round trip")}${parts > 0 ? `, ${count(parts, "part")}` : ""}`;
    const pending = row.trips.some(({ end }) => end === null);
    return {
      ...NOTHING,
      name: `${label} · ${within}`,
      title: label,
      source: pending ? "under way" : "",
      statements: told(
        row.trips.map(({ statements }) => statements),
        String,
      ),
      bytes: told(
        row.trips.map((trip) => trip.bytes.wire),
        bytes,
      ),
      // The request is under way: its spans are known at its end.
      time: pending && row.waited === 0 ? "" : ms(row.waited),
    };
  }
  if (row.kind === "memory") {
    return { ...NOTHING, name: row.hit.key, title: row.hit.key, source: sourceLabel("memory") };
  }
  const asked = row.kind === "part" ? row.part : row.trip;
  const method = row.kind === "part" ? "" : `${row.trip.method} `;
  return {
    name: `${method}${shortAddress(asked.url)}`,
    title: asked.url,
    ...answerTexts(row, asked),
    statements: asked.statements === null ? "" : String(asked.statements),
    bytes: bytesText(row),
    time,
  };
}

/** The sum of the known figures; an empty text if none is known. */
function told(figures: (number | null)[], words: (sum: number) => string): string {
  const known = figures.filter((figure) => figure !== null);
  return known.length > 0 ? words(known.reduce((sum, figure) => sum + figure, 0)) : "";
}

function answerTexts(
  row: Row & { kind: "trip" | "part" },
  asked: RoundTrip | PartRecord,
): Pick<Texts, "source" | "failed"> {
  if (asked.status !== null && asked.status >= 400) return { source: `error ${asked.status}`, failed: true };
  if (asked.status === null) {
    const { state } = row.trip;
    return { source: state === "pending" ? "under way" : state, failed: state === "failed" };
  }
  if (row.kind === "trip" && row.trip.kind === "batch")
    return { source: count(row.trip.parts.length, "part"), failed: false };
  return { source: sourceLabel(asked.source), failed: false };
}

function bytesText(row: Row & { kind: "trip" | "part" }): string {
  const size = row.kind === "part" ? row.part.bytes : row.trip.bytes.wire;
  return size === null ? "" : bytes(size);
}
