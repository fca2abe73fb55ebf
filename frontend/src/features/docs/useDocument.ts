import { useQuery } from "@tanstack/react-query";
import { useClient } from "../../api/useClient";
import type { ApiDocument } from "./document";

/** The document that describes the API. */
export function useDocument() {
  const client = useClient();
  return useQuery({
    queryKey: ["document"],
    queryFn: ({ signal }) => client.send<ApiDocument>("GET", "/openapi.json", { signal, alone: true }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
