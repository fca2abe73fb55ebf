/** A page without React and without TypeScript: it asks for posts, shows their titles, and has the timing panel. */
import { batch, conditional, createClient, timed } from "roundtrip-client";
import { mountPanel } from "roundtrip-client/panel";

const client = createClient({
  baseURL: "/api",
  steps: [conditional(), batch({ url: "/batch" }), timed()],
});
mountPanel(client.timings);

const ask = (id) => client.queryClient.fetchQuery(client.one("/posts/{id}", { id }, ["title"]));

function onClick(button, ids) {
  document.querySelector(button).addEventListener("click", async () => {
    const posts = await Promise.all(ids.map(ask));
    document.querySelector("output").textContent = posts.map(({ title }) => title).join(", ");
  });
}
onClick("#all", [1, 2, 3]);
onClick("#one", [2]);
