/** Every entry point, used as in the README, with an API that is not this repository's. */
import axios from "axios";
import { batch, type Client, compose, conditional, createClient, overFetch, timed } from "roundtrip-client";
import { asAdapter, throughAxios } from "roundtrip-client/axios";
import { cachedBy, freshness, readServerTiming } from "roundtrip-client/headers";
import { mountPanel } from "roundtrip-client/panel";
import { ClientProvider, useClientOf } from "roundtrip-client/react";
import { SpanBar } from "roundtrip-client/waterfall";

interface Book {
  id: number;
  title: string;
  author: { name: string; born: number };
}

interface paths {
  "/books": {
    get: {
      parameters: { query?: { fields?: string; after?: string; year?: number } };
      responses: { 200: { content: { "application/json": { items: Book[]; next: string | null } } } };
    };
  };
  "/books/{id}": {
    get: {
      parameters: { query?: { fields?: string }; path: { id: number } };
      responses: { 200: { content: { "application/json": Book } } };
    };
  };
}

const client: Client<paths> = createClient<paths>({
  baseURL: "/api/v1",
  steps: [
    throughAxios((adapter) => axios.create({ adapter })),
    conditional(),
    batch({ url: "/batch" }),
    timed(),
  ],
});
const book = await client.queryClient.fetchQuery(client.one("/books/{id}", { id: 7 }, ["id", "author.name"]));
export const author: { name: string } = book.author;
// @ts-expect-error the title was not asked for
export const title: string = book.title;
const list = await client.queryClient.fetchInfiniteQuery(client.list("/books", { year: 2013 }, ["title"]));
export const titles: string[] = list.pages.flatMap((page) => page.items.map((each) => each.title));
await client.invalidate({ tag: "reviews" });
await client.send<{ id: number }>("POST", "/books/7/reviews", { body: { stars: 5 } });

export const http = axios.create({ adapter: asAdapter(compose(batch({ url: "/batch" }), overFetch())) });
export const useClient = useClientOf<Client<paths>>;
export const away: () => void = mountPanel(client.timings);
export const others = [cachedBy, freshness, readServerTiming, ClientProvider, SpanBar];
