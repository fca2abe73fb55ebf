/** What the search offers for what is typed, in groups: flights, pages, actions; before anything is typed, beginnings. */
import { delaysHref, exploreHref, type Filters, NARROWING } from "../../flights/filters/filters";
import { flightsInWords } from "../../flights/inWords";
import { setTheme } from "../theme/theme";
import { type Find, understand } from "./ask";
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
  to: string;
  ownDocument?: boolean | undefined;
}

const CHARTS = "who was late, and when";
const BEGINNINGS: readonly { name: string; leadsTo: string; filters: Filters; isList?: boolean }[] = [
  {
    name: "JFK to LAX, Friday evening",
    leadsTo: "who was least late",
    filters: { origin: "JFK", dest: "LAX", weekday: "5", hour: "17-21" },
  },
  { name: "from Newark", leadsTo: "which time of day is best", filters: { origin: "EWR" } },
  { name: "to Boston", leadsTo: "which airline is best", filters: { dest: "BOS" } },
  {
    name: "UA 1545",
    leadsTo: "every flight of the year",
    filters: { carrier: "UA", flight: 1545 },
    isList: true,
  },
  { name: "the latest arrivals", leadsTo: "the list", filters: { sort: "-delay" }, isList: true },
];

const ACTIONS: readonly { name: string; words: string; run: () => void }[] = [
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
  const typed = query.trim().toLowerCase();
  const groups = typed === "" ? beginnings() : [...flights(query, inUse), ...named(typed, pages)];
  return groups.filter(({ items }) => items.length > 0);
}

function beginnings(): RowGroup[] {
  const last = askedLast().map(({ name, to }) => ({
    key: `last ${to}`,
    code: "",
    name,
    to,
    leadsTo: to.startsWith("/delays?") ? CHARTS : "",
  }));
  const begin = BEGINNINGS.map(({ name, leadsTo, filters, isList }) => {
    const to = isList ? exploreHref(filters) : delaysHref(filters);
    return { key: to, code: "", name, leadsTo, to };
  });
  return [
    { value: "Asked last", items: last },
    { value: "Good places to begin", items: begin },
  ];
}

/** The best find leads to its flights and to their charts, the others to one of the two. */
function flights(query: string, inUse: Filters): RowGroup[] {
  const { finds, isComparison } = understand(query);
  const items = finds.flatMap((find, index) => {
    const filters = { ...inUse, ...find.filter };
    const isAlone = NARROWING.every((parameter) => inUse[parameter] === undefined);
    const list = row(
      find,
      exploreHref(filters),
      isAlone ? countOf(find) : "the flights, with the filters in use",
    );
    const charts = row(find, delaysHref(filters), CHARTS);
    const [first, second] = isComparison ? [charts, list] : [list, charts];
    return index === 0 ? [first, second] : [first];
  });
  return [{ value: "Flights", items }];
}

function row({ name, code }: Find, to: string, leadsTo: string): Row {
  return { key: to, code, name, leadsTo, to };
}

function countOf({ flights }: Find): string {
  return flights === undefined ? "the flights" : flightsInWords(flights);
}

function named(typed: string, pages: readonly PageName[]): RowGroup[] {
  const begins = (words: string) =>
    words
      .toLowerCase()
      .split(" ")
      .some((word) => word.startsWith(typed));
  return [
    {
      value: "Pages",
      items: pages
        .filter(({ name }) => begins(name))
        .map((page) => ({ ...page, key: page.to, code: "", leadsTo: "page" })),
    },
    {
      value: "Actions",
      items: ACTIONS.filter(({ words }) => begins(words)).map(({ name, run }) => ({
        ...{ key: name, code: "", name, run },
        leadsTo: "",
      })),
    },
  ];
}
