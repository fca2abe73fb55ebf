/** What experiments there are, the links that lead here, and the machine: as the server tells. */
import { ProblemError, problemOf } from "roundtrip-client";
import type { Catalogue } from "./types";

export const LAB = "/api/lab";

/** "off" where the server has no Lab. Throws an Error for people. */
export async function loadCatalogue(signal: AbortSignal): Promise<Catalogue | "off"> {
  const response = await fetch(`${LAB}/experiments`, { signal, headers: { Accept: "application/json" } });
  if (response.status === 404) {
    void response.body?.cancel(); // unread, it would stay under way
    return "off";
  }
  if (!response.ok) throw await refusalOf(response);
  return (await response.json()) as Catalogue;
}

/** What an answer of 400 or more says of itself. */
export async function refusalOf(response: Response): Promise<ProblemError> {
  const body: unknown = await response.json().catch(() => null);
  return problemOf({ status: response.status, headers: Object.fromEntries(response.headers), body });
}

/** fetch says only "Failed to fetch". */
export function inWords(error: unknown): Error {
  if (error instanceof TypeError)
    return new ProblemError({ kind: "network", title: "The server could not be reached." });
  return error instanceof Error ? error : new Error(String(error));
}
