import { expect, test, vi } from "vitest";
import { experimentPages } from "./search";

test("experiments are found where the server says that it has the Lab, and nowhere else", () => {
  const says = (names: string[]) =>
    vi.stubGlobal("performance", {
      getEntriesByType: () => [{ serverTiming: names.map((name) => ({ name })) }],
    });
  says(["app"]);
  expect(experimentPages()).toEqual([]);
  says(["app", "lab"]);
  expect(experimentPages()).toContainEqual({
    name: "Six questions, one round trip",
    words: "lab experiment batching and rounds batch",
    to: "/lab/batch",
    leadsTo: "experiment of the Lab",
    ownDocument: true,
  });
  vi.unstubAllGlobals();
});
