import { useId } from "react";
import { CopyButton } from "../../ui/CopyButton";
import { type Asked, LANGUAGES, type Language, snippet } from "./snippets";
import styles from "./TryIt.module.css";

interface Props {
  asked: Asked;
  language: Language;
  onChoose: (language: Language) => void;
}

/** The request as a program, to be copied. */
export function CopyAs({ asked, language, onChoose }: Props) {
  const group = useId();
  const written = snippet(language, asked, location.origin);
  return (
    <>
      <fieldset className={styles.language}>
        <legend className="visually-hidden">This request as a program</legend>
        {LANGUAGES.map((one) => (
          <label key={one}>
            <input type="radio" name={group} checked={one === language} onChange={() => onChoose(one)} />
            <span>{one}</span>
          </label>
        ))}
        <CopyButton text={written} what={`the request in ${language}`} />
      </fieldset>
      <section
        className={styles.code}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard has to be able to scroll it
        tabIndex={0}
        aria-label={`${asked.method} ${asked.path} in ${language}`}
      >
        <pre>
          <code>{written}</code>
        </pre>
      </section>
    </>
  );
}
