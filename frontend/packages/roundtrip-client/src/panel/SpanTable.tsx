/** The spans of one round trip or part, and the check that they add up to its wall time. */
import { Fragment, useId, useState } from "react";
import type { Span } from "../techniques/timing/timing.ts";
import { percent } from "./format.ts";
import { inspectionPath, ownPath } from "./inspection.ts";
import { Swatch } from "./Legend.tsx";
import styles from "./SpanTable.module.css";
import { Statements } from "./Statements.tsx";
import { balance, lookOf, spanColour, uncovered } from "./spans.ts";
import { useLeads } from "./TimingsContext.tsx";

interface SpanTableProps {
  spans: Span[];
  start: number;
  end: number | null;
  /** The address of the GET, whose statements can be shown; none for any other request. */
  url?: string | undefined;
}

export function SpanTable({ spans, start, end, url }: SpanTableProps) {
  const leads = useLeads();
  const [open, setOpen] = useState(false);
  const id = useId();
  const inspection = inspectionPath();
  const path = inspection === null || url === undefined ? null : ownPath(url);
  if (end === null) return <p className={styles.waiting}>Its spans are known once it has ended.</p>;
  const books = balance({ spans, start, end });
  const rows = [...spans, ...uncovered(spans, start, end)].sort((a, b) => a.start - b.start);
  const share = (ms: number) => (books.wall > 0 ? ms / books.wall : 0);
  return (
    <table className={styles.table}>
      <caption>Where the time went</caption>
      <thead>
        <tr>
          <th scope="col">Span</th>
          <th scope="col">From</th>
          <th scope="col">ms</th>
          <th scope="col">Share</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((span) => (
          <Fragment key={`${span.name} ${span.start}`}>
            <tr>
              <th scope="row" title={lookOf(span.name).meaning}>
                <Swatch name={span.name} /> {span.name}
                {span.detail && <small>{span.detail}</small>}
                {leads[span.name] && (
                  <small className={styles.leads}>
                    {leads[span.name]?.map(({ label, href }) => (
                      <a key={href} href={href}>
                        {label}
                      </a>
                    ))}
                  </small>
                )}
                {span.name === "db" && path !== null && (
                  <button
                    type="button"
                    className={styles.peek}
                    aria-expanded={open}
                    aria-controls={open ? id : undefined}
                    onClick={() => setOpen(!open)}
                  >
                    {open ? "Hide the statements" : "Show the statements"}
                  </button>
                )}
              </th>
              <td>{(span.start - start).toFixed(2)}</td>
              <td>{(span.end - span.start).toFixed(2)}</td>
              <td className={styles.share}>
                <i
                  aria-hidden="true"
                  style={{
                    insetInlineStart: `${share(span.start - start) * 100}%`,
                    inlineSize: `${share(span.end - span.start) * 100}%`,
                    color: spanColour(span.name),
                  }}
                />
                <span>{percent(share(span.end - span.start))}</span>
              </td>
            </tr>
            {span.name === "db" && open && inspection !== null && path !== null && (
              <tr id={id}>
                <td colSpan={4} className={styles.statements}>
                  <Statements path={inspection} url={path} />
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Sum of the spans</th>
          <td />
          <td>{books.sum.toFixed(2)}</td>
          <td />
        </tr>
        <tr>
          <th scope="row">Wall time, call to data</th>
          <td />
          <td>{books.wall.toFixed(2)}</td>
          <td className={styles.verdict} data-holds={books.holds}>
            {books.holds ? "✓ adds up" : `✗ off by ${(books.sum - books.wall).toFixed(2)}`}
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
