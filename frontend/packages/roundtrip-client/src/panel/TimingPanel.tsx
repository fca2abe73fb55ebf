/** The panel above the bar: the page stays usable beside it; on a phone it fills the screen. */
import { Dialog } from "@base-ui/react/dialog";
import { Tabs } from "@base-ui/react/tabs";
import { type RefObject, useEffect, useRef, useState } from "react";
import type { Snapshot } from "../techniques/timing/timing.ts";
import { drawing, useDrawingCost } from "./cost.ts";
import { Endpoints } from "./Endpoints.tsx";
import { count, ms } from "./format.ts";
import { saveHar } from "./saveHar.ts";
import styles from "./TimingPanel.module.css";
import type { Timings } from "./TimingsContext.tsx";
import { useMedia } from "./useMedia.ts";
import { usePanelHeight } from "./usePanelHeight.ts";
import type { Shortcut } from "./useShortcut.ts";
import { Waterfall } from "./Waterfall.tsx";

export interface PanelProps {
  open: boolean;
  onClose: () => void;
  /** The button that opened the panel, which gets the focus back. */
  opener: RefObject<HTMLElement | null>;
  timings: Timings;
  snapshot: Snapshot;
  shortcut: Shortcut;
}

export default function TimingPanel({ open, onClose, opener, ...content }: PanelProps) {
  const phone = useMedia("(max-width: 640px)");
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Dialog.Root
      open={open}
      modal={phone}
      disablePointerDismissal
      onOpenChange={(next, details) => {
        if (next) return;
        // Escape in the page belongs to the page, for example to its search box or an open list.
        if (
          details.reason === "escape-key" &&
          isElsewhere(details.event.target, popup.current, opener.current)
        ) {
          details.cancel();
          return;
        }
        onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Popup
          ref={popup}
          className={`roundtrip ${styles.panel}`}
          initialFocus={() => popup.current?.querySelector<HTMLElement>("tr[tabindex='0']") ?? true}
          finalFocus={opener}
        >
          <Content phone={phone} {...content} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Content({
  phone,
  timings,
  snapshot,
  shortcut,
}: Omit<PanelProps, "open" | "onClose" | "opener"> & { phone: boolean }) {
  useDrawingCost("panel");
  useClockTick(snapshot);
  const height = usePanelHeight();
  const empty = snapshot.roundTrips.length === 0 && snapshot.memoryHits.length === 0;
  return (
    <Tabs.Root defaultValue="waterfall" className={styles.content} style={phone ? undefined : height.style}>
      {!phone && <div className={styles.handle} {...height.handle} />}
      <div className={styles.header}>
        <Dialog.Title className={styles.title}>Timings</Dialog.Title>
        <Tabs.List className={styles.tabs}>
          <Tabs.Tab value="waterfall" className={styles.tab}>
            Waterfall
          </Tabs.Tab>
          <Tabs.Tab value="endpoints" className={styles.tab}>
            Endpoints
          </Tabs.Tab>
        </Tabs.List>
        <div className={styles.actions}>
          <button type="button" onClick={() => timings.pause(!snapshot.paused)}>
            {snapshot.paused ? "Resume" : "Pause"}
          </button>
          <button type="button" disabled={empty} onClick={() => timings.clear()}>
            Clear
          </button>
          <button type="button" disabled={snapshot.roundTrips.length === 0} onClick={() => saveHar(snapshot)}>
            Export HAR
          </button>
          {!phone && (
            <button type="button" onClick={height.toggle}>
              {height.tall ? "Shorter" : "Taller"}
            </button>
          )}
        </div>
        <Dialog.Close className={styles.close} aria-label="Close timings">
          <svg viewBox="0 0 12 12" aria-hidden="true">
            <path d="M2 2l8 8M10 2l-8 8" />
          </svg>
        </Dialog.Close>
      </div>
      {snapshot.paused && <p className={styles.notice}>Paused: what happens now is not recorded.</p>}
      <Tabs.Panel value="waterfall" className={styles.body}>
        {empty ? (
          <Empty paused={snapshot.paused} />
        ) : (
          <Waterfall key={String(phone)} snapshot={snapshot} phone={phone} />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="endpoints" className={styles.body}>
        {empty ? <Empty paused={snapshot.paused} /> : <Endpoints snapshot={snapshot} />}
      </Tabs.Panel>
      <div className={styles.footer}>
        <p>{costWords(snapshot)}</p>
        <label>
          <input
            type="checkbox"
            checked={shortcut.enabled}
            onChange={(event) => shortcut.enable(event.target.checked)}
          />{" "}
          The key <kbd>T</kbd> opens and closes this
        </label>
      </div>
    </Tabs.Root>
  );
}

function Empty({ paused }: { paused: boolean }) {
  return (
    <p className={styles.empty}>
      {paused
        ? "Nothing is recorded while paused. Resume, then use the page."
        : "No round trip yet. Use the page: its requests appear here."}
    </p>
  );
}

/** The cost of recording and drawing, in words. */
function costWords({ overhead }: Snapshot): string {
  return `Cost of this panel: recording ${ms(overhead.ms)} (${count(overhead.records, "record")}), drawing ${ms(drawing.ms)} (${count(drawing.times, "update")})`;
}

/** Redraws four times a second while a request is under way, so that its bar grows. */
function useClockTick({ roundTrips }: Snapshot): void {
  const [, setTick] = useState(0);
  const pending = roundTrips.some(({ end }) => end === null);
  useEffect(() => {
    if (!pending) return;
    const timer = setInterval(() => setTick((tick) => tick + 1), 250);
    return () => clearInterval(timer);
  }, [pending]);
}

function isElsewhere(target: EventTarget | null, ...own: (HTMLElement | null)[]): boolean {
  if (!(target instanceof Node) || target === document.body) return false;
  return !own.some((element) => element?.contains(target));
}
