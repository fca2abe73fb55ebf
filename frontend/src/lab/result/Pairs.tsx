import { useMemo } from "react";
import { allPairs } from "../comparisons";
import { type Comparison, figureOf, verdictOf } from "../statistics";
import type { Result } from "../types";
import styles from "./Result.module.css";
import { SideTable } from "./SideTable";

/** Every side against every other: how many times as fast the side of the column is as that of the row. */
export function Pairs({ result }: { result: Result }) {
  const { sides } = result;
  const pairs = useMemo(() => allPairs(result), [result]);
  const rows = sides.map(({ label }, from) => ({
    key: label,
    head: label,
    cells: sides.map((side, to) => (
      <Cell key={side.label} comparison={pairs[from]?.[to] ?? null} isSame={from === to} />
    )),
  }));
  const number = (sides.length * (sides.length - 1)) / 2;
  return (
    <div>
      <SideTable
        name="All pairs"
        caption="How many times as fast the side of the column is as the side of the row, in wall time: the ratio of medians and its 95 % interval"
        corner="from ↓ to →"
        sides={sides}
        rows={rows}
      />
      <p className={styles.note}>
        A pair is told apart where its own 99 % interval leaves out 1; other pairs are marked ≈. These are{" "}
        {number} pairs: where nothing differs, one of them is told apart by luck in up to {number} of 100
        runs.
      </p>
    </div>
  );
}

function Cell({ comparison, isSame }: { comparison: Comparison | null; isSame: boolean }) {
  if (isSame) return "same side";
  if (!comparison) return "–";
  const { kind } = verdictOf(comparison);
  const figure = figureOf(comparison);
  if (kind === "faster") return <strong>{figure}</strong>;
  if (kind === "slower") return figure;
  const words = kind === "few" ? "too few rounds to tell" : "not told apart";
  return (
    <>
      <span aria-hidden="true">≈ </span>
      <span className="visually-hidden">{words}: </span>
      {figure}
    </>
  );
}
