import { batch } from "roundtrip-client";
import { flightOf, get, ROOT, together } from "../asking";
import type { Ask, Half } from "../half";

const ROW = "arr_delay,carrier,dep,dep_delay,dest,distance,flight,id,origin,sched_dep,status";
const WHOLE = `${ROW},air_time,airline,arr,dest_airport,origin_airport,plane,sched_arr,tailnum,time_hour,weather`;

interface Keys {
  carrier: string;
  flight: number;
  origin: string;
  sched_dep: string;
}

let urls: string[] = [];

const inOneBatch = (ask: Ask) => together(ask, urls, batch({ url: `${ROOT}/batch` })(ask.send));

export default {
  /**
   * Makes six questions about a flight, and has the server's cache know all of it: plain, as a batch takes its
   * parts, and compressed, as the browser takes single answers.
   */
  async before(ask) {
    const id = flightOf(ask.number);
    const keys = (await get(ask, `${ROOT}/flights/${id}?fields=carrier,flight,origin,sched_dep`)) as Keys;
    const number = `carrier=${keys.carrier}&flight=${keys.flight}`;
    const day = keys.sched_dep.slice(0, 10);
    urls = [
      `${ROOT}/flights/${id}?fields=${WHOLE}`,
      `${ROOT}/weather?from=${day}&to=${day}&origin=${keys.origin}&limit=24`,
      `${ROOT}/flights?${number}&limit=12&sort=-departure&fields=${ROW}`,
      `${ROOT}/delays?by=month&${number}&fields=cancelled,count,mean_delay,month,on_time_share`,
      `${ROOT}/airlines?limit=50&fields=carrier,name`,
      `${ROOT}/airports?limit=200&served=true&fields=faa,name`,
    ];
    await Promise.all([inOneBatch(ask), together(ask, urls, ask.send)]);
  },
  sides: {
    async one_by_one(ask) {
      const contents: unknown[] = [];
      for (const url of urls) contents.push(await get(ask, url));
      return contents;
    },
    parallel: (ask) => together(ask, urls, ask.send),
    one_batch: inOneBatch,
  },
} satisfies Half;
