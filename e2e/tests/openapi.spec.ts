/** The API's answers are held to its document by a validator that others use: ajv (JSON Schema 2020-12). */
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect, test } from "./support.ts";

interface Described {
  paths: Record<string, { get?: Operation }>;
}
interface Operation {
  parameters: { name: string; schema: { default?: string[] } }[];
  responses: Record<string, { headers: Record<string, unknown> }>;
}

const EXAMPLES: Record<string, string> = { carrier: "UA", faa: "JFK", id: "1", tailnum: "N14228" };

test("every default answer keeps to the document, and has its default fields and headers", async ({
  request,
}) => {
  const document: Described = await (await request.get("/api/v1/openapi.json")).json();
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, "document");
  const gets = Object.entries(document.paths).filter(([, { get }]) => get);
  expect(gets.length).toBeGreaterThan(8);
  for (const [path, { get }] of gets) {
    const url = path.replace(/\{(\w+)\}/g, (_, name: string) => EXAMPLES[name] ?? name);
    const answer = await request.get(url);
    const body = await answer.json();
    const at = `document#/paths/${pointer(path)}/get/responses/200/content/application~1json/schema`;
    expect(answer.status(), url).toBe(200);
    expect(ajv.validate(at, body) || ajv.errors, url).toBe(true);
    const fields = get?.parameters.find(({ name }) => name === "fields")?.schema.default;
    const thing = Array.isArray(body.items) ? body.items[0] : body;
    const names = [...new Set(fields?.map((field) => field.replace(/\..*/, "")))];
    if (fields) expect(Object.keys(thing).sort(), url).toEqual(names.sort());
    for (const name of Object.keys(get?.responses["200"]?.headers ?? {}))
      if (name !== "Link" || body.next) expect(answer.headers(), url).toHaveProperty(name.toLowerCase());
  }
});

/** As JSON Pointer (RFC 6901) writes it in a URI's fragment. */
function pointer(name: string): string {
  return encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"));
}
