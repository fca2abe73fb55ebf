import { useId, useState } from "react";
import { CloseIcon } from "../../ui/icons";
import { later } from "../../ui/later";
import { describeFilter, type Names, phraseOf } from "./describe";
import styles from "./FilterBar.module.css";
import { type FilterPatch, type Filters, NARROWING, type Parameter } from "./filters";
import { focusFilters } from "./focusFilters";

interface Props {
  filters: Filters;
  names: Names;
  onChange: (patch: FilterPatch) => void;
  onClear: () => void;
}

export const Controls = later(() => import("./FilterControls"), {
  pending: <div className={styles.pending} />,
});

/** Which flights these are, as a sentence; the controls that change it are folded away behind it. */
export function FilterBar({ filters, names, onChange, onClear }: Props) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const used = NARROWING.filter((parameter) => filters[parameter] !== undefined).length;
  return (
    <div className={styles.bar}>
      <Sentence filters={filters} names={names} onChange={onChange} onClear={onClear} />
      <button
        id="filters-summary"
        type="button"
        className={styles.fold}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onPointerEnter={Controls.load}
        onFocus={Controls.load}
        onClick={() => setOpen(!isOpen)}
      >
        {used > 0 ? `Filters (${used} in use)` : "Filters"}
      </button>
      {isOpen && (
        <div id={id} className={styles.controls}>
          <Controls filters={filters} names={names} onChange={onChange} />
        </div>
      )}
    </div>
  );
}

const ORDER = [
  ...(["origin", "dest", "weekday", "hour", "date", "month", "from", "to"] as const),
  ...(["carrier", "flight", "tailnum", "status", "min_delay"] as const),
];
/** What stands in the sentence where there is no filter. */
const UNSET: { [P in Parameter]?: string } = {
  origin: "New York",
  dest: "anywhere",
  carrier: "any airline",
};

/** "JFK to LAX, Fridays, 17:00–21:59, any airline": what narrows the flights down can be taken away again. */
function Sentence({ filters, names, onChange, onClear }: Props) {
  const active = ORDER.filter((parameter) => filters[parameter] !== undefined);
  // Moved before the change, so that what is being typed elsewhere is left and counts.
  const focusBeside = (chip: HTMLElement, parameter: (typeof ORDER)[number]) => {
    const index = active.indexOf(parameter);
    const beside = index + 1 < active.length ? index + 1 : index - 1;
    const button = chip.closest("ul")?.querySelectorAll("button")[beside];
    if (button) button.focus();
    else focusFilters();
  };
  return (
    <ul className={styles.sentence} aria-label="Filters in use">
      {ORDER.map((parameter) => {
        const unset = UNSET[parameter];
        if (filters[parameter] === undefined)
          return (
            unset && (
              <Part key={`no ${parameter}`} parameter={parameter}>
                {unset}
              </Part>
            )
          );
        return (
          <Part key={parameter} parameter={parameter}>
            <button
              type="button"
              className={styles.chip}
              aria-label={`Remove the filter: ${describeFilter(parameter, filters, names)}`}
              onClick={({ currentTarget }) => {
                focusBeside(currentTarget, parameter);
                onChange({ [parameter]: undefined });
              }}
            >
              <span className={styles.phrase}>{phraseOf(parameter, filters, names)}</span>
              <CloseIcon />
            </button>
          </Part>
        );
      })}
      {active.length > 0 && (
        <li key="clear">
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
      )}
    </ul>
  );
}

function Part({ parameter, children }: { parameter: Parameter; children: React.ReactNode }) {
  return (
    <li className={styles.part} data-parameter={parameter}>
      {parameter === "dest" && <span className={styles.to}>to</span>}
      <span className={styles.words}>{children}</span>
    </li>
  );
}
