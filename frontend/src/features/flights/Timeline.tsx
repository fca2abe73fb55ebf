import type { CSSProperties, ReactNode } from "react";
import { delayInWords } from "../../flights/inWords";
import { latenessColour } from "../../flights/lateness";
import { clock, dayOffset, duration, signedLong } from "../../ui/format";
import type { WholeFlight } from "./api";
import { type Journey, journeyOf } from "./journey";
import styles from "./Timeline.module.css";

/** The planned and the actual flight as two lanes over one clock; the planned times are lines through both. */
export function Timeline({ flight }: { flight: WholeFlight }) {
  const journey = journeyOf(flight);
  const place = scaleOf(journey);
  const { planned, actual } = journey;
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline" className={styles.heading}>
        Planned and flown
      </h2>
      <div className={styles.ends}>
        <span>
          {flight.origin} <small>{cityTime(flight.origin_airport.tzone)}</small>
        </span>
        <span>
          <small>{cityTime(flight.dest_airport?.tzone)}</small> {flight.dest}
        </span>
      </div>
      <div className={styles.lanes}>
        <Lane name="Planned">
          <div className={styles.plan} style={place(planned.start, planned.end)}>
            <At local={flight.sched_dep} side="start" />
            <span className={styles.length}>{duration(planned.end)}</span>
            <At local={flight.sched_arr} since={flight.sched_dep} side="end" />
          </div>
        </Lane>
        <Lane name="Flown">
          {actual ? (
            <Flown flight={flight} journey={journey} />
          ) : (
            <p className={styles.never} style={place(planned.start, planned.end)}>
              Cancelled: it never left.
            </p>
          )}
        </Lane>
      </div>
      <p className={styles.notes}>{notesOn(flight, journey).join(" ")}</p>
    </section>
  );
}

function Flown({ flight, journey }: { flight: WholeFlight; journey: Journey }) {
  const { planned, actual } = journey;
  if (!actual) return null;
  const place = scaleOf(journey);
  const { dep_delay, arr_delay, dep, arr } = flight;
  const end = actual.end ?? Math.max(planned.end, actual.start + 30);
  return (
    <>
      {dep_delay !== null && dep_delay !== 0 && (
        <Slip
          minutes={dep_delay}
          style={place(Math.min(0, actual.start), Math.max(0, actual.start))}
          at="start"
          apart={dep !== null && dayOffset(flight.sched_dep, dep) !== ""}
        />
      )}
      {arr_delay !== null && arr_delay !== 0 && (
        <Slip
          minutes={arr_delay}
          style={place(Math.min(planned.end, end), Math.max(planned.end, end))}
          at="end"
        />
      )}
      <div className={styles.flight} data-open={actual.end === null} style={place(actual.start, end)}>
        {dep && <At local={dep} since={flight.sched_dep} side="start" />}
        {actual.end !== null && <span className={styles.length}>{duration(end - actual.start)}</span>}
        {actual.end !== null && arr && <At local={arr} since={flight.sched_dep} side="end" />}
      </div>
    </>
  );
}

function Lane({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.lane}>
      <h3>{name}</h3>
      <div className={styles.track}>{children}</div>
    </div>
  );
}

interface SlipProps {
  minutes: number;
  style: CSSProperties;
  at: "start" | "end";
  /** Lower, if a text under the time of departure names another day. */
  apart?: boolean;
}

/** The delay of one end of the flight, drawn under the flight. */
function Slip({ minutes, style, at, apart = false }: SlipProps) {
  return (
    <span
      className={styles.slip}
      data-at={at}
      data-apart={apart}
      style={{ ...style, ["--slip" as string]: latenessColour(minutes) }}
    >
      <span aria-hidden="true">{signedLong(minutes)} min</span>
      <span className="visually-hidden">{` ${at === "start" ? "left" : "arrived"} ${delayInWords(minutes)} `}</span>
    </span>
  );
}

/** A local time at one end of a bar, with the day if it is another day. */
function At({ local, since, side }: { local: string; since?: string; side: "start" | "end" }) {
  const offset = since ? dayOffset(since, local) : "";
  return (
    <time className={styles.at} data-side={side} dateTime={local}>
      <span>{clock(local)}</span>
      {offset && <small>{offset}</small>}
    </time>
  );
}

type Place = (start: number, end: number) => CSSProperties;

/** From minutes to the width of the track. */
function scaleOf({ planned, actual }: Journey): Place {
  const from = Math.min(planned.start, actual?.start ?? 0);
  const to = Math.max(planned.end, actual?.end ?? 0, (actual?.start ?? 0) + 30);
  const share = (minutes: number) => `${((minutes - from) / (to - from)) * 100}%`;
  return (start, end) => ({ insetInlineStart: share(start), inlineSize: share(from + end - start) });
}

function notesOn(flight: WholeFlight, journey: Journey): string[] {
  const { air_time, dest, dest_airport, status } = flight;
  const { actual } = journey;
  const notes = ["Times are local to each end."];
  if (air_time !== null && actual?.end != null) {
    const onGround = actual.end - actual.start - air_time;
    // A negative time is a mistake in the record, and is not shown.
    notes.push(
      `${duration(air_time)} of it in the air${onGround < 0 ? "" : `, ${duration(onGround)} on the ground`}.`,
    );
  }
  if (status === "diverted")
    notes.push(`It left, but was diverted: no arrival delay at ${dest} was recorded.`);
  if (!dest_airport) notes.push(`The data has no time zone for ${dest}, which keeps UTC−4 all year.`);
  return notes;
}

/** "Los Angeles time" of "America/Los_Angeles" */
function cityTime(zone: string | null | undefined): string {
  return zone ? `${zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ")} time` : "local time";
}
