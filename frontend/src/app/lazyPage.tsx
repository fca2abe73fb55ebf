import type { ComponentType } from "react";
import { later } from "../ui/later";

/** The first screen's code is part of the application: a chunk of its own would cost one more round trip. */
export type PageCode = ComponentType & { load?: () => Promise<void> };

/** A page whose code is loaded when it is needed. */
export function pageCode(fetchCode: () => Promise<{ default: ComponentType }>): PageCode {
  return later(fetchCode, { pending: <div className="ruled" aria-hidden="true" /> });
}
