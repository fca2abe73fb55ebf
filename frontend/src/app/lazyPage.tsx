import type { ComponentType } from "react";
import { later } from "../ui/later";

/** The first screen's code comes with the application: a chunk of its own would be one more way there and back. */
export type PageCode = ComponentType & { load?: () => Promise<void> };

/** A page whose code comes when it is needed. */
export function pageCode(fetchCode: () => Promise<{ default: ComponentType }>): PageCode {
  return later(fetchCode, { pending: <div className="ruled" aria-hidden="true" /> });
}
