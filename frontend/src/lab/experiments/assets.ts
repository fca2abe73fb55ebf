import type { Send } from "roundtrip-client";
import { timed } from "roundtrip-client";
import { LAB } from "../catalogue";
import type { Ask, Half } from "../half";

/** The addresses of the files that the page names. */
let files: readonly string[] = [];

/** The product's transport reads answers of the API and nothing else, so what carries a file is here. */
const carry =
  (cache: RequestCache): Send =>
  async ({ url, signal, marks = {} }) => {
    marks.sent = performance.now();
    const response = await fetch(url, { cache, ...(signal && { signal }) });
    marks.headers = performance.now();
    if (!response.ok) throw new Error(`${url} was answered with ${response.status}.`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    marks.received = performance.now();
    marks.bytes = bytes.byteLength;
    const body = new TextDecoder().decode(bytes);
    marks.decoded = performance.now();
    return { status: response.status, headers: Object.fromEntries(response.headers), body };
  };

/** All files at once, as a browser fetches what a page names. */
function visit(ask: Ask, urls: readonly string[], cache: RequestCache): Promise<unknown[]> {
  const send = timed(ask.timings)(carry(cache));
  const { signal } = ask;
  const ofFile = async (url: string) =>
    (await send({ method: "GET", url, headers: {}, signal, call: ask.call() })).body;
  return Promise.all(urls.map(ofFile));
}

/** "reload" asks the server for all and keeps it, as a first visit does; "default" lets the cache's rules decide. */
async function twice(ask: Ask, urls: readonly string[]): Promise<unknown[]> {
  const first = await visit(ask, urls, "reload");
  return [first, await visit(ask, urls, "default")];
}

const ofTheLab = (side: string) => files.map((_, part) => `${LAB}/experiments/assets/${side}?part=${part}`);

export default {
  /** Reads the page once, as the server's half does. */
  async before({ signal }) {
    if (files.length > 0) return;
    const page = await (await fetch("/", { signal })).text();
    files = [...page.matchAll(/"(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, file = ""]) => file);
    if (files.length === 0) throw new Error("This page has no built files: `make run` serves one that has.");
  },
  sides: {
    plain: (ask) => twice(ask, ofTheLab("plain")),
    compressed: (ask) => twice(ask, ofTheLab("compressed")),
    immutable: (ask) => twice(ask, files),
  },
} satisfies Half;
