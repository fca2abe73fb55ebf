import { client } from "./app/client";
import { ask } from "./app/pages";
import { placeReturnedTo } from "./app/places";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

// The page's data is asked for while React and the rest of the code are still on their way (firstScreen.ts preloads
// them). The data of an earlier visit is restored first: it is shown at once, and the first requests send its validators.
const drawing = import("./app/draw").catch(() => undefined);
await client.restore();
const asked = ask(new URL(location.href), placeReturnedTo()?.cursors);
const code = await drawing;
if (code) {
  await asked;
  await code.draw(root);
} else {
  const words = document.createElement("p");
  words.role = "alert";
  words.textContent = "The code of this page could not be fetched. Load the page anew.";
  root.querySelector("main")?.append(words);
}
