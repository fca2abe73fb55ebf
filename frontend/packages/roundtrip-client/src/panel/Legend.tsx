/** The legend of the colours and shapes that the waterfall shows now. */
import { type ReactNode, useMemo } from "react";
import type { Snapshot, SpanName } from "../techniques/timing/timing.ts";
import styles from "./Legend.module.css";
import { lookOf, SPAN_ORDER, spanColour } from "./spans.ts";

export function Legend({ snapshot, children }: { snapshot: Snapshot; children: ReactNode }) {
  const groups = useMemo(() => alikeTogether(namesIn(snapshot)), [snapshot]);
  return (
    <div className={styles.legend}>
      <ul aria-label="Legend">
        {groups.map(([name, ...others]) => (
          <li key={name}>
            <Swatch name={name} /> {[name, ...others].join(", ")}
          </li>
        ))}
      </ul>
      {children}
    </div>
  );
}

function namesIn({ roundTrips, actions }: Snapshot): SpanName[] {
  const names = new Set<SpanName>();
  for (const { spans, parts } of roundTrips) {
    for (const { name } of spans) names.add(name);
    for (const part of parts) for (const { name } of part.spans) names.add(name);
  }
  if (actions.some(({ rendered }) => rendered !== null)) names.add("render");
  return SPAN_ORDER.filter((name) => names.has(name));
}

type Group = [SpanName, ...SpanName[]];

/** Names that share colour and shape share one entry. */
function alikeTogether(names: readonly SpanName[]): Group[] {
  const groups = new Map<string, Group>();
  for (const name of names) {
    const { colour, family } = lookOf(name);
    const group = groups.get(colour + family);
    if (group) group.push(name);
    else groups.set(colour + family, [name]);
  }
  return [...groups.values()];
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
