/** The waterfall's rows, newest action first: actions, their round trips, and the parts of these. */
import type {
  Action,
  MemoryHit,
  PartRecord,
  RoundTrip,
  Snapshot,
  Span,
} from "../techniques/timing/timing.ts";
import type { Interval } from "./layout.ts";
import { renderOf, timeWaited } from "./summary.ts";

export type Row =
  | {
      kind: "action";
      key: string;
      level: 1;
      expanded: boolean;
      action: Action;
      trips: RoundTrip[];
      render: Span[];
      waited: number;
    }
  | { kind: "trip"; key: string; level: 2; expanded: boolean | undefined; trip: RoundTrip }
  | { kind: "part"; key: string; level: 3; expanded: undefined; trip: RoundTrip; part: PartRecord }
  | { kind: "memory"; key: string; level: 2; expanded: undefined; hit: MemoryHit };

/** `folded` holds the keys of the rows whose children are hidden; a new row is open. */
export function rowsOf(snapshot: Snapshot, folded: ReadonlySet<string>): Row[] {
  const trips = groupBy(snapshot.roundTrips, ({ actionId }) => actionId);
  const hits = groupBy(snapshot.memoryHits, ({ actionId }) => actionId);
  const actions = snapshot.actions.filter(({ id }) => trips.has(id) || hits.has(id));
  return actions.toReversed().flatMap((action) => {
    const own = trips.get(action.id) ?? [];
    const remembered = hits.get(action.id) ?? [];
    const key = `action ${action.id}`;
    const expanded = !folded.has(key);
    const render = renderOf(action, own, remembered);
    const head: Row = {
      kind: "action",
      key,
      level: 1,
      expanded,
      action,
      trips: own,
      render,
      waited: timeWaited(own, render),
    };
    if (!expanded) return [head];
    const children = [...own.map((trip) => tripRows(trip, folded)), ...remembered.map(memoryRow)];
    return [head, ...children.sort((a, b) => startOf(a) - startOf(b)).flat()];
  });
}

/** The interval of a row on the clock; a request under way reaches to now. */
export function intervalOf(row: Row, now: number): Interval {
  if (row.kind === "memory") return { start: row.hit.at, end: row.hit.at };
  if (row.kind !== "action") return reaching(row.kind === "part" ? row.part : row.trip, now);
  const ends = [...row.trips.map((trip) => reaching(trip, now)), ...row.render].map(({ end }) => end);
  return { start: row.action.start, end: Math.max(row.action.start, ...ends) };
}

/** The intervals that the clock must show: those of all records of these actions. */
export function clockIntervals(snapshot: Snapshot, actionIds: ReadonlySet<number>, now: number): Interval[] {
  const wanted = (id: number) => actionIds.has(id);
  const trips = snapshot.roundTrips.filter((trip) => wanted(trip.actionId));
  const hits = snapshot.memoryHits.filter((hit) => wanted(hit.actionId));
  const tripsOf = groupBy(trips, (trip) => trip.actionId);
  const hitsOf = groupBy(hits, (hit) => hit.actionId);
  const renders = snapshot.actions
    .filter(({ id }) => wanted(id))
    .flatMap((action) => renderOf(action, tripsOf.get(action.id) ?? [], hitsOf.get(action.id) ?? []));
  return [
    ...trips.map((trip) => reaching(trip, now)),
    ...hits.map(({ at }) => ({ start: at, end: at })),
    ...renders,
  ];
}

function reaching({ start, end }: { start: number; end: number | null }, now: number): Interval {
  return { start, end: end ?? Math.max(start, now) };
}

function tripRows(trip: RoundTrip, folded: ReadonlySet<string>): Row[] {
  const key = `trip ${trip.id}`;
  if (trip.parts.length === 0) return [{ kind: "trip", key, level: 2, expanded: undefined, trip }];
  const expanded = !folded.has(key);
  const head: Row = { kind: "trip", key, level: 2, expanded, trip };
  if (!expanded) return [head];
  const parts = trip.parts.map((part): Row => {
    return { kind: "part", key: partKey(trip, part), level: 3, expanded: undefined, trip, part };
  });
  return [head, ...parts];
}

export function partKey(trip: RoundTrip, part: PartRecord): string {
  return `trip ${trip.id} part ${part.id}`;
}

function memoryRow(hit: MemoryHit, i: number): Row[] {
  return [{ kind: "memory", key: `action ${hit.actionId} memory ${i}`, level: 2, expanded: undefined, hit }];
}

function startOf([row]: Row[]): number {
  return row ? intervalOf(row, 0).start : 0;
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => number): Map<number, Item[]> {
  const groups = new Map<number, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
