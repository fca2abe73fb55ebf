import { useQuery } from "@tanstack/react-query";
import { client } from "../../app/client";
import type { ApiDocument } from "./document";

/** The document that describes the API. */
export function useDocument() {
  return useQuery({ ...client.document(), select: (document) => document as ApiDocument });
}
