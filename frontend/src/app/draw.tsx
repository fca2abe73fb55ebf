import { startTransition } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { codeOf } from "./pageCode";
import { pageAt } from "./pages";

/** Draws the application when the code of its page is here. Until then index.html's own frame is shown. */
export async function draw(root: HTMLElement): Promise<void> {
  const page = pageAt(new URL(location.href));
  // This never rejects: without the code the application starts too, and shows the error.
  if (page) await codeOf(page).load?.();
  // A transition, so that the first drawing pauses for more urgent work of the browser.
  startTransition(() => createRoot(root).render(<App />));
}
