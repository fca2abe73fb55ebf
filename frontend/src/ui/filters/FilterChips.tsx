import { CloseIcon } from "../icons";
import { describeFilter, type Names } from "./describe";
import styles from "./FilterChips.module.css";
import { type FilterPatch, type Filters, NARROWING } from "./filters";

interface Props {
  filters: Filters;
  names: Names;
  onChange: (patch: FilterPatch) => void;
  onClear: () => void;
}

/** What the flights are narrowed down to, in words, each to be taken away again. */
export function FilterChips({ filters, names, onChange, onClear }: Props) {
  const active = NARROWING.filter((parameter) => filters[parameter] !== undefined);
  if (active.length === 0) return null;
  return (
    <ul className={styles.chips} aria-label="Filters in use">
      {active.map((parameter) => {
        const words = describeFilter(parameter, filters, names);
        return (
          <li key={parameter}>
            <button
              type="button"
              className={styles.chip}
              aria-label={`Remove the filter: ${words}`}
              onClick={() => onChange({ [parameter]: undefined })}
            >
              <span>{words}</span>
              <CloseIcon />
            </button>
          </li>
        );
      })}
      <li>
        <button type="button" className={styles.clear} onClick={onClear}>
          Clear all
        </button>
      </li>
    </ul>
  );
}
