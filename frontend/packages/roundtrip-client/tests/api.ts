/** The types of a small API, as openapi-typescript writes them, and a client of it with every step. */
import {
  batch,
  type Client,
  conditional,
  createClient,
  type Format,
  overFetch,
  type Storage,
  timed,
} from "../src/index.ts";

interface Flight {
  id: number;
  origin: string;
  dest: string;
  dep_delay: number | null;
  airline: { carrier: string; name: string };
  plane: { year: number | null; model: string; maker: { name: string; country: string } } | null;
  legs: { from: string; to: string }[];
}

interface Airline {
  carrier: string;
  name: string;
}

interface Plane {
  tailnum: string;
  model: string;
  year: number | null;
}

type Get<T, Query, Path = never> = {
  get: {
    parameters: { query?: Query & { fields?: string } } & ([Path] extends [never]
      ? { path?: never }
      : { path: Path });
    responses: { 200: { content: { "application/json": T } } };
  };
};
type PageOf<T> = { items: T[]; next: string | null };
type Paging = { limit?: number; after?: string };

export interface paths {
  "/api/v1/flights": Get<
    PageOf<Flight>,
    Paging & { origin?: string; dest?: string; sort?: "delay" | "-delay" }
  >;
  "/api/v1/flights/{id}": Get<Flight, object, { id: number }>;
  "/api/v1/airlines": Get<PageOf<Airline>, Paging>;
  "/api/v1/airlines/{carrier}": Get<Airline, object, { carrier: string }>;
  "/api/v1/planes": Get<PageOf<Plane>, Paging & { q?: string }>;
  "/api/v1/delays": Get<{ items: { count: number; histogram: number[] }[] }, { by?: string }>;
  "/api/v1/batch": { get?: never; post: unknown };
}

export type TestClient = Client<paths, "/api/v1">;

export function clientOf(
  baseURL: `${string}/api/v1`,
  { storage, format }: { storage?: Storage; format?: Format } = {},
): TestClient {
  return createClient<paths, "/api/v1">({
    baseURL,
    steps: [conditional(), batch({ url: "/batch" }), timed()],
    send: overFetch(format && { format }),
    ...(storage && { storage }),
  });
}
