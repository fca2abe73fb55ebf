import { conditional, createAnswers } from "roundtrip-client";
import { dayOf, get, ROOT } from "../asking";
import type { Ask, Half } from "../half";

const answers = createAnswers(2);

const FIELDS =
  "air_time,arr,arr_delay,carrier,dep,dep_delay,dest,distance,flight,id,origin,sched_arr,sched_dep,status,tailnum";

const url = ({ number }: Ask) =>
  `${ROOT}/flights?from=${dayOf(number)}&to=${dayOf(number)}&limit=200&fields=${FIELDS}`;
const withValidator = (ask: Ask) => get(ask, url(ask), {}, conditional(answers)(ask.send));

export default {
  /** The server's cache has the answer on every side; the page and the browser's cache have it as well. */
  async before(ask) {
    await withValidator(ask);
    await get(ask, url(ask), {});
  },
  sides: {
    full: (ask) => get(ask, url(ask)),
    not_modified: withValidator,
    browser_cache: (ask) => get(ask, url(ask), {}),
  },
} satisfies Half;
