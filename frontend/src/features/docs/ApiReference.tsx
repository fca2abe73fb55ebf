import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { useClient } from "../../api/useClient";
import { useRendered } from "../../api/useRendered";
import { Failure } from "../../ui/Failure";
import { Pending } from "../../ui/Pending";
import styles from "./ApiReference.module.css";
import { operationsOf } from "./document";
import { exampleOf } from "./examples";
import { OperationSection } from "./OperationSection";
import { sampleQuery } from "./sampleQuery";
import type { Language } from "./snippets";
import { useDocument } from "./useDocument";
import { useInView } from "./useInView";

/** Every operation of the API, from its own document. */
export function ApiReference() {
  const { data, error, refetch } = useDocument();
  const [language, setLanguage] = useState<Language>("cURL");
  const all = useMemo(() => data && operationsOf(data), [data]);
  // Deferred, so that React draws some thousand table cells in slices and does not block the page.
  const operations = useDeferredValue(all, undefined);
  useRendered(operations);
  const inView = useInView(operations);
  const client = useClient();
  useEffect(() => {
    // All samples in one tick: the client sends them as one batch.
    for (const operation of operations ?? [])
      void client.queryClient.prefetchQuery(sampleQuery(client, exampleOf(operation)));
  }, [client, operations]);
  if (error && !data)
    return <Failure error={error} heading="The document could not be loaded" onRetry={refetch} />;
  if (!data || !operations) return <Pending what="The pages of the API take" />;
  return (
    <div className={styles.reference}>
      <nav className={styles.contents} aria-label="Addresses">
        <ul>
          {operations.map(({ anchor, method, path }) => (
            <li key={anchor}>
              <a href={`#${anchor}`} aria-current={anchor === inView ? "location" : undefined}>
                <span className={styles.method}>{method}</span> {path.replace("/api/v1", "")}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div>
        {operations.map((operation) => (
          <OperationSection
            key={operation.anchor}
            document={data}
            operation={operation}
            language={language}
            onChoose={setLanguage}
          />
        ))}
      </div>
    </div>
  );
}
