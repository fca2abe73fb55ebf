/** From a span in the timing panel to the file of its technique, and to the experiment that measures it. */
import type { Leads } from "roundtrip-client/panel";
import { LAB, refusalOf } from "./catalogue";

interface Lead {
  technique: string;
  experiment: string;
  title: string;
}

let known: Promise<Leads> | undefined;

/** None where the server has no Lab. Rejects if the server refuses or cannot be reached; then it is asked again. */
export function loadLeads(): Promise<Leads> {
  known ??= isLabOn() ? read() : Promise.resolve({});
  known.catch(() => {
    known = undefined;
  });
  return known;
}

async function read(): Promise<Leads> {
  const response = await fetch(`${LAB}/spans`, { headers: { Accept: "application/json" } });
  if (!response.ok) throw await refusalOf(response);
  const { spans } = (await response.json()) as { spans: Record<string, Lead> };
  return Object.fromEntries(
    Object.entries(spans).map(([name, { technique, experiment, title }]) => [
      name,
      [
        { label: technique.slice(technique.lastIndexOf("/") + 1), href: `/lab/source/${technique}` },
        { label: `Lab: ${title}`, href: `/lab/${experiment}` },
      ],
    ]),
  );
}

/** A server with the Lab says so in the Server-Timing of each page: to ask one without it would be an error in the console. */
export function isLabOn(): boolean {
  const [page] = performance.getEntriesByType?.("navigation") ?? [];
  return (
    (page as PerformanceNavigationTiming | undefined)?.serverTiming?.some(({ name }) => name === "lab") ??
    false
  );
}
