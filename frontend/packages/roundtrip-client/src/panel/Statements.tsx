/** The SQL statements of one GET, which the server answers once more for this. */
import { useEffect, useState } from "react";
import { count, ms } from "./format.ts";
import { type Inspected, readStatements, type Statement } from "./inspection.ts";
import styles from "./Statements.module.css";

interface StatementsProps {
  /** Of the server's inspection. */
  path: string;
  url: string;
}

export function Statements({ path, url }: StatementsProps) {
  const [found, setFound] = useState<Inspected | Error | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    setFound(null);
    readStatements(path, url, leaving.signal).then(setFound, (error: Error) => {
      if (!leaving.signal.aborted) setFound(error);
    });
    return () => leaving.abort();
  }, [path, url]);
  if (found === null) return <p role="status">The server runs the statements again …</p>;
  if (found instanceof Error) return <p role="alert">The statements are not known. {found.message}</p>;
  const { statements, left_out: leftOut, status } = found;
  return (
    <div className={styles.statements}>
      {status >= 400 && <p>This time the answer was {status}.</p>}
      {statements.length === 0 && leftOut === 0 && <p>No statement ran this time.</p>}
      {statements.map((statement, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list does not change, and two statements can be equal
        <One key={i} number={i + 1} statement={statement} {...found} />
      ))}
      {leftOut > 0 && <p>{count(leftOut, "more statement")} ran, which are not shown.</p>}
    </div>
  );
}

function One({ number, statement, database, runs }: { number: number; statement: Statement } & Inspected) {
  const { sql, values, plan, indexes, rows, rows_looked_at: lookedAt } = statement;
  const name = NAMES[database] ?? database;
  return (
    <section aria-label={`Statement ${number}`}>
      <dl>
        <dt>Index</dt>
        <dd>{indexes.join(", ") || "none: the plan names no index"}</dd>
        <dt>Rows</dt>
        <dd>
          {count(rows, "row")} returned;{" "}
          {lookedAt === null
            ? `${name} does not tell how many it looked at`
            : `${count(lookedAt, "row")} looked at`}
        </dd>
        <dt>Alone</dt>
        <dd>
          {ms(statement.ms)}, the median of {runs} runs
        </dd>
      </dl>
      <pre>{sql}</pre>
      {values.length > 0 && (
        <table>
          <caption>Bound values</caption>
          <thead className="roundtrip-unseen">
            <tr>
              <th scope="col">Parameter</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {values.map((bound) => (
              <tr key={bound.name}>
                <th scope="row">{bound.name}</th>
                <td>{JSON.stringify(bound.value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className={styles.caption}>Plan of {name}</p>
      <pre>{plan.join("\n")}</pre>
    </section>
  );
}

const NAMES: Record<string, string> = { sqlite: "SQLite", postgresql: "PostgreSQL" };
