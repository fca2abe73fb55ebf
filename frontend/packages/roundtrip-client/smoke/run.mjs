/** A check in the folder with the installed package: the core asks a server, and the other entries can be imported. */
import { createServer } from "node:http";
import { batch, conditional, createClient, timed } from "roundtrip-client";

for (const entry of [
  "headers",
  "axios",
  "react",
  "panel",
  "waterfall",
  "browser/index.js",
  "browser/headers.js",
])
  await import(`roundtrip-client/${entry}`);

let batches = 0;
const server = createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  batches += 1;
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  for (const { id, url } of JSON.parse(text).requests) {
    response.write(`${JSON.stringify({ id, status: 200, headers: {}, body: { url } })}\n`);
  }
  response.end();
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const client = createClient({
  baseURL: `http://127.0.0.1:${server.address().port}/api`,
  steps: [conditional(), batch({ url: "/batch" }), timed()],
});
const ask = (id) => client.queryClient.fetchQuery(client.one("/books/{id}", { id }, ["title"]));
const answers = await Promise.all([ask(1), ask(2)]);
server.close();
server.closeAllConnections();
client.queryClient.clear();

const expected = [1, 2].map((id) => ({ url: `/api/books/${id}?fields=title` }));
if (batches !== 1 || JSON.stringify(answers) !== JSON.stringify(expected))
  throw new Error(`${batches} batches answered ${JSON.stringify(answers)}`);
process.stdout.write(
  "roundtrip-client, installed from its tarball: types check, and two requests shared one round trip.\n",
);
