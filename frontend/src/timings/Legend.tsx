/** The names of the colours and shapes that the waterfall shows just now. */
import type { ReactNode } from "react";
import type { Snapshot, SpanName } from "../client/timing";
import styles from "./Legend.module.css";
import { lookOf, SPAN_ORDER, spanColour } from "./spans";

export function Legend({ snapshot, children }: { snapshot: Snapshot; children: ReactNode }) {
  const names = new Set(
    snapshot.roundTrips
      .flatMap(({ spans, parts }) => [...spans, ...parts.flatMap((part) => part.spans)])
      .map(({ name }) => name),
  );
  if (snapshot.actions.some(({ rendered }) => rendered !== null)) names.add("render");
  return (
    <div className={styles.legend}>
      <ul aria-label="Legend">
        {SPAN_ORDER.filter((name) => names.has(name)).map((name) => (
          <li key={name} title={lookOf(name).meaning}>
            <Swatch name={name} /> {name}
          </li>
        ))}
      </ul>
      {children}
    </div>
  );
}

export function Swatch({ name }: { name: SpanName }) {
  return (
    <i
      aria-hidden="true"
      className={styles.swatch}
      data-family={lookOf(name).family}
      style={{ color: spanColour(name) }}
    />
  );
}
