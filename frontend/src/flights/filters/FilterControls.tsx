import { useId, useMemo, useState } from "react";
import { AIRPORTS } from "../dictionary";
import { DraftInput } from "./DraftInput";
import { type Names, STATUS_WORDS } from "./describe";
import styles from "./FilterControls.module.css";
import {
  FIRST_DAY,
  type FilterPatch,
  type Filters,
  LAST_DAY,
  ORIGINS,
  type Parameter,
  readFilters,
  STATUSES,
} from "./filters";
import { type Choice, Picker } from "./Picker";
import { Select } from "./Select";
import { HourControl, WeekdayControl } from "./TimeControls";

/** A flight number; the airline's code may stand before it: "UA 1545", "b6-725". */
const FLIGHT_NUMBER = "\\s*((?:[A-Za-z][A-Za-z0-9]|[0-9][A-Za-z])(?:\\s|-)*)?(?!0+\\s*$)([0-9]{1,4})\\s*";
const DELAYS = [15, 30, 60, 120, 180];

interface Props {
  filters: Filters;
  names: Names;
  onChange: (patch: FilterPatch) => void;
}

/** One control for each filter; a change takes effect at once, so there is nothing to send. */
export default function FilterControls({ filters, names, onChange }: Props) {
  const id = useId();
  const destinations = useMemo(() => listed(names.airports), [names.airports]);
  const airlines = useMemo(() => listed(names.airlines), [names.airlines]);
  const [clearings, setClearings] = useState(0);
  const set = (parameter: Parameter) => (text: string) => {
    const { [parameter]: value } = readFilters(new URLSearchParams([[parameter, text]])).filters;
    onChange({ [parameter]: value });
  };
  const setDay = (parameter: "from" | "to") => (text: string) => {
    const { date } = filters;
    onChange({ ...(date && { from: date, to: date, date: undefined }), [parameter]: text || undefined });
  };
  const setFlight = (text: string) => {
    const [, airline, number] = new RegExp(`^${FLIGHT_NUMBER}$`).exec(text) ?? [];
    const carrier = airline?.slice(0, 2).toUpperCase();
    onChange({ flight: number === undefined ? undefined : Number(number), ...(carrier && { carrier }) });
  };
  const day = { min: FIRST_DAY, max: LAST_DAY, type: "date", expected: "a day of 2013" };
  const controls = {
    origin: (
      <Select
        id={`${id}origin`}
        label="From"
        value={filters.origin}
        any="All of New York"
        options={ORIGINS.map((faa) => [faa, named(faa, names.airports)])}
        onChange={set("origin")}
      />
    ),
    dest: (
      <Picker
        id={`${id}dest`}
        label="To"
        value={filters.dest}
        any="Anywhere"
        choices={destinations}
        onChange={set("dest")}
      />
    ),
    carrier: (
      <Picker
        id={`${id}carrier`}
        label="Airline"
        value={filters.carrier}
        any="All airlines"
        choices={airlines}
        onChange={set("carrier")}
      />
    ),
    flight: (
      <DraftInput
        key={clearings}
        id={`${id}flight`}
        label="Flight no."
        value={filters.flight?.toString()}
        pattern={FLIGHT_NUMBER}
        expected="a number from 1 to 9999, or with its airline: UA 1545"
        placeholder="any"
        autoCapitalize="characters"
        onCommit={setFlight}
      />
    ),
    tailnum: (
      <DraftInput
        key={clearings}
        id={`${id}tail`}
        label="Tail no."
        value={filters.tailnum}
        pattern="\s*[A-Za-z0-9]{1,6}\s*"
        expected="up to six letters and digits"
        placeholder="any"
        autoCapitalize="characters"
        onCommit={set("tailnum")}
      />
    ),
    weekday: <WeekdayControl value={filters.weekday} onChange={set("weekday")} />,
    hour: <HourControl value={filters.hour} onChange={set("hour")} />,
    from: (
      <DraftInput
        key={clearings}
        id={`${id}from`}
        label="Since"
        value={filters.from ?? filters.date}
        onCommit={setDay("from")}
        {...day}
      />
    ),
    to: (
      <DraftInput
        key={clearings}
        id={`${id}to`}
        label="Until"
        value={filters.to ?? filters.date}
        onCommit={setDay("to")}
        {...day}
      />
    ),
    status: (
      <Select
        id={`${id}status`}
        label="Outcome"
        value={filters.status}
        any="Any"
        options={STATUSES.map((status) => [status, STATUS_WORDS[status]])}
        onChange={set("status")}
      />
    ),
    min_delay: (
      <Select
        id={`${id}late`}
        label="Late by"
        value={filters.min_delay?.toString()}
        any="Any delay"
        options={delayOptions(filters.min_delay)}
        onChange={set("min_delay")}
      />
    ),
  };
  return (
    <form
      id="filters"
      className={styles.form}
      aria-label="Filter the flights"
      onSubmit={(event) => event.preventDefault()}
      onReset={(event) => {
        event.preventDefault(); // the controls show the address; only typed text is dropped
        setClearings(clearings + 1);
      }}
    >
      {Object.entries(controls).map(([parameter, control]) => (
        <div key={parameter} className={styles.control} data-parameter={parameter}>
          {control}
        </div>
      ))}
    </form>
  );
}

function listed(names: ReadonlyMap<string, string>): Choice[] {
  return [...names]
    .map(([code, name]) => ({
      value: code,
      label: `${name} (${code})`,
      also: AIRPORTS[code]?.also.filter((other) => !name.includes(other)).join(", "),
    }))
    .sort((a, b) => a.label.localeCompare(b.label, "en"));
}

function named(code: string, names: ReadonlyMap<string, string>): string {
  const name = names.get(code);
  return name ? `${name} (${code})` : code;
}

function delayOptions(chosen: number | undefined): [string, string][] {
  const minutes =
    chosen === undefined || DELAYS.includes(chosen) ? DELAYS : [...DELAYS, chosen].sort((a, b) => a - b);
  return minutes.map((value) => [String(value), `${value} min or more`]);
}
