/** Syntax highlighting: code as lines of pieces with class names. The grammars are those of the editor CodeMirror. */
import { highlightCode, tagHighlighter, tags } from "@lezer/highlight";
import { parser as javascript } from "@lezer/javascript";
import { parser as python } from "@lezer/python";
import styles from "./Code.module.css";

export interface Piece {
  text: string;
  /** The name of a class, or "". */
  look: string;
}

const LOOKS = tagHighlighter([
  { tag: [tags.keyword, tags.self, tags.modifier], class: styles.keyword ?? "" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], class: styles.string ?? "" },
  { tag: [tags.comment], class: styles.comment ?? "" },
  { tag: [tags.number, tags.bool, tags.null], class: styles.number ?? "" },
  {
    tag: [
      tags.definition(tags.function(tags.variableName)),
      tags.definition(tags.function(tags.propertyName)),
      tags.definition(tags.className),
      tags.definition(tags.typeName),
    ],
    class: styles.definition ?? "",
  },
]);

const PARSERS = {
  py: python,
  ts: javascript.configure({ dialect: "ts" }),
  tsx: javascript.configure({ dialect: "ts jsx" }),
};

/** Code in a language without a grammar here is not highlighted. A line break at the end does not add an empty line. */
export function linesOf(path: string, code: string): Piece[][] {
  const text = code.replace(/\n$/, "");
  const parser = PARSERS[path.slice(path.lastIndexOf(".") + 1) as keyof typeof PARSERS];
  if (!parser) return text.split("\n").map((line) => [{ text: line, look: "" }]);
  const lines: Piece[][] = [[]];
  highlightCode(
    text,
    parser.parse(text),
    LOOKS,
    (piece, look) => lines.at(-1)?.push({ text: piece, look }),
    () => lines.push([]),
  );
  return lines;
}
