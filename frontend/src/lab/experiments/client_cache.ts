import { createClient, type Step, urlOf } from "roundtrip-client";
import type { paths } from "../../api/resources.gen";
import { dayOf, FULL, get, ROOT } from "../asking";
import type { Ask, Half } from "../half";

const COMPONENTS = [1, 2, 3, 4, 5];
const FIELDS = ["carrier", "flight", "id", "origin", "dest", "sched_dep"] as const;

/** A client of its own for each sample, whose cache is empty; what it asks is recorded with the sample. */
function clientOf({ send, timings }: Ask) {
  const whole: Step = (next) => (request) => next({ ...request, headers: { ...request.headers, ...FULL } });
  return createClient<paths, "/api/v1">({
    baseURL: ROOT,
    steps: [Object.assign(whole, { timings })],
    send,
  });
}

const question = (ask: Ask) =>
  clientOf(ask).one("/flights", { from: dayOf(ask.number), to: dayOf(ask.number), limit: 50 }, FIELDS);
const url = (ask: Ask) => ROOT + urlOf(question(ask).queryKey);

export default {
  before: async (ask) => void (await get(ask, url(ask))),
  sides: {
    each: (ask) => Promise.all(COMPONENTS.map(() => get(ask, url(ask)))),
    async once(ask) {
      const { queryClient } = clientOf(ask);
      const query = question(ask);
      const contents = await Promise.all(COMPONENTS.map(() => queryClient.fetchQuery(query)));
      queryClient.clear();
      return contents;
    },
  },
} satisfies Half;
