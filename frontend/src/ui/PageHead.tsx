import { type ReactNode, useEffect, useRef } from "react";

interface Props {
  title: string;
  /** The title of the browser's tab, if the heading alone is not enough. */
  documentTitle?: string;
  children?: ReactNode;
}

/** The heading of a page, with the same boxes as in index.html; its text is also the description of the document. */
export function PageHead({ title, documentTitle = title, children }: Props) {
  const lede = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const words = lede.current?.textContent;
    if (words) document.querySelector('meta[name="description"]')?.setAttribute("content", words);
  });
  return (
    <div className="page-head">
      <title>{`${documentTitle} · Roundtrip`}</title>
      <h1>{title}</h1>
      <div className="page-lede" ref={lede}>
        {children}
      </div>
    </div>
  );
}
