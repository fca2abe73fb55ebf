import type { Send } from "roundtrip-client";
import { batch, problemOf, timed } from "roundtrip-client";
import { flightOf, get, ROOT, together, unrecorded } from "../asking";
import type { Ask, Half } from "../half";

const FAR = 100_000; // days
let asked = Math.floor(Math.random() * FAR);

const quick = ({ number }: Ask) =>
  [0, 1, 2, 3, 4].map(
    (n) => `${ROOT}/flights/${flightOf(number + n)}?fields=airline.name,dest,id,origin,status`,
  );

/**
 * A report over the last months of the data, by its number the same for both sides. No cache knows it all the same:
 * each time it ends on another day after the last flight.
 */
function slow({ number }: Ask): string {
  asked = (asked + 1) % FAR;
  const from = day(Date.UTC(2013, 7, 2 + (number % 29)));
  const to = day(Date.UTC(2014, 0, 1 + asked));
  return `${ROOT}/delays?by=dest&from=${from}&to=${to}&fields=count,dest,histogram,mean_delay`;
}

const day = (time: number) => new Date(time).toISOString().slice(0, 10);

const shared = (ask: Ask) => batch({ url: `${ROOT}/batch` })(ask.send);

/** Has the parts of one JSON object recorded as lines are, all of them here at its end. */
const asOneObject =
  (ask: Ask): Send =>
  async ({ onLine, ...request }) => {
    const answer = await unrecorded(ask, request);
    const { received: arrived = 0, decoded = 0 } = request.marks ?? {};
    for (const value of responsesOf(answer.body)) onLine?.({ value, bytes: 0, arrived, decoded });
    return answer;
  };

const responsesOf = (body: unknown) => (body as { responses?: { body: unknown }[] } | null)?.responses ?? [];

export default {
  before: async (ask) => void (await together(ask, quick(ask), shared(ask))),
  sides: {
    async whole(ask) {
      const call = ask.call();
      const requests = [slow(ask), ...quick(ask)].map(
        (url, id) => ({ id: String(id), method: "GET", url }) as const,
      );
      const { status, headers, body } = await timed(ask.timings)(asOneObject(ask))({
        method: "POST",
        url: `${ROOT}/batch`,
        headers: {},
        body: { requests },
        parts: new Map(requests.map(({ id, ...part }) => [id, { ...part, headers: {}, call }])),
        onLine: () => undefined,
        signal: ask.signal,
        call,
      });
      if (status >= 400) throw problemOf({ status, headers, body });
      return responsesOf(body)
        .slice(1)
        .map((part) => part.body);
    },
    streamed(ask) {
      const send = shared(ask);
      get(ask, slow(ask), {}, send).catch(() => undefined); // a sample ends with what it left under way
      return together(ask, quick(ask), send);
    },
  },
} satisfies Half;
