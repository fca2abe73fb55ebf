/** All details of one row: the reason of the wait, its spans, its sizes and its headers. */
import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import type { MemoryHit, PartRecord, RoundTrip, Snapshot } from "../techniques/timing/timing.ts";
import { ActionDetails } from "./ActionDetails.tsx";
import styles from "./Details.module.css";
import { shortAddress } from "./endpoint.ts";
import { bytes, count, ms, percent } from "./format.ts";
import { partKey, type Row } from "./rows.ts";
import { SpanTable } from "./SpanTable.tsx";
import { sourceLabel, sourceMeaning } from "./spans.ts";

interface DetailsProps {
  row: Row;
  snapshot: Snapshot;
  /** On a phone the details replace the list, and take the focus. */
  phone: boolean;
  onBack: () => void;
  onOpen: (key: string) => void;
  onZoom: (actionId: number) => void;
}

export function Details({ row, snapshot, phone, onBack, onOpen, onZoom }: DetailsProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (phone) heading.current?.focus();
  }, [phone]);
  return (
    <section className={styles.details} aria-label="Details">
      <button type="button" className={styles.back} onClick={onBack}>
        {phone ? "‹ All round trips" : "Close details"}
      </button>
      <Content
        key={row.key}
        row={row}
        snapshot={snapshot}
        heading={heading}
        onOpen={onOpen}
        onZoom={onZoom}
      />
    </section>
  );
}

type ContentProps = Pick<DetailsProps, "row" | "snapshot" | "onOpen" | "onZoom"> & {
  heading: RefObject<HTMLHeadingElement | null>;
};

function Content({ row, snapshot, heading, onOpen, onZoom }: ContentProps) {
  const title = (words: string) => (
    <h3 ref={heading} tabIndex={-1} className={styles.title}>
      {words}
    </h3>
  );
  switch (row.kind) {
    case "action":
      return (
        <ActionDetails
          action={row.action}
          snapshot={snapshot}
          title={title(row.action.label)}
          onZoom={onZoom}
        />
      );
    case "memory":
      return <MemoryDetails hit={row.hit} title={title(row.hit.key)} />;
    case "part":
      return (
        <>
          {title(shortAddress(row.part.url))}
          <PartDetails part={row.part} trip={row.trip} onOpen={onOpen} />
        </>
      );
    case "trip":
      return (
        <>
          {title(`${row.trip.method} ${shortAddress(row.trip.url)}`)}
          <TripDetails trip={row.trip} onOpen={onOpen} />
        </>
      );
  }
}

function TripDetails({ trip, onOpen }: { trip: RoundTrip; onOpen: (key: string) => void }) {
  return (
    <>
      <dl className={styles.facts}>
        <Fact name="Answer">
          {answerOf(trip, trip.state)}
          {trip.kind === "single" && trip.status !== null && ` ${sourceMeaning(trip.source)}`}
        </Fact>
        <Fact name="Why the wait">{trip.reason}</Fact>
      </dl>
      {trip.status !== null && !trip.freshTiming && (
        <p className={styles.replayed}>
          The server's timing in this answer is from an earlier exchange; it is not shown.
        </p>
      )}
      <SpanTable
        spans={trip.spans}
        start={trip.start}
        end={trip.end}
        url={trip.method === "GET" ? trip.url : undefined}
      />
      <dl className={styles.facts}>
        <Fact name="SQL">{sqlOf(trip)}</Fact>
        <Fact name="Size">{sizeOf(trip.bytes)}</Fact>
        {trip.protocol && <Fact name="Protocol">{trip.protocol}</Fact>}
        {trip.rid && (
          <Fact name="Request id">
            <code>{trip.rid}</code>
          </Fact>
        )}
      </dl>
      {trip.parts.length > 0 && <PartList trip={trip} onOpen={onOpen} />}
      <Headers name="Request headers" headers={trip.requestHeaders} />
      <Headers name="Response headers" headers={trip.responseHeaders} />
    </>
  );
}

function PartDetails({
  part,
  trip,
  onOpen,
}: {
  part: PartRecord;
  trip: RoundTrip;
  onOpen: (key: string) => void;
}) {
  return (
    <>
      <dl className={styles.facts}>
        <Fact name="Answer">
          {answerOf(part, trip.state)}
          {part.status !== null && ` ${sourceMeaning(part.source)}`}
        </Fact>
        <Fact name="Carried by">
          <button type="button" className={styles.link} onClick={() => onOpen(`trip ${trip.id}`)}>
            {trip.method} {shortAddress(trip.url)}
          </button>
          , with {count(trip.parts.length - 1, "other part")}
        </Fact>
        <Fact name="Why the wait">{trip.reason}</Fact>
      </dl>
      <SpanTable spans={part.spans} start={part.start} end={part.end} url={part.url} />
      <dl className={styles.facts}>
        <Fact name="SQL">{sqlOf(part)}</Fact>
        <Fact name="Size">
          {part.bytes === null ? "not known" : `${bytes(part.bytes)} of the batch, decoded`}
        </Fact>
      </dl>
    </>
  );
}

function MemoryDetails({ hit, title }: { hit: MemoryHit; title: ReactNode }) {
  return (
    <>
      {title}
      <dl className={styles.facts}>
        <Fact name="Answer">{sourceMeaning("memory")}</Fact>
        <Fact name="Why no wait">{hit.reason}</Fact>
      </dl>
    </>
  );
}

function PartList({ trip, onOpen }: { trip: RoundTrip; onOpen: (key: string) => void }) {
  return (
    <>
      <h4 className={styles.subtitle}>{count(trip.parts.length, "part")}</h4>
      <ul className={styles.parts}>
        {trip.parts.map((part) => (
          <li key={part.id}>
            <button type="button" className={styles.link} onClick={() => onOpen(partKey(trip, part))}>
              {shortAddress(part.url)}
            </button>
            <span>
              {part.end === null ? "under way" : `${sourceLabel(part.source)}, ${ms(part.end - part.start)}`}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Headers({ name, headers }: { name: string; headers: Record<string, string> }) {
  const entries = Object.entries(headers);
  return (
    <details className={styles.headers}>
      <summary>
        {name} ({entries.length})
      </summary>
      {entries.length === 0 ? (
        <p>None that a script may read.</p>
      ) : (
        <dl>
          {entries.map(([header, value]) => (
            <div key={header}>
              <dt>{header}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </details>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function answerOf({ status }: { status: number | null }, state: RoundTrip["state"]): string {
  if (status !== null) return `Status ${status}.`;
  return state === "pending" ? "Under way." : `None: ${state}.`;
}

/** "2 statements, 0.81 ms" */
function sqlOf({ statements, spans }: Pick<RoundTrip, "statements" | "spans">): string {
  if (statements === null) return "not known for this exchange";
  if (statements === 0) return "no statement";
  const db = spans.filter(({ name }) => name === "db").reduce((sum, { start, end }) => sum + end - start, 0);
  return `${count(statements, "statement")}, ${ms(db)}`;
}

function sizeOf({ wire, decoded }: RoundTrip["bytes"]): string {
  if (wire === null && decoded === null) return "not known";
  if (wire === null) return `${bytes(decoded ?? 0)} decoded; size on the wire unknown`;
  if (wire === 0 && decoded !== null) return `nothing on the wire, ${bytes(decoded)} decoded`;
  if (decoded === null || decoded === 0) return `${bytes(wire)} on the wire`;
  return `${bytes(wire)} on the wire, ${bytes(decoded)} decoded (${percent(wire / decoded)})`;
}
