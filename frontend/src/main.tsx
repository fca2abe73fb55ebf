import { startTransition } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { client } from "./app/client";
import { prepare } from "./app/pages";
import { placeReturnedTo } from "./app/places";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

// The data of an earlier visit is restored first: it is shown at once, and the first requests send its validators.
await client.restore();
// The page's code and data load side by side; until the code comes, index.html's own frame is shown. This never
// rejects: without the code the application starts too, and shows the error.
await prepare(new URL(location.href), placeReturnedTo()?.cursors);
// A transition, so that the first drawing pauses for more urgent work of the browser.
startTransition(() => createRoot(root).render(<App />));
