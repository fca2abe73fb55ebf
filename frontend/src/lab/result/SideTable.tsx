import type { ReactNode } from "react";
import type { SideResult } from "../types";
import styles from "./Result.module.css";

export interface Row {
  key: string;
  head: ReactNode;
  title?: string;
  /** One for each side. */
  cells: readonly ReactNode[];
}

interface Props {
  name: string;
  caption: string;
  /** The words above the column of the rows' heads. */
  corner?: string;
  sides: readonly SideResult[];
  rows: readonly Row[];
}

/** A table with a column for each side, which scrolls by itself where the screen is narrow. */
export function SideTable({ name, caption, corner, sides, rows }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={name}>
      <table className={styles.table}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <td>{corner}</td>
            {sides.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, head, title, cells }) => (
            <tr key={key}>
              <th scope="row" title={title}>
                {head}
              </th>
              {sides.map(({ label }, side) => (
                <td key={label}>{cells[side]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
