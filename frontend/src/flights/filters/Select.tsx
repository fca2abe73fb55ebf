import type { ReactNode } from "react";
import styles from "./FilterControls.module.css";

interface Props {
  id: string;
  label: string;
  value: string | undefined;
  /** The label of the option without a choice. */
  any: string;
  options?: readonly (readonly [value: string, label: string])[];
  /** Options in groups, instead of `options`. */
  children?: ReactNode;
  onChange: (value: string) => void;
}

/** A choice of one option. A value that is not (yet) among the options is added, so that it never looks unset. */
export function Select({ id, label, value = "", any, options = [], children, onChange }: Props) {
  const missing = value !== "" && !children && !options.some(([option]) => option === value);
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className={styles.input}
        value={value}
        data-set={value !== ""}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">{any}</option>
        {missing && <option value={value}>{value}</option>}
        {options.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
        {children}
      </select>
    </>
  );
}
