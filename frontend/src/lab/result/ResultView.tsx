import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { isCopied } from "../../ui/CopyButton";
import { comparisonOf } from "../comparisons";
import { networkOf } from "../environment";
import pages from "../pages/Lab.module.css";
import { toCsv, toLink } from "../resultLink";
import { MUCH_LONGER } from "../runner";
import { writeSettings } from "../settings";
import { type Comparison, changeOf, FEWEST_TO_TELL, type Verdict, verdictOf } from "../statistics";
import type { ExperimentInfo, Measure, Result } from "../types";
import { Distribution } from "./Distribution";
import { MeasureTable } from "./MeasureTable";
import { Pairs } from "./Pairs";
import { Ratio } from "./Ratio";
import styles from "./Result.module.css";
import { Runs } from "./Runs";

const ENDED: Record<Result["ended"], string> = {
  precise: "the interval was narrow enough",
  time: "the time was up",
  least: `fewer than ${FEWEST_TO_TELL} rounds tell nothing, and so many take this long here`,
  rounds: "all rounds were run",
  stopped: "it was stopped",
  broken: "it broke off",
};

interface Props {
  /** null where the server does not know the experiment: the result comes from elsewhere. */
  info: ExperimentInfo | null;
  /** null until there is a result. */
  result: Result | null;
  /** Whether it came out of a link. */
  restored: boolean;
  /** Whether the reader ended the run. */
  stopped: boolean;
}

/** The result of a run: the verdict first, then the measurements behind it. */
export function ResultView({ info, result, restored, stopped }: Props) {
  const comparisons = useMemo(
    () => result?.sides.slice(1).map((_, index) => comparisonOf(result, index + 1, "wall")) ?? [],
    [result],
  );
  const rounds = result?.sides[0]?.samples.wall?.length ?? 0;
  const known = result && rounds >= 2 ? result : null;
  return (
    <section className={styles.result} aria-label={known ? "Result" : undefined}>
      {/* Present before its text, because a screen reader announces only changes. */}
      <div aria-live="polite">
        {known && restored && <Origin result={known} />}
        {known
          ? comparisons.map((comparison, index) => (
              <Said
                key={known.sides[index + 1]?.name ?? index}
                {...{ info, result: known, comparison }}
                side={index + 1}
              />
            ))
          : (result || stopped) && <p>Stopped before there was anything to compare.</p>}
        {known && <Duration result={known} />}
      </div>
      {known && (
        <>
          <Ratio comparisons={comparisons} labels={known.sides.slice(1).map(({ label }) => label)} />
          {known.sides.length > 2 && <Pairs result={known} />}
          <Distribution sides={known.sides} />
          <MeasureTable sides={known.sides} />
          <Runs sides={known.sides} />
          <Circumstances result={known} rounds={rounds} />
          <Actions result={known} />
        </>
      )}
    </section>
  );
}

function Origin({ result: { environment: on } }: { result: Result }) {
  return (
    <p className={styles.note}>
      A result from {networkOf(on)}, {on.machine.cpu}, {on.at.slice(0, 10)}
    </p>
  );
}

/** What the server did for a side: a difference there may be none on the wall clock, and the other way round. */
const AT_THE_SERVER = { server: "Server time", cpu: "Server's CPU" } as const satisfies Partial<
  Record<Measure, string>
>;

interface Change {
  name: string;
  text: string;
  /** Whether it is told apart from no change. */
  isTold: boolean;
}

function changesAtTheServer(result: Result, side: number): Change[] {
  return (["server", "cpu"] as const).flatMap((measure) => {
    const comparison = comparisonOf(result, side, measure);
    const text = comparison && changeOf(comparison);
    if (!text) return [];
    return [{ name: AT_THE_SERVER[measure], text, isTold: verdictOf(comparison).kind !== "none" }];
  });
}

