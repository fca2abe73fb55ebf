import { batch } from "../../client/batch";
import { problemOf } from "../../client/errors";
import { flightOf, get, ROOT, together } from "../asking";
import type { Ask, Half } from "../half";

/** The slow part of the last sample: the next one begins when it has ended. */
let rest: Promise<unknown> = Promise.resolve();
let reports = Math.floor(Math.random() * 3600);

const quick = ({ number }: Ask) =>
  [0, 1, 2, 3, 4].map(
    (n) => `${ROOT}/flights/${flightOf(number + n)}?fields=airline.name,dest,id,origin,status`,
  );

/** A report over most of the year that no cache knows: each begins or ends on another day. */
function slow(): string {
  reports = (reports + 1) % 3600;
  const from = day(1, 2 + (reports % 60));
  const to = day(10, 30 + Math.floor(reports / 60));
  return `${ROOT}/delays?by=dest&from=${from}&to=${to}&fields=count,dest,histogram,mean_delay`;
}

const day = (month: number, of: number) => new Date(Date.UTC(2013, month - 1, of)).toISOString().slice(0, 10);

const shared = (ask: Ask) => batch(`${ROOT}/batch`)(ask.send);

export default {
  async before(ask) {
    await rest;
    await together(ask, quick(ask), shared(ask));
  },
  sides: {
    async whole(ask) {
      const requests = [slow(), ...quick(ask)].map((url, id) => ({ id: String(id), method: "GET", url }));
      const { signal } = ask;
      const request = {
        method: "POST",
        url: `${ROOT}/batch`,
        headers: {},
        body: { requests },
        signal,
      } as const;
      const { status, headers, body } = await ask.send({ ...request, call: ask.call() });
      if (status >= 400) throw problemOf(status, headers, body);
      return (body as { responses: { body: unknown }[] }).responses.slice(1).map((part) => part.body);
    },
    streamed(ask) {
      const send = shared(ask);
      rest = get(ask, slow(), {}, send).catch(() => undefined);
      return together(ask, quick(ask), send);
    },
  },
} satisfies Half;
