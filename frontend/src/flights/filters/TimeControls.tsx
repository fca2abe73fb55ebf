import { startTransition, useId, useOptimistic } from "react";
import { hourSpan, twoDigits, WEEKDAYS } from "../../ui/format";
import { HOUR_NUMBERS, rangesOf, readChosen, WEEKDAY_NUMBERS, writeChosen } from "./chosen";
import { hoursInWords } from "./describe";
import styles from "./FilterControls.module.css";
import { Select } from "./Select";
import { TIMES_OF_DAY } from "./timesOfDay";

interface Props {
  value: string | undefined;
  /** "" removes the filter. */
  onChange: (text: string) => void;
}

/** One box for each day: several days are one filter. */
export function WeekdayControl({ value = "", onChange }: Props) {
  // The address changes in a transition; a second day may be pressed before the first one is in it.
  const [shown, show] = useOptimistic(value);
  const chosen = readChosen(shown, WEEKDAY_NUMBERS) ?? [];
  const change = (weekday: number, isOn: boolean) => {
    const others = chosen.filter((other) => other !== weekday);
    const next = writeChosen(isOn ? [...others, weekday] : others, WEEKDAY_NUMBERS);
    startTransition(() => {
      show(next);
      onChange(next);
    });
  };
  return (
    <fieldset>
      <legend>Weekdays</legend>
      <div className={styles.days}>
        {WEEKDAYS.map((name, index) => (
          <label key={name}>
            <input
              type="checkbox"
              aria-label={name}
              checked={chosen.includes(index + 1)}
              onChange={({ target }) => change(index + 1, target.checked)}
            />
            <span>{name.slice(0, 3)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

const HOURS = Array.from({ length: HOUR_NUMBERS.most + 1 }, (_, hour) => hour);

/** A range of hours, by its ends or by the name of a time of day. It may go over midnight: 22:00 to 02:59. */
export function HourControl({ value = "", onChange }: Props) {
  const id = useId();
  const [range, ...others] = rangesOf(readChosen(value, HOUR_NUMBERS) ?? [], HOUR_NUMBERS);
  // Several ranges, which an address may have, have no two ends: both controls show the whole text.
  const [first, last] = others.length > 0 ? [value, value] : (range ?? []);
  const several = others.length > 0 && <option value={value}>{hoursInWords(value)}</option>;
  const chooseFirst = (text: string) => {
    if (text === "" || text.includes("-")) return onChange(text);
    const hour = Number(text);
    // If the start moves past the end, the range ends with that day: only the end control goes over midnight.
    const isPast = Number(first) <= Number(last) && hour > Number(last);
    onChange(writeRange(hour, typeof last === "number" && !isPast ? last : HOUR_NUMBERS.most));
  };
  const chooseLast = (text: string) => {
    if (text === "") return onChange(text);
    onChange(writeRange(typeof first === "number" ? first : HOUR_NUMBERS.least, Number(text)));
  };
  return (
    <fieldset className={styles.hours}>
      <legend className="visually-hidden">Hours of departure</legend>
      <div>
        <Select
          id={`${id}first`}
          label="Leaving from"
          value={first?.toString()}
          any="Any time"
          onChange={chooseFirst}
        >
          {several}
          <optgroup label="Time of day">
            {TIMES_OF_DAY.map(({ name, first: from, last: to }) => (
              <option key={name} value={`${from}-${to}`}>
                {`${name}, ${hourSpan(from, to)}`}
              </option>
            ))}
          </optgroup>
          <optgroup label="Hour">
            {HOURS.map((hour) => (
              <option key={hour} value={hour}>
                {`${twoDigits(hour)}:00`}
              </option>
            ))}
          </optgroup>
        </Select>
      </div>
      <div>
        <Select
          id={`${id}last`}
          label="Leaving until"
          value={last?.toString()}
          any="Any time"
          onChange={chooseLast}
        >
          {several}
          {HOURS.map((hour) => (
            <option key={hour} value={hour}>
              {`${twoDigits(hour)}:59`}
            </option>
          ))}
        </Select>
      </div>
    </fieldset>
  );
}

function writeRange(first: number, last: number): string {
  return writeChosen(readChosen(`${first}-${last}`, HOUR_NUMBERS) ?? [], HOUR_NUMBERS);
}