function Said(props: {
  info: ExperimentInfo | null;
  result: Result;
  comparison: Comparison | null;
  side: number;
}) {
  const { info, result, comparison, side } = props;
  const [first, other] = [result.sides[0], result.sides[side]];
  if (!first || !other || !comparison) return null;
  const verdict = verdictOf(comparison);
  const isLast = side === result.sides.length - 1;
  const changes = changesAtTheServer(result, side);
  return (
    <>
      <p className={styles.verdict} data-testid="verdict" data-kind={verdict.kind}>
        {first.label} → {other.label}: <strong>{verdict.text}</strong>
        {verdict.kind === "faster" && <span> ({comparison.saved.toFixed(1)} ms saved)</span>}
      </p>
      {changes.length > 0 && (
        <p className={styles.changes} data-testid="at-the-server">
          {changes.map(({ name, text }, index) => (
            <span key={name}>
              {index > 0 && " "}
              {name}: <strong>{text}</strong>.
            </span>
          ))}
        </p>
      )}
      {isLast && (
        <p className={styles.lesson}>
          {conclusion(verdict.kind, info, result, [first.label, other.label], changes)}
        </p>
      )}
    </>
  );
}

/** Of the first side and the last: others may have a verdict of another kind, which stands above. */
function conclusion(
  kind: Verdict["kind"],
  info: ExperimentInfo | null,
  { settings }: Result,
  [first, last]: [string, string],
  changes: readonly Change[],
): string {
  if (kind === "few") return `Fewer than ${FEWEST_TO_TELL} rounds say nothing: run it again for longer.`;
  if (settings.aa) {
    return kind === "none"
      ? "Fast against fast: as it should be, nothing is told apart."
      : "Fast against fast should show nothing: about one run in a hundred fools everybody. Run it again.";
  }
  if (kind === "faster") return info?.lesson ?? "";
  if (kind === "slower") return `${last}: here it costs more than it saves.`;
  const same = `${first}, ${last}: over this network and on this machine no difference in wall time can be seen.`;
  const told = changes
    .filter(({ isTold }) => isTold)
    .map(({ name, text }) => `${name.toLowerCase()} ${text}`);
  if (told.length === 0) return same;
  return `${same} The server's work differs: ${told.join(", ")}. This counts when many requests come at once.`;
}

/** Why it took another time than was set, or as long. */
function Duration({ result: { took, ended, settings } }: { result: Result }) {
  if (took === undefined) return <p className={styles.note}>It ended because {ENDED[ended]}.</p>;
  // A run ends at the round nearest to the time set. It ends much later only if that round was slow.
  const late = ended === "time" && took > settings.seconds * MUCH_LONGER;
  return (
    <p className={styles.note}>
      It took {took < 10 ? took.toFixed(1) : Math.round(took)} s of about {settings.seconds}: {ENDED[ended]}
      {late && ", and the last round was slow"}.
    </p>
  );
}

function Circumstances({ result, rounds }: { result: Result; rounds: number }) {
  const { environment: on, settings } = result;
  const { machine } = on;
  return (
    <p className={styles.circumstances}>
      {rounds} rounds in random order after {settings.warmup} to warm up. Network {networkOf(on)}, the
      quickest ping {on.measuredRtt.toFixed(1)} ms; {on.browser}, whose clock steps by {on.clock} ms; server
      on {machine.cpu}, {machine.cores} cores, Python {machine.python}, SQLite {machine.sqlite};{" "}
      {on.at.slice(0, 16).replace("T", " ")} UTC. Intervals: paired bootstrap of the ratio of medians, 95 %; a
      difference is told when the 99 % interval leaves out 1.
    </p>
  );
}

function Actions({ result }: { result: Result }) {
  const [said, setSaid] = useState("");
  const navigate = useNavigate();
  async function copy() {
    try {
      // The settings of this run, not those chosen since.
      const [search, hash] = [`?${writeSettings(result.settings)}`, `#${await toLink(result)}`];
      void navigate({ search, hash }, { replace: true });
      const link = location.origin + location.pathname + search + hash;
      setSaid(
        (await isCopied(link))
          ? "The address of this page now holds the result, and is copied."
          : "The address of this page now holds the result. The browser did not let it be copied: copy it from there.",
      );
    } catch (failure) {
      setSaid(failure instanceof Error ? failure.message : String(failure));
    }
  }
  return (
    <div className={pages.actions}>
      <button type="button" onClick={copy}>
        Copy a link to this result
      </button>
      <button type="button" onClick={() => save(JSON.stringify(result), "application/json", "json", result)}>
        Save the samples as JSON
      </button>
      <button type="button" onClick={() => save(toCsv(result), "text/csv", "csv", result)}>
        Save the samples as CSV
      </button>
      <p role="status">{said}</p>
    </div>
  );
}

function save(text: string, type: string, ending: string, { experiment }: Result): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = `${experiment}.${ending}`;
  link.click();
  URL.revokeObjectURL(link.href);
}
