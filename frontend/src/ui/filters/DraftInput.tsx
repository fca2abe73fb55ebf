import {
  type InputHTMLAttributes,
  startTransition,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import styles from "./FilterForm.module.css";

/** A pause in typing that is meant as one. */
const PAUSE_MS = 400;

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "value" | "onChange"> {
  id: string;
  label: string;
  value: string | undefined;
  /** What may be written, in words: "a number from 1 to 9999". */
  expected: string;
  onCommit: (text: string) => void;
}

/** A field that speaks when its writer pauses, and only in words that it may say. */
export function DraftInput({ label, value = "", expected, onCommit, ...attributes }: Props) {
  const [draft, setDraft] = useState<string>(); // none: the field shows its value
  const [known, setKnown] = useState(value);
  const [isWrong, setWrong] = useState(false);
  const complaint = `${attributes.id}-complaint`;
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(pause.current), []);
  // A pause ends in a later render than it began in.
  const latest = useRef({ value, onCommit });
  useLayoutEffect(() => {
    latest.current = { value, onCommit };
  });

  // Changed from outside (a chip, a link, the back button): what was typed has lost its ground.
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
    // The address changes in a transition; the draft goes in the same one, whatever the address then says.
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
