/** Hands the recorded round trips to the reader as a file. */
import type { Snapshot } from "../techniques/timing/timing.ts";
import { toHar } from "./har.ts";

export function saveHar(snapshot: Snapshot): void {
  const har = toHar(snapshot, { origin: location.origin, version: "1" });
  const address = URL.createObjectURL(new Blob([JSON.stringify(har, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `roundtrip-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.har`;
  link.click();
  // The download has begun by the next task; until then the address must stay valid.
  setTimeout(() => URL.revokeObjectURL(address));
}
