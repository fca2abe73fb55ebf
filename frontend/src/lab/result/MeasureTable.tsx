import { summaryOf } from "../statistics";
import { MEASURES, type Measure, type SideResult } from "../types";
import styles from "./Result.module.css";

const NAMES: Record<Measure, string> = {
  wall: "wall time, ms",
  server: "server, ms",
  db: "SQL, ms",
  serialize: "serialize, ms",
  compress: "compress, ms",
  cpu: "server's CPU, ms",
  queued: "waiting for another run, ms",
  statements: "statements",
  rows: "rows returned",
  computations: "computations",
  calls: "upstream calls",
  trips: "round trips",
  wire: "bytes received",
  decoded: "bytes decoded",
};
const COUNTS: readonly Measure[] = [
  "statements",
  "rows",
  "computations",
  "calls",
  "trips",
  "wire",
  "decoded",
];

/** The median of each measure, and for times what 95 of 100 runs stay below. */
export function MeasureTable({ sides }: { sides: readonly SideResult[] }) {
  const there = MEASURES.filter((measure) =>
    sides.some(({ samples }) => samples[measure]?.some((value) => value)),
  );
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label="Measures">
        <table className={styles.table}>
          <caption>Median, and the 95th percentile of times</caption>
          <thead>
            <tr>
              <td />
              {sides.map(({ label }) => (
                <th key={label} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {there.map((measure) => (
              <tr key={measure}>
                <th scope="row">{NAMES[measure]}</th>
                {sides.map(({ label, samples }) => (
                  <td key={label}>{cellOf(measure, samples[measure] ?? [])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {there.includes("wire") && (
        <p className={styles.note}>
          Bytes received: compressed bodies, and 300 bytes for each answer's headers, as browsers tell it
          (Resource Timing).
        </p>
      )}
    </>
  );
}

function cellOf(measure: Measure, column: readonly (number | null)[]): string {
  const known = column.filter((value) => value !== null);
  if (known.length === 0) return "–";
  const { p50, p95 } = summaryOf(known);
  if (COUNTS.includes(measure)) return Math.round(p50).toLocaleString("en-US");
  return `${p50.toFixed(2)} (${p95.toFixed(2)})`;
}
