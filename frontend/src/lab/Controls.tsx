import { useEffect, useState } from "react";
import { useSearchParams } from "react-router";
import styles from "./pages/Lab.module.css";
import type { Progress } from "./runner";
import { readSettings, writeSettings } from "./settings";
import { FEWEST_TO_TELL, verdictOf } from "./statistics";
import type { Settings } from "./types";

interface Props {
  progress: Progress | null;
  /** Whether the sides are asked for something else: a run would share the network and the server with it. */
  busy: boolean;
  onRun(settings: Settings): void;
  onStop(): void;
}

const SPOKEN_EVERY_MS = 5000;
const SECONDS = [3, 10, 30, 60];
const PRECISIONS = [0.02, 0.05, 0.1, 0.2];

/** The settings of a run, which are in the address. */
export function Controls({ progress, busy, onRun, onStop }: Props) {
  const [params, setParams] = useSearchParams();
  const { settings, problems } = readSettings(params);
  const change = (some: Partial<Settings>) =>
    setParams(writeSettings({ ...settings, ...some }), { replace: true });
  return (
    <>
      <form
        className={styles.controls}
        onSubmit={(event) => {
          event.preventDefault();
          if (progress) onStop();
          else onRun(settings);
        }}
      >
        <label>
          Measure for about
          <select
            value={settings.seconds}
            disabled={progress !== null}
            onChange={({ target }) => change({ seconds: Number(target.value) })}
          >
            {withOwn(SECONDS, settings.seconds).map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds} s
              </option>
            ))}
          </select>
        </label>
        <label>
          Or until the ratio is known to
          <select
            value={settings.precision}
            disabled={progress !== null}
            onChange={({ target }) => change({ precision: Number(target.value) })}
          >
            {withOwn(PRECISIONS, settings.precision).map((precision) => (
              <option key={precision} value={precision}>
                ± {Math.round(precision * 1000) / 10} %
              </option>
            ))}
          </select>
        </label>
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={settings.aa}
            disabled={progress !== null}
            onChange={({ target }) => change({ aa: target.checked })}
          />
          Try the test itself: fast against fast (A/A)
        </label>
        <button type="submit" disabled={busy}>
          {progress ? "Stop" : "Run"}
        </button>
      </form>
      {problems.map((problem) => (
        <p key={problem} role="alert">
          {problem}
        </p>
      ))}
      <div className={styles.progress}>
        {progress && (
          <>
            <progress value={progress.share} max={1} aria-label="Progress of the run" />
            <span>{inWords(progress)}</span>
          </>
        )}
      </div>
      <Spoken progress={progress} />
    </>
  );
}

/** The same for screen readers, changed every few seconds and not every round. */
function Spoken({ progress }: { progress: Progress | null }) {
  const [spoken, setSpoken] = useState("");
  const beat = progress && `${progress.phase} ${Math.floor(progress.elapsed / SPOKEN_EVERY_MS)}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is said changes with the beat only
  useEffect(() => setSpoken(progress ? inWords(progress) : ""), [beat]);
  return (
    <p className="visually-hidden" role="status">
      {spoken}
    </p>
  );
}

function inWords({ phase, round, elapsed, longer, comparison }: Progress): string {
  if (phase === "preparing") return "Getting ready …";
  if (phase === "warming up") return `Warming up, and looking whether the answers are equal: round ${round}`;
  const soFar = comparison ? `; so far: ${verdictOf(comparison).text}` : "";
  const until = longer
    ? ` of about ${Math.round(longer / 1000)}, because fewer than ${FEWEST_TO_TELL} rounds tell nothing`
    : "";
  return `Round ${round}, ${(elapsed / 1000).toFixed(1)} s${until}${soFar}`;
}

/** A value from the address is added to the usual ones. */
function withOwn(usual: readonly number[], own: number): number[] {
  return [...new Set([...usual, own])].sort((a, b) => a - b);
}
