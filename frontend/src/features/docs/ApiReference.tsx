import { useDeferredValue, useMemo } from "react";
import { useRendered } from "../../api/useRendered";
import { Failure } from "../../ui/Failure";
import { Pending } from "../../ui/Pending";
import styles from "./ApiReference.module.css";
import { operationsOf } from "./document";
import { OperationSection } from "./OperationSection";
import { useDocument } from "./useDocument";

/** Every operation of the API, from its own document. */
export function ApiReference() {
  const { data, error, refetch } = useDocument();
  const all = useMemo(() => data && operationsOf(data), [data]);
  // Deferred, so that React draws some thousand table cells in slices and does not block the page.
  const operations = useDeferredValue(all, undefined);
  useRendered(operations);
  if (error && !data)
    return <Failure error={error} heading="The document could not be loaded" onRetry={refetch} />;
  if (!data || !operations) return <Pending what="The pages of the API take" />;
  return (
    <div className={styles.reference}>
      <nav className={styles.contents} aria-label="Addresses">
        <ul>
          {operations.map(({ anchor, method, path }) => (
            <li key={anchor}>
              <a href={`#${anchor}`}>
                <span className={styles.method}>{method}</span> {path.replace("/api/v1", "")}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div>
        {operations.map((operation) => (
          <OperationSection key={operation.anchor} document={data} operation={operation} />
        ))}
      </div>
    </div>
  );
}
