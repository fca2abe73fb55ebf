import type { SpanName } from "roundtrip-client";
import {
  amounts,
  type Clock,
  clockOf,
  lookOf,
  SPAN_ORDER,
  SpanBar,
  Swatch,
  type Tick,
  tickLabel,
  ticks,
} from "roundtrip-client/waterfall";
import { PHONE, useMediaQuery } from "../../ui/useMediaQuery";
import { quantile } from "../statistics";
import type { SideResult, Trip } from "../types";
import styles from "./Result.module.css";
import { SideTable } from "./SideTable";

/** The waterfall of a median run of each side, all on one clock, drawn as in the timing panel; and its spans in ms. */
export function Runs({ sides }: { sides: readonly SideResult[] }) {
  const phone = useMediaQuery(PHONE);
  const longest = Math.max(0, ...sides.flatMap(({ median }) => median.map(({ end }) => end)));
  if (longest === 0) return null;
  const clock = clockOf([{ start: 0, end: longest }]);
  const marks = ticks(clock, phone ? 3 : 6);
  return (
    <section className={styles.runs} aria-label="A median run of each side">
      <h2>A median run of each side, on one clock</h2>
      <Axis marks={marks} />
      {sides.map(({ label, median, samples }) => (
        <div key={label}>
          <p>
            {label}: {counted(median)}
            {leftUnderWay(samples.wall, median)}
          </p>
          <div className={styles.bars}>
            {marks.map(({ x, ms }) => (
              <i key={ms} className={styles.mark} style={{ insetInlineStart: `${x * 100}%` }} />
            ))}
            <ol>
              {median.map((trip, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the requests of a result never change their order
                <Bar key={index} trip={trip} clock={clock} />
              ))}
            </ol>
          </div>
        </div>
      ))}
      <SpanSums sides={sides} />
    </section>
  );
}

function counted(median: readonly Trip[]): string {
  const cached = median.filter((trip) => trip.cached).length;
  const requests = median.length === 1 ? "1 request" : `${median.length} requests`;
  if (cached === 0) return requests;
  const which = cached === median.length ? "" : `${cached} of them `;
  return `${requests}, ${which}answered by the browser's cache`;
}

/** A side can have its answer long before its last request ends, if it needs only the first lines of a batch. */
function leftUnderWay(wall: readonly (number | null)[] | undefined, trips: readonly Trip[]): string {
  const answered = quantile(
    (wall ?? []).filter((ms) => ms !== null).sort((a, b) => a - b),
    0.5,
  );
  const end = Math.max(0, ...trips.map((trip) => trip.end));
  if (!(end > 1.2 * answered + 1)) return "";
  return `; what it waited for was here after ${tickLabel(Number(answered.toPrecision(3)))}, the rest came behind it`;
}

function Axis({ marks }: { marks: readonly Tick[] }) {
  return (
    <div className={styles.axis} aria-hidden="true">
      {marks.map(({ x, ms, before }) => (
        <span key={ms} data-before={before} style={{ insetInlineStart: `${x * 100}%` }}>
          {tickLabel(ms)}
        </span>
      ))}
    </div>
  );
}

function Bar({ trip, clock }: { trip: Trip; clock: Clock }) {
  const spoken = trip.spans
    .map(({ name, start, end }) => `${name} ${(end - start).toFixed(2)} ms`)
    .join(", ");
  const from = trip.cached ? " from the browser's cache" : "";
  return (
    <li className={styles.bar} title={`${readable(trip.url)}${from}: ${spoken}`} data-cached={trip.cached}>
      <span className="visually-hidden">
        {(trip.end - trip.start).toFixed(1)} ms{from}: {spoken}
      </span>
      {trip.spans.map((span, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the spans of a request never change their order
        <SpanBar key={index} span={span} clock={clock} />
      ))}
    </li>
  );
}

/** An address out of a link may be nonsense: it is shown as it is. */
function readable(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

/** The figures of the bars, which are also their legend. */
function SpanSums({ sides }: { sides: readonly SideResult[] }) {
  const sums = sides.map(({ median }) => {
    const spans = amounts(median.flatMap(({ spans }) => spans));
    return new Map<SpanName, number>(spans.map(({ name, ms }) => [name, ms]));
  });
  const names = SPAN_ORDER.filter((name) => sums.some((sum) => sum.has(name)));
  const rows = names.map((name) => ({
    key: name,
    head: (
      <>
        <Swatch name={name} /> {name}
      </>
    ),
    title: lookOf(name).meaning,
    cells: sums.map((sum) => sum.get(name)?.toFixed(2) ?? "–"),
  }));
  return (
    <SideTable name="Spans" caption="Its spans in ms, over all its requests" sides={sides} rows={rows} />
  );
}
