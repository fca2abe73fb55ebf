/** One request, written for the programs that most people use. */

export const LANGUAGES = ["cURL", "fetch", "axios", "Python", "roundtrip-client"] as const;
export type Language = (typeof LANGUAGES)[number];

export interface Asked {
  method: string;
  /** Below the server's root, with its query: "/api/v1/airlines/UA?fields=name". */
  url: string;
  /** The path as the document writes it: "/api/v1/airlines/{carrier}". */
  path: string;
  body?: unknown;
}

/** The request as a program that runs as it stands. `origin` is the server's, such as "https://example.org". */
export function snippet(language: Language, asked: Asked, origin: string): string {
  return WRITERS[language](asked, origin);
}

const WRITERS: Record<Language, (asked: Asked, origin: string) => string> = {
  cURL: ({ method, url, body }, origin) =>
    body === undefined
      ? `curl --compressed '${quoted(origin + url)}'`
      : [
          `curl --compressed -X ${method} '${origin}${url}'`,
          `-H 'Content-Type: application/json' -H 'Accept: application/x-ndjson'`,
          `-d '${quoted(JSON.stringify(body))}'`,
        ].join(" \\\n  "),
  fetch: ({ method, url, body }, origin) =>
    body === undefined
      ? `const answer = await fetch(${text(origin + url)});\nconsole.log(await answer.json());`
      : `const answer = await fetch(${text(origin + url)}, {\n  method: ${text(method)},\n  headers: { "Content-Type": "application/json" },\n  body: JSON.stringify(${JSON.stringify(body, null, 2).replaceAll("\n", "\n  ")}),\n});\nconsole.log(await answer.json());`,
  axios: ({ method, url, body }, origin) =>
    body === undefined
      ? `import axios from "axios";\n\nconst { data } = await axios.get(${text(origin + url)});\nconsole.log(data);`
      : `import axios from "axios";\n\nconst { data } = await axios.request({\n  method: ${text(method)},\n  url: ${text(origin + url)},\n  data: ${JSON.stringify(body, null, 2).replaceAll("\n", "\n  ")},\n});\nconsole.log(data);`,
  Python: ({ method, url, body }, origin) =>
    body === undefined
      ? `import requests\n\nanswer = requests.get(${text(origin + url)}, timeout=10)\nprint(answer.json())`
      : `import requests\n\nbody = ${JSON.stringify(body, null, 4)}\nanswer = requests.request(${text(method)}, ${text(origin + url)}, json=body, timeout=10)\nprint(answer.json())`,
  "roundtrip-client": (asked, origin) => {
    const root = "/api/v1";
    const begin = [
      `import { batch, conditional, createClient, timed } from "roundtrip-client";`,
      `import type { paths } from "./api.gen"; // npx openapi-typescript ${origin}${root}/openapi.json -o api.gen.ts`,
      "",
      `const client = createClient<paths, ${text(root)}>({`,
      `  baseURL: ${text(origin + root)},`,
      `  steps: [conditional(), batch({ url: "/batch" }), timed()],`,
      "});",
    ];
    const queries =
      asked.body === undefined ? [asked] : (asked.body as { requests: { url: string }[] }).requests;
    const calls = queries.map((one) => `client.queryClient.fetchQuery(${query(one, asked.path, root)})`);
    const wait =
      calls.length === 1
        ? [`const data = await ${calls[0]};`, "console.log(data);"]
        : ["// Requests of one tick share one round trip.", `const all = await Promise.all([`]
            .concat(calls.map((call) => `  ${call},`))
            .concat(["]);", "console.log(all);"]);
    return [...begin, ...wait].join("\n");
  },
};

/** client.one() with the path's template, its arguments and its fields. */
function query({ url }: { url: string }, path: string, root: string): string {
  const { pathname, searchParams } = new URL(url, "http://a");
  const template = templateOf(pathname, path);
  const inPath = Object.fromEntries(
    template.split("/").flatMap((piece, index) => {
      const name = piece.match(/^\{(\w+)\}$/)?.[1];
      return name ? [[name, decodeURIComponent(pathname.split("/")[index] ?? "")]] : [];
    }),
  );
  const { fields, ...inQuery } = Object.fromEntries(searchParams);
  const parameters = Object.entries({ ...inPath, ...inQuery }).map(
    ([name, value]) => `${name}: ${literal(value)}`,
  );
  const given = parameters.length > 0 ? `{ ${parameters.join(", ")} }` : "{}";
  const selection = fields ? `, [${fields.split(",").map(text).join(", ")}]` : "";
  return `client.one(${text(template.slice(root.length))}, ${given}${selection})`;
}

/** The asked path itself, where it has no braces or is another address: of a part, or typed by the reader. */
function templateOf(pathname: string, path: string): string {
  const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`);
  if (pattern.test(pathname)) return path;
  return pathname.replace(/^(\/api\/v1\/flights)\/\w+$/, "$1/{id}");
}

const literal = (value: string) => (/^(?:-?[1-9]\d*|0|true|false)$/.test(value) ? value : text(value));
const text = (value: string) => JSON.stringify(value);
/** In a shell's single quotes. */
const quoted = (value: string) => value.replaceAll("'", `'\\''`);
