import { signedLong } from "../ui/format";
import styles from "./DelayMark.module.css";
import { delayInWords } from "./inWords";
import { type Lateness, lateness } from "./lateness";

/** A mark shows from an hour early on. */
const EARLIEST = -60;
/** To three hours late, unless it stands among later ones. */
export const LATEST = 180;

interface Props {
  minutes: number | null;
  status: "on_time" | "delayed" | "cancelled" | "diverted";
  /** The latest minute that the marks of a column show; what lies beyond ends in an open edge. */
  latest?: number;
  /** The words that distinguish an arrival from a departure for a screen reader. */
  of?: string;
}

/** A delay in a column: a figure and a bar from the planned time, or the status of the flight. */
export function DelayMark({ minutes, status, latest = LATEST, of = "arrived" }: Props) {
  if (status === "cancelled") return <Outcome sign="✕" word="cancelled" />;
  if (status === "diverted") return <Outcome sign="↷" word="diverted" />;
  if (minutes === null) return <Outcome sign="–" word="not recorded" />;
  return (
    <span className={styles.delay} data-lateness={lateness(minutes)}>
      <span className={styles.figure} aria-hidden="true">
        {signedLong(minutes)}
      </span>
      <span className="visually-hidden">{`${of} ${delayInWords(minutes)}`}</span>
      <Track minutes={minutes} lateness={lateness(minutes)} latest={latest} />
    </span>
  );
}

interface TrackProps {
  minutes: number;
  lateness: Lateness;
  latest: number;
}

function Track({ minutes, lateness, latest }: TrackProps) {
  const share = (length: number) => `${(length / (latest - EARLIEST)) * 100}%`;
  const length = share(Math.abs(Math.max(EARLIEST, Math.min(latest, minutes))));
  return (
    <span className={styles.track} aria-hidden="true" style={{ ["--planned" as string]: share(-EARLIEST) }}>
      <span
        className={styles.bar}
        data-lateness={lateness}
        data-early={minutes < 0}
        data-beyond={minutes > latest}
        style={{ inlineSize: length }}
      />
    </span>
  );
}

function Outcome({ sign, word }: { sign: string; word: string }) {
  return (
    <span className={styles.outcome}>
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}
