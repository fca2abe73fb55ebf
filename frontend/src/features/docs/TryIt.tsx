import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useSyncExternalStore } from "react";
import type { Span } from "roundtrip-client";
import type { ApiClient } from "../../api/client";
import { useClient } from "../../api/useClient";
import { sampleQuery } from "./sampleQuery";
import type { Asked } from "./snippets";
import styles from "./TryIt.module.css";

interface Props {
  asked: Asked;
  onAsk: (url: string) => void;
}

/** A sample answer with its timing; another address can be asked in its place. */
export function TryIt({ asked, onAsk }: Props) {
  const client = useClient();
  const id = useId();
  const { data, error, isFetching, refetch } = useQuery(sampleQuery(client, asked));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const url = String(new FormData(event.currentTarget).get("url")).trim();
    if (url === asked.url) void refetch();
    else onAsk(url);
  };
  return (
    <div className={styles.try}>
      <form className={styles.form} onSubmit={submit}>
        <label htmlFor={id}>
          {asked.method} <span className="visually-hidden">address</span>
        </label>
        <input
          id={id}
          name="url"
          key={asked.url}
          defaultValue={asked.url}
          readOnly={asked.body !== undefined}
          pattern="/api/v1/.*"
          title="An address that begins with /api/v1/"
          required
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
        />
        <button type="submit">Send</button>
      </form>
      <p className={styles.told} role="status">
        <span>{error ? `${error.status || "No answer"}: ${error.title}` : isFetching ? "Asking" : ""}</span>
        {!isFetching && <Timing client={client} url={asked.url} />}
      </p>
      <section
        className={styles.answer}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard has to be able to scroll it
        tabIndex={0}
        aria-label={`The answer of ${asked.method} ${asked.path}`}
      >
        <pre>
          <code>
            {error
              ? JSON.stringify(error, SHOWN, 2)
              : data === undefined
                ? ""
                : JSON.stringify(data, null, 2)}
          </code>
        </pre>
      </section>
    </div>
  );
}

const SHOWN = ["status", "title", "detail", "errors", "parameter", "allowed"];

/** The time of the last round trip that asked this address, by its spans. */
function Timing({ client, url }: { client: ApiClient; url: string }) {
  const { roundTrips } = useSyncExternalStore(client.timings.subscribe, client.timings.getSnapshot);
  const trip = roundTrips.findLast(
    (one) => one.end && (one.url === url || one.parts.some((part) => part.url === url)),
  );
  const timed = trip?.parts.find((part) => part.url === url) ?? trip;
  if (!timed?.end) return null;
  const shown = timed.spans.filter(({ start, end }) => end - start >= 0.05).map(inWords);
  return (
    <span>
      {timed.status}, {(timed.end - timed.start).toFixed(1)} ms
      {trip !== timed && " in a batch"}: {shown.join(", ")}
    </span>
  );
}

const inWords = ({ name, start, end }: Span) => `${name} ${(end - start).toFixed(1)}`;
