/** The cost of the last action, in one line at the foot of every page. */
import { type ComponentType, lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { useDrawingCost } from "./cost.ts";
import { count, ms } from "./format.ts";
import { type Amount, lookOf, SOURCES, type Source, sourceLabel, spanColour } from "./spans.ts";
import { bytesWords, isUnrecorded, type Summary, sentence, summarise } from "./summary.ts";
import styles from "./TimingBar.module.css";
import type { PanelProps } from "./TimingPanel.tsx";
import { useSnapshot, useTimings } from "./TimingsContext.tsx";
import { useShortcut, wasPressed } from "./useShortcut.ts";

/** Opens and closes the panel. */
const KEY = "t";

const loadPanel = () => import("./TimingPanel.tsx");
const TimingPanel = lazy<ComponentType<PanelProps>>(() =>
  loadPanel().catch(() => ({ default: PanelMissing })),
);
/** Prefetches the panel before the click; an error shows when the panel is opened. */
const warm = () => void loadPanel().catch(() => undefined);

export function TimingBar({ pressed = null }: { pressed?: KeyboardEvent | null | undefined }) {
  useDrawingCost("bar");
  const timings = useTimings();
  const snapshot = useSnapshot(timings);
  const summary = summarise(snapshot);
  const [open, setOpen] = useState(() => wasPressed(pressed, KEY));
  const [everOpened, setEverOpened] = useState(open);
  const button = useRef<HTMLButtonElement>(null);
  const toggle = useCallback(() => {
    setEverOpened(true);
    setOpen((was) => !was);
  }, []);
  const close = useCallback(() => setOpen(false), []);
  const shortcut = useShortcut(KEY, toggle);

  return (
    <section
      className={styles.bar}
      aria-label="Timings of the last action"
      data-pending={Boolean(summary?.pending)}
    >
      {summary ? <Figures summary={summary} /> : <p className={styles.label}>No request yet</p>}
      <button
        ref={button}
        type="button"
        className={styles.toggle}
        aria-expanded={open}
        aria-haspopup="dialog"
        aria-keyshortcuts={shortcut.enabled ? KEY : undefined}
        onClick={toggle}
        onPointerEnter={warm}
        onFocus={warm}
      >
        <span className={styles.toggleText}>Timings</span>
        <svg className={styles.chevron} viewBox="0 0 12 12" aria-hidden="true">
          <path d="M2 8l4-4 4 4" />
        </svg>
      </button>
      <Announcement summary={summary} />
      {everOpened && (
        <Suspense fallback={null}>
          <TimingPanel
            open={open}
            onClose={close}
            opener={button}
            timings={timings}
            snapshot={snapshot}
            shortcut={shortcut}
          />
        </Suspense>
      )}
    </section>
  );
}

/** Shown when the panel's script cannot be loaded, offline or after a new deployment. */
function PanelMissing({ open }: PanelProps) {
  if (!open) return null;
  return (
    <p role="alert" className={styles.missing}>
      The panel could not be loaded. Reload the page to try again.
    </p>
  );
}

function Figures({ summary }: { summary: Summary }) {
  const size = bytesWords(summary);
  const label = (
    <p className={styles.label} title={summary.label}>
      {summary.paused && <span className={styles.paused}>paused </span>}
      {summary.label}
    </p>
  );
  if (isUnrecorded(summary)) {
    return (
      <>
        {label}
        <p className={styles.unrecorded}>no requests to the API</p>
      </>
    );
  }
  return (
    <>
      {label}
      <p className={styles.ms}>{summary.pending > 0 ? `${summary.pending} under way` : ms(summary.ms)}</p>
      <div className={styles.rest}>
        <ul className={styles.figures}>
          <li className={styles.trips}>
            {summary.roundTrips}
            <span className={styles.wide}> round</span> {summary.roundTrips === 1 ? "trip" : "trips"}
          </li>
          <li className={styles.parts}>{count(summary.parts, "part")}</li>
          {/* Present even when empty, so that its neighbours do not move when the size becomes known. */}
          <li className={styles.bytes} aria-hidden={size === ""}>
            {size}
          </li>
        </ul>
        <ul className={styles.answers} aria-label="Answers by source">
          {summary.failed > 0 && <li className={styles.failed}>{summary.failed}× failed</li>}
          {SOURCES.filter((source) => summary.answers[source] > 0).map((source) => (
            <li key={source}>
              {summary.answers[source]}× <SourceName source={source} />
            </li>
          ))}
        </ul>
      </div>
      <Stack amounts={summary.amounts} />
    </>
  );
}

/** On a narrow screen "server cache" becomes "cache"; the other caches are "edge" and "browser". */
function SourceName({ source }: { source: Source }) {
  if (source === "edge") {
    return (
      <>
        edge<span className={styles.wide}> cache</span>
      </>
    );
  }
  if (source !== "server-cache") return sourceLabel(source);
  return (
    <>
      <span className={styles.wide}>server </span>cache
    </>
  );
}

/** The share of each span in the time, in one bar. */
function Stack({ amounts }: { amounts: Amount[] }) {
  const told = amounts.filter((amount) => amount.ms > 0);
  const words = told.map((amount) => `${amount.name} ${ms(amount.ms)}`).join(", ");
  return (
    <div
      className={styles.stack}
      role="img"
      aria-label={`Where the time went: ${words || "no time was spent"}`}
    >
      {told.map((amount) => (
        <span
          key={amount.name}
          title={`${amount.name} ${ms(amount.ms)}`}
          data-family={lookOf(amount.name).family}
          style={{ flexGrow: amount.ms, color: spanColour(amount.name) }}
        />
      ))}
    </div>
  );
}

/** Milliseconds without a change before the announcement, so that a burst of requests makes one sentence. */
const SETTLED_MS = 1200;

function Announcement({ summary }: { summary: Summary | null }) {
  const [said, setSaid] = useState("");
  const settled = summary && summary.pending === 0 && !summary.paused && !isUnrecorded(summary);
  const words = settled ? sentence(summary) : null;
  useEffect(() => {
    if (words === null) return;
    const timer = setTimeout(() => setSaid(words), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return (
    <p role="status" className="roundtrip-unseen">
      {said}
    </p>
  );
}
