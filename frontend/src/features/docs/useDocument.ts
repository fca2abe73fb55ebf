import { useQuery } from "@tanstack/react-query";
import type { ApiDocument } from "./document";

/** The document that describes the API. It is no resource, and so does not go through the client. */
export function useDocument() {
  return useQuery({ queryKey: ["openapi"], queryFn: fetchDocument, staleTime: Number.POSITIVE_INFINITY });
}

async function fetchDocument({ signal }: { signal: AbortSignal }): Promise<ApiDocument> {
  const answer = await fetch("/api/v1/openapi.json", { signal });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return answer.json();
}
