import type { ReactNode } from "react";
import styles from "./Facts.module.css";

export type Fact = readonly [name: string, value: ReactNode];

/** Names and values under a heading. Unknown values are left out. */
export function Facts({
  heading,
  facts,
  note,
}: {
  heading: string;
  facts: readonly Fact[];
  note?: ReactNode;
}) {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return (
    <section className={styles.facts}>
      <h2>{heading}</h2>
      {known.length > 0 && (
        <dl>
          {known.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {note && <p>{note}</p>}
    </section>
  );
}
