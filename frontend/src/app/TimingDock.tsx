import { useEffect, useRef } from "react";
import { mountPanel } from "roundtrip-client/panel";
import { useClient } from "../api/client";

/** The foot of every page: the package's timing bar. */
export function TimingDock() {
  const dock = useRef<HTMLDivElement>(null);
  const { timings } = useClient();
  useEffect(() => (dock.current ? mountPanel(timings, { into: dock.current }) : undefined), [timings]);
  return <div className="dock" ref={dock} />;
}
