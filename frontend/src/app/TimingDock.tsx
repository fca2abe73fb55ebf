import { type RefObject, useEffect, useRef } from "react";
import { mountPanel } from "roundtrip-client/panel";
import { useClient } from "../api/useClient";
import { spanLeads } from "../lab/pages"; // the Lab

/** The foot of every page: the package's timing bar. */
export default function TimingDock({ pressed }: { pressed: RefObject<KeyboardEvent | null> }) {
  const dock = useRef<HTMLDivElement>(null);
  const { timings } = useClient();
  useEffect(() => {
    if (!dock.current) return;
    return mountPanel(timings, {
      into: dock.current,
      leads: spanLeads, // the Lab
      pressed: pressed.current,
    });
  }, [timings, pressed]);
  return <div className="dock" ref={dock} />;
}
