import { useId, useState } from "react";
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
  const [said, setSaid] = useState("");
  const written = snippet(language, asked, location.origin);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(written);
      setSaid("Copied.");
    } catch {
      setSaid("This browser does not let a page copy. Select the text.");
    }
  };
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
        <span role="status">{said}</span>
        <button type="button" onClick={copy}>
          Copy
        </button>
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
