/** The server's catalogue: the experiments, the links to this server, and its machine. */
import { ProblemError, problemOf } from "roundtrip-client";
import type { Catalogue } from "./types";

export const LAB = "/api/lab";

/** "off" if the server has no Lab. Throws an Error with a message for the user. */
export async function loadCatalogue(signal: AbortSignal): Promise<Catalogue | "off"> {
  const response = await fetch(`${LAB}/experiments`, { signal, headers: { Accept: "application/json" } });
  if (response.status === 404) {
    void response.body?.cancel(); // unread, it would stay under way
    return "off";
  }
  if (!response.ok) throw await refusalOf(response);
  return (await response.json()) as Catalogue;
}

/** The message in an answer of 400 or more. */
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
