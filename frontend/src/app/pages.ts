/**
 * The pages, and what each asks for. No file here draws: the browser runs this code, and asks, while the code that draws
 * is still on its way.
 */
import type { ComponentType } from "react";
import { airlinesQuery } from "../features/airlines/api";
import { servedAirportsQuery } from "../features/airports/api";
import * as delays from "../features/delays/api";
import { flightQuery, flightsQuery, sameNumberQuery } from "../features/flights/api";
import { askForPages, type Cursors, cursorsOf } from "../features/flights/deepList";
import { isFlightId } from "../features/flights/id";
import { knownFlight } from "../features/flights/knownFlight";
import { OF_DELAYS, readFilters } from "../flights/filters/filters";
import { labPages } from "../lab/pages"; // the Lab
import { client } from "./client";
import { SUBJECT_KINDS } from "./subjectKinds";

export interface Page {
  pattern: string;
  /** The name in the navigation, if the page is in it. */
  nav?: string;
  /** True: the page is a document of its own, which the browser loads. */
  ownDocument?: boolean;
  /** Absent for the page whose code comes with the first screen: a chunk of its own would cost one more round trip. */
  code?: () => Promise<{ default: ComponentType }>;
  /** The name of the action of going there, for the timing panel. */
  action: (param: string | undefined) => string;
  /**
   * Starts what the page will ask for, all in one tick so that it shares one round trip. A page that is come back to
   * waits for the pages of its list that were loaded.
   */
  ask: (param: string | undefined, search: URLSearchParams, loaded?: Cursors) => void | Promise<void>;
  /** The loaded pages of its list. */
  loaded?: (search: URLSearchParams) => Cursors | undefined;
}

const { queryClient } = client;

export const pages: readonly Page[] = [
  {
    pattern: "/",
    nav: "Explore",
    action: () => "open Explore",
    loaded: (search) => cursorsOf(client, readFilters(search).filters),
    ask: (_, search, loaded) => {
      const { filters } = readFilters(search);
      const list = loaded
        ? askForPages(client, filters, loaded)
        : void queryClient.prefetchInfiniteQuery(flightsQuery(client, filters));
      queryClient.prefetchQuery(delays.summaryQuery(client, filters));
      queryClient.prefetchQuery(airlinesQuery(client));
      queryClient.prefetchQuery(servedAirportsQuery(client));
      return list;
    },
  },
  {
    pattern: "/flights/:id",
    code: () => import("./pages/FlightPage"),
    action: (id) => `open flight ${id}`,
    ask: (id) => {
      if (!isFlightId(id)) return;
      queryClient.prefetchQuery(flightQuery(client, Number(id)));
      const known = knownFlight(client, Number(id));
      if (!known) return;
      queryClient.prefetchQuery(delays.numberByMonthQuery(client, known.carrier, known.flight));
      queryClient.prefetchQuery(sameNumberQuery(client, known.carrier, known.flight));
    },
  },
  {
    pattern: "/delays",
    nav: "Delays",
    code: () => import("./pages/DelaysPage"),
    action: () => "open Delays",
    ask: (_, search) => {
      const { filters } = readFilters(search, OF_DELAYS);
      delays.prefetchPage(client, filters, filters.measure ?? "mean");
      queryClient.prefetchQuery(airlinesQuery(client));
      queryClient.prefetchQuery(servedAirportsQuery(client));
    },
  },
  ...SUBJECT_KINDS.map((kind) => ({
    pattern: `/${kind}/:name`,
    code: () => import("./pages/SubjectPage"),
    action: (name = "") => `open ${name}`,
    ask: async (name = "") => (await import("./pages/SubjectPage")).askForSubject(kind, name),
  })),
  ...labPages, // the Lab
  {
    pattern: "/docs",
    nav: "API",
    code: () => import("./pages/ApiPage"),
    action: () => "open the API page",
    ask: () => {},
  },
];

/** Asks for the data of the page at an address. The page itself shows errors. */
export async function ask(url: URL, loaded?: Cursors): Promise<void> {
  const found = find(url);
  await found?.page.ask(found.param, url.searchParams, loaded);
}

export function pageAt(url: URL): Page | undefined {
  return find(url)?.page;
}

/** The loaded pages of the list at an address. */
export function loadedPages(url: URL): Cursors | undefined {
  return find(url)?.page.loaded?.(url.searchParams);
}

export function actionName(url: URL): string {
  const found = find(url);
  return found ? found.page.action(found.param) : `open ${url.pathname}`;
}

/** Whether the browser itself has to load the page, unless it is in such a document already. */
export function hasOwnDocument(url: URL): boolean {
  return find(url)?.page.ownDocument === true;
}

function find(url: URL): { page: Page; param: string | undefined } | undefined {
  for (const page of pages) {
    const form = page.pattern.replace(/:\w+/, "([^/]+)").replace("*", "(.*)");
    const match = RegExp(`^${form}/?$`, "i").exec(url.pathname);
    if (match) return { page, param: match[1] };
  }
  return undefined;
}
