import { useQuery } from "@tanstack/react-query";
import { useClient } from "../../api/useClient";
import type { Filters } from "../../flights/filters/filters";
import { useSlow } from "../../ui/useSlow";
import { summaryQuery } from "./api";

/** A note after a second without figures. */
export function SlowNote({ filters }: { filters: Filters }) {
  const { isPending } = useQuery(summaryQuery(useClient(), filters));
  const slow = useSlow(isPending);
  return <p role="status">{slow ? "The charts take a little longer than usual …" : ""}</p>;
}
