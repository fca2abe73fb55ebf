import { type ReactNode, useEffect, useRef } from "react";

interface Props {
  title: string;
  /** What the tab says, where the heading alone would not do. */
  documentTitle?: string;
  children?: ReactNode;
}

/** The heading of a page, the same boxes as in index.html; its words also describe the page to others. */
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
