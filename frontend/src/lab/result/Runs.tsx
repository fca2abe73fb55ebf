import type { SpanName } from "../../client/timing";
import { Swatch } from "../../timings/Legend";
import { SPAN_ORDER, spanColour } from "../../timings/spans";
import type { SideResult, Trip } from "../types";
import styles from "./Result.module.css";

/** The waterfall of a median run of each side, all on one clock. */
export function Runs({ sides }: { sides: readonly SideResult[] }) {
  const longest = Math.max(0.01, ...sides.flatMap(({ median }) => median.map(({ end }) => end)));
  const names = new Set(
    sides.flatMap(({ median }) => median.flatMap(({ spans }) => spans.map(({ name }) => name))),
  );
  const legend = SPAN_ORDER.filter((name: SpanName) => names.has(name));
  return (
    <section className={styles.runs} aria-label="A median run of each side">
      <h3>A median run of each side, on one clock of {longest.toFixed(1)} ms</h3>
      {sides.map(({ label, median }) => (
        <div key={label}>
          <p>
            {label}: {median.length === 1 ? "1 round trip" : `${median.length} round trips`}
          </p>
          <ol>
            {median.map((trip) => (
              <Bar key={`${trip.url} ${trip.start}`} trip={trip} longest={longest} />
            ))}
          </ol>
        </div>
      ))}
      <ul className={styles.legend} aria-label="Legend">
        {legend.map((name) => (
          <li key={name}>
            <Swatch name={name} /> {name}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Bar({ trip, longest }: { trip: Trip; longest: number }) {
  const share = (ms: number) => `${(Math.max(0, ms) / longest) * 100}%`;
  const spoken = trip.spans
    .map(({ name, start, end }) => `${name} ${(end - start).toFixed(2)} ms`)
    .join(", ");
  return (
    <li className={styles.bar} title={`${decodeURI(trip.url)}: ${spoken}`}>
      <span className="visually-hidden">
        {(trip.end - trip.start).toFixed(1)} ms: {spoken}
      </span>
      {trip.spans.map(({ name, start, end }) => (
        <i
          key={`${name} ${start}`}
          style={{
            insetInlineStart: share(start),
            inlineSize: share(end - start),
            background: spanColour(name),
          }}
        />
      ))}
    </li>
  );
}
