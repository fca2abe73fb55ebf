import { useCallback, useEffect, useState } from "react";
import { Failure } from "../../ui/Failure";
import { Pending } from "../../ui/Pending";
import { LAB, refusalOf } from "../catalogue";
import styles from "./Audit.module.css";

/** One layer or hook around the views, from /api/lab/audit. */
interface Found {
  name: string;
  kind: string;
  microseconds: number;
  where: string;
}

const KINDS: Partial<Record<string, string>> = {
  "WSGI layer": "a layer around Flask",
  routing: "finding the view",
  before_request: "before a view",
  after_request: "after a view",
  teardown_request: "at a request's end",
  teardown_appcontext: "when all is done",
};

/** The layers and hooks around the views of the running application, from outside in, with the cost of each. */
export default function Audit() {
  const { found, error, retry } = useAudit();
  return (
    <section className={styles.audit}>
      <h2>Around the views of this application</h2>
      <p>
        Measured just now on this server, from outside in: each is called alone 200 times, and this is its
        median. A name before a colon says whose views it stands before; without one, it stands around all.
      </p>
      {error && <Failure error={error} onRetry={retry} />}
      {!found && !error && <Pending what="The measuring takes" />}
      {found && <Table found={found} />}
    </section>
  );
}

function Table({ found }: { found: readonly Found[] }) {
  if (found.length === 0) return <p>Nothing stands around them.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Hooks and layers">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Layer or hook</th>
            <th scope="col">µs</th>
            <th scope="col">In the code</th>
          </tr>
        </thead>
        <tbody>
          {found.map(({ name, kind, microseconds, where }) => (
            <tr key={`${kind} ${name} ${where}`}>
              <th scope="row">
                {name}
                <small title={kind}>{KINDS[kind] ?? kind}</small>
              </th>
              <td className={styles.figure}>{microseconds.toFixed(2)}</td>
              <td>
                <code>{where}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function useAudit() {
  const [found, setFound] = useState<Found[] | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is another request
  useEffect(() => {
    const leaving = new AbortController();
    setError(null);
    loadAudit(leaving.signal).then(setFound, (failure: Error) => {
      if (!leaving.signal.aborted) setError(failure);
    });
    return () => leaving.abort();
  }, [attempt]);
  return { found, error, retry: useCallback(() => setAttempt((n) => n + 1), []) };
}

/** Throws an Error with a message for the user. */
async function loadAudit(signal: AbortSignal): Promise<Found[]> {
  const response = await fetch(`${LAB}/audit`, { signal, headers: { Accept: "application/json" } }).catch(
    (cause: unknown) => {
      throw new Error("The server could not be reached.", { cause });
    },
  );
  if (!response.ok) throw await refusalOf(response);
  const { items } = (await response.json()) as { items: Found[] };
  return items;
}
