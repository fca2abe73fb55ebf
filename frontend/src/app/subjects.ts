/** What the pages of an airline, an airport, a route and a flight number are about, told by their addresses. */
import { type FilterPatch, type Filters, ORIGINS, writeFilters } from "../flights/filters/filters";
import { SUBJECT_KINDS, type SubjectKind } from "./subjectKinds";

export interface Subject {
  kind: SubjectKind;
  /** Its flights. */
  filters: Filters;
  /** Those among which its airlines are compared, and its routes, where they are. */
  carriers?: Filters;
  routes?: Filters;
  /** Whether aircraft are told of. */
  hasAircraft: boolean;
}

const FORMS: Record<SubjectKind, RegExp> = {
  airlines: /^([A-Z0-9]{2})$/,
  airports: /^([A-Z0-9]{3})$/,
  routes: /^(EWR|JFK|LGA)-([A-Z0-9]{3})$/,
  numbers: /^([A-Z0-9]{2})([1-9]\d{0,3})$/,
};

/** The address of the page about what some filters choose; undefined if they choose no airline, airport, route or number. */
export function subjectHref(filters: FilterPatch): string | undefined {
  const { carrier = "", origin = "", dest = "", flight = "" } = filters;
  const names: Record<SubjectKind, string> = {
    airlines: carrier,
    airports: origin || dest,
    routes: `${origin}-${dest}`,
    numbers: `${carrier}${flight}`,
  };
  const kind = SUBJECT_KINDS.find((known) => {
    const subject = subjectOf(known, names[known]);
    return subject && writeFilters(subject.filters) === writeFilters(filters);
  });
  return kind && `/${kind}/${names[kind]}`;
}

/** Undefined where the address can be of no such thing. */
export function subjectOf(kind: SubjectKind, name: string): Subject | undefined {
  const parts = FORMS[kind].exec(name);
  return parts ? SUBJECTS[kind](parts[1] ?? "", parts[2] ?? "") : undefined;
}

/** The same of a page's whole address. */
export function subjectAt(pathname: string): Subject | undefined {
  const [, first, name = ""] = pathname.split("/");
  const kind = SUBJECT_KINDS.find((known) => known === first);
  return kind && subjectOf(kind, name);
}

const SUBJECTS: Record<SubjectKind, (first: string, second: string) => Subject> = {
  airlines: (carrier) => ({
    ...{ kind: "airlines", filters: { carrier }, hasAircraft: true },
    ...{ carriers: {}, routes: { carrier } },
  }),
  airports: (faa) => {
    const origin = originOf(faa);
    const filters = origin ? { origin } : { dest: faa };
    return { kind: "airports", filters, carriers: filters, routes: filters, hasAircraft: false };
  },
  routes: (from, dest) => {
    const origin = originOf(from);
    const filters = { ...(origin && { origin }), dest };
    return { kind: "routes", filters, carriers: filters, routes: { dest }, hasAircraft: true };
  },
  numbers: (carrier, flight) => {
    const filters = { carrier, flight: Number(flight) };
    return { kind: "numbers", filters, routes: filters, hasAircraft: true };
  },
};

function originOf(faa: string) {
  return ORIGINS.find((known) => known === faa);
}
