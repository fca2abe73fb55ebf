import {
  type InputHTMLAttributes,
  startTransition,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import styles from "./FilterControls.module.css";

/** The milliseconds after which a pause in typing counts. */
const PAUSE_MS = 400;

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "value" | "onChange"> {
  id: string;
  label: string;
  value: string | undefined;
  /** The allowed values in words, such as "a number from 1 to 9999". */
  expected: string;
  onCommit: (text: string) => void;
}

/** A field that reports its value when the user pauses, and only if the value is valid. */
export function DraftInput({ label, value = "", expected, onCommit, ...attributes }: Props) {
  const [draft, setDraft] = useState<string>(); // none: the field shows its value
  const [known, setKnown] = useState(value);
  const [isWrong, setWrong] = useState(false);
  const complaint = `${attributes.id}-complaint`;
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(pause.current), []);
  // The timer fires in a later render than the one that set it.
  const latest = useRef({ value, onCommit });
  useLayoutEffect(() => {
    latest.current = { value, onCommit };
  });

  // The value changed from outside (a chip, a link, the back button): the typed text is dropped.
  if (value !== known) {
    setKnown(value);
    setWrong(false);
    setDraft(undefined);
  }

  const commit = (input: HTMLInputElement) => {
    clearTimeout(pause.current);
    const text = input.value.trim();
    setWrong(!input.validity.valid);
    if (!input.validity.valid) return;
    if (text.toUpperCase() !== latest.current.value.toUpperCase()) latest.current.onCommit(text);
    // The address changes in a transition; the draft is cleared in the same one.
    startTransition(() => {
      setKnown(text.toUpperCase());
      setDraft(undefined);
    });
  };
  return (
    <>
      <label htmlFor={attributes.id}>{label}</label>
      <input
        {...attributes}
        className={styles.input}
        value={draft ?? value}
        data-set={value !== ""}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? complaint : undefined}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => {
          setDraft(target.value);
          if (target.validity.valid) setWrong(false);
          clearTimeout(pause.current);
          pause.current = setTimeout(() => commit(target), PAUSE_MS);
        }}
        onBlur={({ target }) => commit(target)}
        onKeyDown={(event) => event.key === "Enter" && commit(event.currentTarget)}
      />
      {isWrong && (
        <p id={complaint} className={styles.complaint} role="alert">
          It should be {expected}.
        </p>
      )}
    </>
  );
}
