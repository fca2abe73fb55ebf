/** The time of each endpoint's answers: median, 95th percentile and a histogram. */
import { useMemo } from "react";
import type { Snapshot } from "../techniques/timing/timing.ts";
import styles from "./Endpoints.module.css";
import { type EndpointStatistics, endpointStatistics } from "./endpoint.ts";
import { ms } from "./format.ts";
import { REQUEST_SOURCES, sourceLabel } from "./spans.ts";
import { BIN_EDGES, type Bin } from "./statistics.ts";

export function Endpoints({ snapshot: { roundTrips } }: { snapshot: Snapshot }) {
  const endpoints = useMemo(() => endpointStatistics({ roundTrips }), [roundTrips]);
  if (endpoints.length === 0) return <p className={styles.empty}>No answer yet.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroller} aria-label="Endpoints" tabIndex={0}>
      <table className={styles.table}>
        <caption>
          Time from call to data for each endpoint, the slowest 95th percentile first. A part of a batch
          counts under its own endpoint. Percentiles are interpolated linearly.
        </caption>
        <thead>
          <tr>
            <th scope="col">Endpoint</th>
            <th scope="col">Answers</th>
            <th scope="col">p50</th>
            <th scope="col">p95</th>
            <th scope="col">
              Histogram <Scale />
            </th>
          </tr>
        </thead>
        <tbody>
          {endpoints.map((endpoint) => (
            <tr key={endpoint.endpoint}>
              <th scope="row">
                <Endpoint words={endpoint.endpoint} />
                <small>{sourceWords(endpoint)}</small>
              </th>
              <td>{endpoint.count}</td>
              <td>{ms(endpoint.p50)}</td>
              <td>{ms(endpoint.p95)}</td>
              <td>
                <Histogram bins={endpoint.bins} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const ORIGINS = [...REQUEST_SOURCES, "mixed"] as const;

const BAR = 9;
const HEIGHT = 26;
const WIDTH = BIN_EDGES.length * BAR;

function Histogram({ bins }: { bins: Bin[] }) {
  const most = Math.max(...bins.map((bin) => bin.count));
  return (
    <svg
      className={styles.histogram}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={binWords(bins)}
    >
      {bins.map((bin, i) => {
        const height = most > 0 ? (bin.count / most) * (HEIGHT - 1) : 0;
        return <rect key={bin.from} x={i * BAR} y={HEIGHT - 1 - height} width={BAR - 1} height={height} />;
      })}
      <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
    </svg>
  );
}

/** The histograms' common scale, with a mark at each power of ten. */
function Scale() {
  return (
    <svg className={styles.scale} viewBox={`0 0 ${WIDTH} 12`} aria-hidden="true">
      {[1, 10, 100, 1000].map((edge) => (
        <text key={edge} x={BIN_EDGES.indexOf(edge) * BAR} y={10}>
          {edge < 1000 ? edge : "1 s"}
        </text>
      ))}
    </svg>
  );
}

/** Allows a line break before each parameter. */
function Endpoint({ words }: { words: string }) {
  return (
    <span className={styles.endpoint}>
      {words.split(/(?=[?&])/).map((piece) => (
        <span key={piece}>
          {piece}
          <wbr />
        </span>
      ))}
    </span>
  );
}

/** "3 from 5 to 10 ms, 1 from 10 to 20 ms" */
function binWords(bins: Bin[]): string {
  return bins
    .filter((bin) => bin.count > 0)
    .map(
      ({ from, to, count: n }) =>
        `${n} ${Number.isFinite(to) ? `from ${from} to ${to}` : `of at least ${from}`} ms`,
    )
    .join(", ");
}

function sourceWords({ sources }: EndpointStatistics): string {
  const [only, ...others] = sources.keys();
  if (only !== undefined && others.length === 0)
    return only === "mixed" ? "from mixed sources" : `from ${sourceLabel(only)}`;
  return ORIGINS.filter((origin) => sources.has(origin))
    .map((origin) => `${sources.get(origin)}× ${origin === "mixed" ? origin : sourceLabel(origin)}`)
    .join(", ");
}
