import { type FormEvent, useEffect, useRef, useState } from "react";
import { Failure } from "../../ui/Failure";
import { onePair } from "../runner";
import type { ExperimentInfo, SideInfo } from "../types";
import { ofARun } from "../useRun";
import styles from "./Feel.module.css";
import { Replay } from "./Replay";
import { type Outcome, type Recording, recordingsOf } from "./race";

interface Props {
  info: ExperimentInfo;
  /** Whether a run is under way: both would share the network and the server. */
  busy: boolean;
  onAsking(isAsking: boolean): void;
}

interface Seen {
  recordings: [Recording, Recording];
  guess: Outcome;
}

/** A guess, one answer of the first side and of the last, and both replayed side by side. */
export function Feel({ info, busy, onAsking }: Props) {
  const there = info.sides.filter(({ needs }) => needs === null);
  const [first, last] = [there[0] as SideInfo, there.at(-1) as SideInfo];
  const [guess, setGuess] = useState<Outcome | null>(null);
  const [seen, setSeen] = useState<Seen | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const asking = useRef<AbortController | null>(null);
  useEffect(() => () => asking.current?.abort(), []);

  async function ask(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (guess === null || isAsking || busy) return;
    const controller = new AbortController();
    const { signal } = controller;
    asking.current = controller;
    const tell = (now: boolean) => {
      setIsAsking(now);
      onAsking(now);
    };
    setError(null);
    setSeen(null);
    tell(true);
    try {
      const samples = await onePair(info, signal);
      const recordings = recordingsOf([first.label, last.label], samples);
      setSeen({ recordings, guess });
    } catch (failure) {
      if (!signal.aborted) setError(ofARun(failure));
    } finally {
      if (!signal.aborted) tell(false);
    }
  }

  return (
    <section className={styles.feel} aria-labelledby="feel-it">
      <h2 id="feel-it">Feel it</h2>
      <p>
        Guess first. Then the page asks each side once, one after the other, and replays both side by side: a
        square fills when its answer arrives.
        {info.sides.length > 2 && " Only the first side and the last that can be asked are compared."}
        {info.sides
          .filter(({ needs }) => needs !== null)
          .map(({ label, needs }) => ` ${label} cannot be asked here: it needs ${needs}.`)}
      </p>
      <form onSubmit={ask}>
        <fieldset className={styles.guesses}>
          <legend>Your guess</legend>
          {(
            [
              ["first", `${first.label} is faster`],
              ["second", `${last.label} is faster`],
              ["none", "No difference that I can feel"],
            ] as const
          ).map(([value, words]) => (
            <label key={value}>
              <input
                type="radio"
                name="guess"
                required
                checked={guess === value}
                onChange={() => setGuess(value)}
              />
              {words}
            </label>
          ))}
        </fieldset>
        <button type="submit" aria-disabled={isAsking || busy}>
          Ask both sides
        </button>
      </form>
      <p role="status" className={styles.asking}>
        {isAsking && "Asking one side, then the other …"}
      </p>
      {error && <Failure error={error} heading="The sides could not be asked" />}
      {seen && <Replay recordings={seen.recordings} guess={seen.guess} />}
    </section>
  );
}
