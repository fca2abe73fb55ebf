import type { ReactNode } from "react";
import type { Sort } from "../../flights/filters/filters";
import styles from "./FlightTable.module.css";

type Column = "departure" | "delay" | "distance";

interface Props {
  by: Column;
  /** The order of the first press, if it is descending: the latest and the farthest come first. */
  first?: Sort;
  sort: Sort;
  onSort: (sort: Sort) => void;
  children: ReactNode;
}

export function SortHeader({ by, first = by, sort, onSort, children }: Props) {
  const descending = `-${by}` as const;
  const current = sort === by ? "ascending" : sort === descending ? "descending" : "none";
  const press = () => {
    if (current === "none") onSort(first);
    else onSort(current === "ascending" ? descending : by);
  };
  return (
    <th scope="col" aria-sort={current} data-column={by}>
      <button type="button" className={styles.sort} onClick={press}>
        {children}
        <span className={styles.arrow} aria-hidden="true">
          {current === "ascending" ? "↑" : current === "descending" ? "↓" : "↕"}
        </span>
      </button>
    </th>
  );
}
