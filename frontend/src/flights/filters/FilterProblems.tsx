import styles from "./FilterProblems.module.css";
import type { FilterProblem } from "./filters";

/** The filters of the address that were ignored because they are wrong. */
export function FilterProblems({ problems }: { problems: readonly FilterProblem[] }) {
  if (problems.length === 0) return null;
  return (
    <div role="alert">
      <ul className={styles.problems}>
        {problems.map(({ parameter, text, why }) => (
          <li key={`${parameter}: ${why}`}>
            The address says <code>{`${parameter.slice(0, 40)}=${text.slice(0, 40)}`}</code>, which is left
            out here: {why}.
          </li>
        ))}
      </ul>
    </div>
  );
}
