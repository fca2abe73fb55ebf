import { CloseIcon } from "../icons";
import { describeFilter, type Names } from "./describe";
import styles from "./FilterChips.module.css";
import { type FilterPatch, type Filters, NARROWING } from "./filters";
import { focusFilters } from "./focusFilters";

interface Props {
  filters: Filters;
  names: Names;
  onChange: (patch: FilterPatch) => void;
  onClear: () => void;
}

/** The filters in use, in words; each has a button that removes it. */
export function FilterChips({ filters, names, onChange, onClear }: Props) {
  const active = NARROWING.filter((parameter) => filters[parameter] !== undefined);
  if (active.length === 0) return null;
  // The focus moves before the change, so that a field being edited loses it and reports its value.
  const focusBeside = (chip: HTMLElement, index: number) => {
    const beside = index + 1 < active.length ? index + 1 : index - 1;
    const button = chip.closest("ul")?.querySelectorAll("button")[beside];
    if (button) button.focus();
    else focusFilters();
  };
  return (
    <ul className={styles.chips} aria-label="Filters in use">
      {active.map((parameter, index) => {
        const words = describeFilter(parameter, filters, names);
        return (
          <li key={parameter}>
            <button
              type="button"
              className={styles.chip}
              aria-label={`Remove the filter: ${words}`}
              onClick={({ currentTarget }) => {
                focusBeside(currentTarget, index);
                onChange({ [parameter]: undefined });
              }}
            >
              <span>{words}</span>
              <CloseIcon />
            </button>
          </li>
        );
      })}
      <li>
        <button
          type="reset"
          form="filters"
          className={styles.clear}
          onClick={() => {
            focusFilters();
            onClear();
          }}
        >
          Clear all
        </button>
      </li>
    </ul>
  );
}
