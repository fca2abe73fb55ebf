import type { ComponentType } from "react";
import type { Cursors } from "../features/flights/deepList";
import { later } from "../ui/later";
import { ask, type Page, pageAt, pages } from "./pages";
import ExplorePage from "./pages/ExplorePage";

type PageCode = ComponentType & { load?: () => Promise<void> };

const pending = <div className="ruled" aria-hidden="true" />;
const codes = new Map<Page, PageCode>(
  pages.map((page) => [page, page.code ? later(page.code, { pending }) : ExplorePage]),
);

export function codeOf(page: Page): PageCode {
  return codes.get(page) as PageCode;
}

/** Loads the code and the data of the page at an address. The page itself shows errors. */
export async function prepare(url: URL, loaded?: Cursors): Promise<void> {
  const page = pageAt(url);
  await Promise.all([ask(url, loaded), page && codeOf(page).load?.()]);
}
