import { startTransition } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { client } from "./app/client";
import { prepare } from "./app/pages";
import { placeReturnedTo } from "./app/places";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

// What an earlier visit left comes first: it is shown at once, and its validators go out with the first requests.
await client.restore();
// The page's code and data start side by side; until the code is here, index.html's own frame stands. It does not
// reject: without the code the application starts too, and says so.
await prepare(new URL(location.href), placeReturnedTo()?.cursors);
// A transition, so that the first drawing gives way whenever the browser has something more urgent to do.
startTransition(() => createRoot(root).render(<App />));
