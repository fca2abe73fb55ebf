import { useEffect, useRef } from "react";
import { mountPanel } from "roundtrip-client/panel";
import { useClient } from "../api/useClient";
import { spanLeads } from "../lab/pages"; // the Lab

/** The foot of every page: the package's timing bar. */
export default function TimingDock() {
  const dock = useRef<HTMLDivElement>(null);
  const { timings } = useClient();
  useEffect(() => {
    if (!dock.current) return;
    return mountPanel(timings, {
      into: dock.current,
      leads: spanLeads, // the Lab
    });
  }, [timings]);
  return <div className="dock" ref={dock} />;
}
