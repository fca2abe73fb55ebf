import styles from "./DelayMark.module.css";
import { delayInWords, signed } from "./format";
import { type Lateness, lateness } from "./lateness";

/** The mark shows an hour early to three hours late; what lies beyond ends in an open edge. */
const EARLIEST = -60;
const LATEST = 180;

interface Props {
  minutes: number | null;
  status: "on_time" | "delayed" | "cancelled" | "diverted";
  /** How an arrival is told from a departure to those who do not see the column. */
  of?: string;
}

/** A delay for the eye that runs down a column: a figure and a bar from the planned time, or what became of it. */
export function DelayMark({ minutes, status, of = "arrived" }: Props) {
  if (status === "cancelled") return <Outcome sign="✕" word="cancelled" />;
  if (status === "diverted") return <Outcome sign="↷" word="diverted" />;
  if (minutes === null) return <Outcome sign="–" word="not recorded" />;
  return (
    <span className={styles.delay} data-lateness={lateness(minutes)}>
      <span className={styles.figure} aria-hidden="true">
        {signed(minutes)}
      </span>
      <span className="visually-hidden">{`${of} ${delayInWords(minutes)}`}</span>
      <Track minutes={minutes} lateness={lateness(minutes)} />
    </span>
  );
}

function Track({ minutes, lateness }: { minutes: number; lateness: Lateness }) {
  const length = `${(Math.abs(Math.max(EARLIEST, Math.min(LATEST, minutes))) / (LATEST - EARLIEST)) * 100}%`;
  return (
    <span className={styles.track} aria-hidden="true">
      <span
        className={styles.bar}
        data-lateness={lateness}
        data-early={minutes < 0}
        data-beyond={minutes > LATEST}
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
