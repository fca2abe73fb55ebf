import type { ReactNode } from "react";

interface Props {
  title: string;
  /** What the tab says, where the heading alone would not do. */
  documentTitle?: string;
  children?: ReactNode;
}

/** The heading of a page, the same boxes as in index.html. */
export function PageHead({ title, documentTitle = title, children }: Props) {
  return (
    <div className="page-head">
      <title>{`${documentTitle} · Roundtrip`}</title>
      <h1>{title}</h1>
      <div className="page-lede">{children}</div>
    </div>
  );
}
