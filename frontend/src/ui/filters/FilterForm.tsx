import { useState } from "react";
import { later } from "../later";
import { PHONE, useMediaQuery } from "../useMediaQuery";
import type { Names } from "./describe";
import styles from "./FilterForm.module.css";
import { type FilterPatch, type Filters, NARROWING, type Parameter } from "./filters";

export interface FilterFormProps {
  filters: Filters;
  names: Names;
  /** The controls that the page offers. */
  offered: readonly Parameter[];
  onChange: (patch: FilterPatch) => void;
}

const Controls = later(() => import("./FilterControls"), { pending: <div className={styles.pending} /> });

/** Loads the controls' code beside the page's data. A phone loads it when the folded controls are opened. */
export async function loadFilterControls(): Promise<void> {
  if (!matchMedia(PHONE).matches) await Controls.load();
}

/** The controls over the flights; each change takes effect at once, so there is nothing to send. */
export function FilterForm(props: FilterFormProps) {
  const phone = useMediaQuery(PHONE);
  const [isOpen, setOpen] = useState(false);
  if (!phone) return <Controls {...props} />;
  const used = NARROWING.filter((parameter) => props.filters[parameter] !== undefined);
  return (
    <details className={styles.folded} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary id="filters-summary">
        {used.length > 0 ? `Filters (${used.length} in use)` : "Filters"}
      </summary>
      {/* Drawn only when opened: the airports alone are a hundred options. */}
      {isOpen && <Controls {...props} />}
    </details>
  );
}
