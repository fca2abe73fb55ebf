/** A text of the document: a part between backticks is code. */
export function Prose({ text }: { text: string }) {
  const pieces = text.split("`");
  return (
    <span>
      {pieces.map((piece, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change their order
        index % 2 === 1 ? <code key={index}>{piece}</code> : piece,
      )}
    </span>
  );
}
