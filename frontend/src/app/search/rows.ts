/** What the search offers for what is typed, in groups: flights, pages, actions; before anything is typed, beginnings. */
import { delaysHref, exploreHref, type Filters, NARROWING } from "../../flights/filters/filters";
import { flightsInWords } from "../../flights/inWords";
import { subjectAt, subjectHref } from "../subjects";
import { setTheme } from "../theme/theme";
import { type Find, isOneLetterOff, understand } from "./ask";
import { askedLast } from "./asked";

export interface Row {
  key: string;
  code: string;
  name: string;
  /** What choosing it shows or does. */
  leadsTo: string;
  to?: string;
  /** That the page is a document of its own. */
  ownDocument?: boolean | undefined;
  run?: () => void;
}

export interface RowGroup {
  value: string;
  items: Row[];
}

interface PageName {
  name: string;
  /** More words to find it by. */
  words: string;
  to: string;
  leadsTo: string;
  ownDocument?: boolean | undefined;
}

const CHARTS = "who was late, and when";
const BEGINNINGS: readonly { name: string; leadsTo: string; filters: Filters; shows?: "list" | "page" }[] = [
  {
    name: "JFK to LAX, Friday evening",
    leadsTo: "who was least late",
    filters: { origin: "JFK", dest: "LAX", weekday: "5", hour: "17-21" },
  },
  { name: "from Newark", leadsTo: "which time of day is best", filters: { origin: "EWR" } },
  { name: "to Boston", leadsTo: "which airline is best", filters: { dest: "BOS" } },
  {
    name: "UA 1545",
    leadsTo: "how it fared over the year",
    filters: { carrier: "UA", flight: 1545 },
    shows: "page",
  },
  { name: "the latest arrivals", leadsTo: "the list", filters: { sort: "-delay" }, shows: "list" },
];

interface Action {
  name: string;
  words: string;
  run: () => void;
}

const ACTIONS: readonly Action[] = [
  { name: "Night edition", words: "dark night edition theme mode", run: () => setTheme("dark") },
  { name: "Day edition", words: "light day edition theme mode", run: () => setTheme("light") },
  {
    name: "Edition as the system has it",
    words: "system auto edition theme mode",
    run: () => setTheme("auto"),
  },
  { name: "Print this page", words: "print pdf paper", run: () => setTimeout(() => window.print()) },
];

export function rowsFor(query: string, inUse: Filters, pages: readonly PageName[]): RowGroup[] {
  const typed = query.trim();
  const groups = typed === "" ? beginnings() : [...flights(query, inUse), ...named(typed, pages)];
  return groups.filter(({ items }) => items.length > 0);
}

function beginnings(): RowGroup[] {
  const last = askedLast().map(({ name, to }) => ({
    key: `last ${to}`,
    code: "",
    name,
    to,
    leadsTo: to.startsWith("/delays?") ? CHARTS : pageInWords(to),
  }));
  const begin = BEGINNINGS.map(({ name, leadsTo, filters, shows }) => {
    const to =
      (shows === "page" && subjectHref(filters)) || (shows ? exploreHref(filters) : delaysHref(filters));
    return { key: to, code: "", name, leadsTo, to };
  });
  return [
    { value: "Asked last", items: last },
    { value: "Good places to begin", items: begin },
  ];
}

/**
 * The best find leads to the page about it, to its flights and to their charts; the others to one of these. Under filters
 * that are in use the flights come first, and of a comparison the charts.
 */
function flights(query: string, inUse: Filters): RowGroup[] {
  const { finds, isComparison } = understand(query);
  const isAlone = NARROWING.every((parameter) => inUse[parameter] === undefined);
  const items = finds.flatMap((find, index) => {
    const filters = { ...inUse, ...find.filter };
    const to = subjectHref(find.filter);
    const page = to ? [row(find, to, pageInWords(to))] : [];
    const list = row(
      find,
      exploreHref(filters),
      isAlone ? countOf(find) : "the flights, with the filters in use",
    );
    const charts = row(find, delaysHref(filters), CHARTS);
    const all = isComparison
      ? [charts, list, ...page]
      : isAlone
        ? [...page, list, charts]
        : [list, charts, ...page];
    return index === 0 ? all : all.slice(0, 1);
  });
  return [{ value: "Flights", items }];
}

function row({ name, code }: Find, to: string, leadsTo: string): Row {
  return { key: to, code, name, leadsTo, to };
}

/** "the airport’s page", of an address that is one */
function pageInWords(to: string): string {
  const kind = subjectAt(to)?.kind;
  const words = { airlines: "airline", airports: "airport", routes: "route", numbers: "flight number" };
  return kind ? `page of the ${words[kind]}` : "";
}

function countOf({ flights }: Find): string {
  return flights === undefined ? "the flights" : flightsInWords(flights);
}

/** Each typed word has to begin a word of the name or of the further words; one letter of it may be wrong. */
function named(typed: string, pages: readonly PageName[]): RowGroup[] {
  const asked = wordsOf(typed);
  const isCalled = (text: string) => {
    const own = wordsOf(text);
    return asked.length > 0 && asked.every((word) => own.some((known) => begins(known, word)));
  };
  return [
    {
      value: "Pages",
      items: pages
        .filter(({ name, words }) => isCalled(`${name} ${words}`))
        .map(({ words: _, ...page }) => ({ ...page, key: page.to, code: "" }))
        .slice(0, MOST_PAGES),
    },
    {
      value: "Actions",
      items: ACTIONS.filter(({ words }) => isCalled(words)).map(({ name, run }) => ({
        key: name,
        code: "",
        name,
        run,
        leadsTo: "",
      })),
    },
  ];
}

const MOST_PAGES = 8;
const SHORTEST_WITH_TYPO = 4;

function begins(known: string, typed: string): boolean {
  return known.startsWith(typed) || (typed.length >= SHORTEST_WITH_TYPO && isOneLetterOff(known, typed));
}

/** "n+1" is "n plus one", as the experiment is named. */
function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replace(/\+/g, " plus ")
      .replace(/\b1\b/g, "one")
      .match(/[a-z0-9]+/g) ?? []
  );
}
