import { createQueries, createQueryClient } from "../../client/cache";
import { createAnswers } from "../../client/conditional";
import { keyOf, spell, urlOf } from "../../client/queries";
import { dayOf, FULL, get, ROOT } from "../asking";
import type { Ask, Half } from "../half";

const COMPONENTS = [1, 2, 3, 4, 5];
const FIELDS = ["carrier", "flight", "id", "origin", "dest", "sched_dep"] as const;

const filters = ({ number }: Ask) => ({ from: dayOf(number), to: dayOf(number), limit: 50 });
const url = (ask: Ask) => ROOT + urlOf(keyOf("flights", "first", spell(filters(ask)), FIELDS));

export default {
  before: async (ask) => void (await get(ask, url(ask))),
  sides: {
    each: (ask) => Promise.all(COMPONENTS.map(() => get(ask, url(ask)))),
    async once(ask) {
      const queryClient = createQueryClient();
      const shared = { queryClient, answers: createAnswers(), timings: ask.timings };
      const queries = createQueries(ROOT, shared, (request) =>
        ask.send({ ...request, headers: { ...request.headers, ...FULL } }),
      );
      const contents = await Promise.all(
        COMPONENTS.map(() => queryClient.fetchQuery(queries.first("flights", filters(ask), FIELDS))),
      );
      queryClient.clear();
      return contents;
    },
  },
} satisfies Half;
