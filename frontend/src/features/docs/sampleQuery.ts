import type { ApiClient } from "../../api/client";
import type { Asked } from "./snippets";

const ROOT = "/api/v1";

export const sampleQuery = (client: ApiClient, { method, url, body }: Asked) => ({
  queryKey: ["sample", method, url],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    client.send<unknown>(method, url.slice(ROOT.length), { signal, body }),
  retry: false,
  staleTime: Number.POSITIVE_INFINITY, // asked anew by "Send"
});
