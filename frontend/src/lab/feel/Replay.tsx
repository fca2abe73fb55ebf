import { useState } from "react";
import { useMediaQuery } from "../../ui/useMediaQuery";
import { Board } from "./Board";
import styles from "./Feel.module.css";
import {
  endOf,
  FELT_MS,
  FELT_SHARE,
  inMs,
  type Outcome,
  outcomeOf,
  type Recording,
  slowingFor,
} from "./race";
import { useReplay } from "./useReplay";

/** Two recordings from one common start, and at their end what happened. */
export function Replay({ recordings, guess }: { recordings: [Recording, Recording]; guess: Outcome }) {
  const still = useMediaQuery("(prefers-reduced-motion: reduce)");
  const slowing = slowingFor(recordings);
  const [isSlowed, setIsSlowed] = useState(true);
  const [take, setTake] = useState(0);
  const at = useReplay(endOf(recordings), isSlowed ? slowing : 1, still, take);
  const isOver = at === Number.POSITIVE_INFINITY;
  return (
    <>
      {slowing > 1 && !still && (
        <label className={styles.slowed}>
          <input type="checkbox" checked={isSlowed} onChange={({ target }) => setIsSlowed(target.checked)} />
          {slowing} times slower: at true speed both are over before you can see it
        </label>
      )}
      <div className={styles.boards}>
        {recordings.map((recording) => (
          <Board key={recording.label} recording={recording} at={at} />
        ))}
      </div>
      {/* Present before its text, because a screen reader announces only changes. */}
      <div role="status" className={styles.said}>
        {isOver && <Said recordings={recordings} guess={guess} />}
      </div>
      {isOver && !still && (
        <button type="button" onClick={() => setTake(take + 1)}>
          Play it again
        </button>
      )}
    </>
  );
}

function Said({ recordings, guess }: { recordings: [Recording, Recording]; guess: Outcome }) {
  const [first, second] = recordings;
  const outcome = outcomeOf(recordings);
  const what = {
    first: `${first.label} was faster.`,
    second: `${second.label} was faster.`,
    none: `This is no difference that you could feel: less than ${FELT_MS} ms, or less than ${FELT_SHARE * 100} % of the slower.`,
  };
  return (
    <>
      <p>
        {first.label} took {inMs(first.ready)}, {second.label} {inMs(second.ready)}.{" "}
        <strong>
          {what[outcome]} {outcome === guess ? "You guessed right." : "You guessed otherwise."}
        </strong>
      </p>
      <p>
        One answer of each side is no measurement: chance may have decided. Press Run below for figures with
        their uncertainty.
      </p>
    </>
  );
}
