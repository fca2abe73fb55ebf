import type { ReactNode } from "react";

interface Props {
  title: ReactNode;
  /** What the tab says, where the heading alone would not do. */
  documentTitle?: string;
  children?: ReactNode;
}

/** The heading of a page, the same boxes as in index.html. */
export function PageHead({ title, documentTitle, children }: Props) {
  return (
    <div className="page-head">
      <title>{`${documentTitle ?? String(title)} · Roundtrip`}</title>
      <h1>{title}</h1>
      {children && <p className="page-lede">{children}</p>}
    </div>
  );
}
