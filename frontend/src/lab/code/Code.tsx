import { useEffect, useMemo, useRef } from "react";
import { oneStop } from "../../ui/oneStop";
import styles from "./Code.module.css";
import { linesOf } from "./highlight";

interface Props {
  path: string;
  text: string;
  /** Where a line's number leads. Lines without such an address have no numbers. */
  addressOf?: (line: number) => string;
  /** The line that the reader was led to. */
  marked?: number;
}

/** Code, highlighted; its numbers are one stop of the Tab key, and are not copied with it. */
export default function Code({ path, text, addressOf, marked }: Props) {
  const lines = useMemo(() => linesOf(path, text), [path, text]);
  const code = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other lines have other numbers
  useEffect(() => {
    const numbers = () => [...(code.current?.querySelectorAll("a") ?? [])].map((number) => [number]);
    return code.current ? oneStop(code.current, numbers) : undefined;
  }, [lines]);
  useEffect(() => {
    if (marked) code.current?.children[marked - 1]?.scrollIntoView({ block: "center" });
  }, [marked]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.code} tabIndex={0} aria-label={path}>
      <pre>
        <code ref={code}>
          {lines.map((pieces, index) => {
            const number = index + 1;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
              <span key={index} className={styles.line} data-marked={number === marked || undefined}>
                {addressOf && (
                  <a href={addressOf(number)} aria-label={`Line ${number}`}>
                    {number}
                  </a>
                )}
                <span>
                  {pieces.map(({ text: piece, look }, at) =>
                    look ? (
                      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line never change their order
                      <span key={at} className={look}>
                        {piece}
                      </span>
                    ) : (
                      piece
                    ),
                  )}
                  {"\n"}
                </span>
              </span>
            );
          })}
        </code>
      </pre>
    </section>
  );
}
