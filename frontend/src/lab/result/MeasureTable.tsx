import { summaryOf } from "../statistics";
import { MEASURES, type Measure, type SideResult } from "../types";
import styles from "./Result.module.css";
import { SideTable } from "./SideTable";

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

/** The median of each measure, and for times the 95th percentile. */
export function MeasureTable({ sides }: { sides: readonly SideResult[] }) {
  const there = MEASURES.filter((measure) =>
    sides.some(({ samples }) => samples[measure]?.some((value) => value)),
  );
  const rows = there.map((measure) => ({
    key: measure,
    head: NAMES[measure],
    cells: sides.map(({ samples }) => cellOf(measure, samples[measure] ?? [])),
  }));
  return (
    <>
      <SideTable
        name="Measures"
        caption="Median, and the 95th percentile of times"
        sides={sides}
        rows={rows}
      />
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
