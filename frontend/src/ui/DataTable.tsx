import { type ReactNode, useState } from "react";
import styles from "./DataTable.module.css";

interface Props {
  caption: string;
  columns: readonly string[];
  rows: readonly { key: string | number; cells: readonly [head: ReactNode, ...rest: ReactNode[]] }[];
}

/** The figures of a chart as a table, which is drawn when it is opened. */
export function DataTable({ caption, columns, rows }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className={styles.details} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        As a table<span className="visually-hidden">: {caption}</span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label={`${caption}, as a table`}>
        <table className={styles.table}>
          <thead>
            <tr>
              {columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {(isOpen ? rows : []).map(({ key, cells: [head, ...rest] }) => (
              <tr key={key}>
                <th scope="row">{head}</th>
                {rest.map((cell, index) => (
                  <td key={columns[index + 1]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
