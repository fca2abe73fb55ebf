import { Blob } from "node:buffer";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { show, stubScreen } from "../../test/screen";
import { keep } from "../kept";
import { lanesOf, rowsOf } from "../pattern";
import { toLink } from "../resultLink";
import type { Catalogue, ExperimentInfo, Machine, Result, SideInfo, SideResult, Trip } from "../types";
import ExperimentPage from "./ExperimentPage";
import LabPage from "./LabPage";

vi.mock("../../app/client", () => import("../../test/appClient"));

const MACHINE: Machine = { cpu: "A CPU", cores: 2, system: "Linux", python: "3.11", sqlite: "3.46" };

const N_PLUS_ONE: ExperimentInfo = {
  name: "n_plus_one",
  title: "One statement for each row",
  chapter: "Database",
  shows: "Fifty flights. Row by row or at once.",
  technique: ["backend/roundtrip/techniques/query_plan.py"],
  code: ["backend/lab/experiments/n_plus_one.py"],
  whole: false,
  sides: [
    {
      name: "row_by_row",
      label: "N+1 statements",
      says: "Reads the list, then each.",
      pattern: ["browser -> server: flights", "server -> database: an airline ×50"],
      needs: null,
    },
    {
      name: "joined",
      label: "One statement",
      says: "Reads all at once.",
      pattern: ["browser -> server: flights", "server -> database: all"],
      needs: null,
    },
  ],
  explanation: ["A list is read with one `SELECT`."],
  lesson: "Let the fields decide the joins.",
  does_not_pay: "Where few rows need the others.",
  network: "direct",
  take_away: [
    {
      path: "backend/flask_roundtrip/examples/query_plan.py",
      install: 'pip install "flask-roundtrip[sqlalchemy]"',
      needs: "SQLAlchemy models.",
      beside: "",
    },
  ],
  instead: "",
};

const CATALOGUE: Catalogue = {
  chapters: ["Database"],
  networks: ["direct"],
  experiments: [N_PLUS_ONE],
  port: 8000,
  links: [{ name: "50 ms", rtt: 50, mbit: null, port: 8050 }],
  machine: MACHINE,
};

const TRIP: Trip = {
  url: "/api/lab/experiments/n_plus_one/joined?number=1",
  start: 0,
  end: 20,
  spans: [
    { name: "network", start: 0, end: 5 },
    { name: "db", start: 5, end: 17.5 },
    { name: "network", start: 17.5, end: 20 },
  ],
};

const RESULT: Result = {
  version: 1,
  experiment: "n_plus_one",
  settings: { seconds: 10, precision: 0.05, rounds: 200, warmup: 3, aa: false, seed: 1 },
  environment: {
    network: "direct",
    rtt: null,
    mbit: null,
    measuredRtt: 1.5,
    browser: "Chrome 140",
    clock: 0.005,
    isolated: true,
    machine: MACHINE,
    at: "2026-11-23T12:00:00.000Z",
  },
  sides: [
    {
      name: "row_by_row",
      label: "N+1 statements",
      samples: { wall: [...times(60), ...times(60), 400] },
      median: [TRIP, TRIP],
    },
    {
      name: "joined",
      label: "One statement",
      samples: { wall: [...times(20), ...times(20), 20] },
      median: [TRIP],
    },
  ],
  ended: "precise",
};

const routes = (
  <Routes>
    <Route path="/lab" element={<LabPage />} />
    <Route path="/lab/:experiment" element={<ExperimentPage />} />
  </Routes>
);

beforeEach(() => {
  vi.unstubAllGlobals();
  stubScreen();
  vi.stubGlobal("Blob", Blob); // jsdom's cannot be streamed
  answer(Response.json(CATALOGUE));
});
afterEach(() => history.replaceState(null, "", "/"));

function times(about: number): number[] {
  return Array.from({ length: 30 }, (_, round) => about + (round % 5) / 10);
}

function answer(response: Response): void {
  vi.stubGlobal("fetch", async () => response.clone());
}

test("reads a drawing's arrows, those that happen together in one row", () => {
  const pattern = [
    "browser -> server: list",
    "server -> upstream: a ×50",
    "& server -> upstream: b",
    "& server -> browser",
  ];
  expect(rowsOf(pattern)).toEqual([
    [{ from: "browser", to: "server", words: "list", times: 1 }],
    [
      { from: "server", to: "upstream", words: "a ×50, b", times: 51 },
      { from: "server", to: "browser", words: "", times: 1 },
    ],
  ]);
  expect(lanesOf([pattern])).toEqual(["browser", "server", "upstream"]);
});

test("lists the experiments by chapter", async () => {
  show(routes, "/lab");
  expect(await screen.findByRole("heading", { name: "Database" })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: N_PLUS_ONE.title })).toHaveAttribute("href", "/lab/n_plus_one");
});

test("says where the Lab is off", async () => {
  answer(new Response("", { status: 404 }));
  show(routes, "/lab/n_plus_one");
  expect(await screen.findByRole("heading", { name: "The Lab is off here" })).toBeInTheDocument();
});

test("lets a failed catalogue be asked for again", async () => {
  answer(new Response("", { status: 500 }));
  const { user } = show(routes, "/lab");
  const again = await screen.findByRole("button", { name: "Try again" });
  answer(Response.json(CATALOGUE));
  await user.click(again);
  expect(await screen.findByRole("link", { name: N_PLUS_ONE.title })).toBeInTheDocument();
});

test("says why the Lab refused, in its own words", async () => {
  const detail = "That is more than one browser needs; wait a little.";
  answer(Response.json({ title: "Too Many Requests", detail }, { status: 429 }));
  show(routes, "/lab");
  expect(await screen.findByRole("alert")).toHaveTextContent(detail);
});

test("says beforehand what an experiment lacks, and offers no run that cannot be", async () => {
  const sides = N_PLUS_ONE.sides.map((side) => ({ ...side, needs: "PostgreSQL" }));
  answer(Response.json({ ...CATALOGUE, experiments: [{ ...N_PLUS_ONE, sides }] }));
  show(routes, "/lab/n_plus_one");
  expect(await screen.findByText(/cannot be run here: it needs PostgreSQL/)).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Run" })).toBeNull();
});

test("concludes of the first side and the last by their names, where others differ", async () => {
  const [first, last] = N_PLUS_ONE.sides as [SideInfo, SideInfo];
  const info = { ...N_PLUS_ONE, sides: [first, { ...first, name: "between", label: "Two" }, last] };
  answer(Response.json({ ...CATALOGUE, experiments: [info] }));
  const side = (name: string, about: number) => ({
    name,
    label: name,
    samples: { wall: times(about) },
    median: [],
  });
  const sides = [side("row_by_row", 20), side("between", 60), side("joined", 20)];
  history.replaceState(null, "", `/lab/n_plus_one#${await toLink({ ...RESULT, sides })}`);
  show(routes, "/lab/n_plus_one");
  expect(await screen.findByText(/^N\+1 statements, One statement: .* no difference/)).toBeInTheDocument();
});

test("compares every side with every other where there are more than two, in a table with headers", async () => {
  const [first, last] = N_PLUS_ONE.sides as [SideInfo, SideInfo];
  const info = { ...N_PLUS_ONE, sides: [first, { ...first, name: "between", label: "Two" }, last] };
  answer(Response.json({ ...CATALOGUE, experiments: [info] }));
  const side = (name: string, about: number) => ({
    name,
    label: name,
    samples: { wall: times(about) },
    median: [],
  });
  const sides = [side("row_by_row", 60), side("between", 20), side("joined", 20)];
  history.replaceState(null, "", `/lab/n_plus_one#${await toLink({ ...RESULT, sides })}`);
  show(routes, "/lab/n_plus_one");
  const pairs = within(await screen.findByRole("region", { name: "All pairs" }));
  expect(pairs.getAllByRole("columnheader").map(({ textContent }) => textContent)).toEqual([
    "N+1 statements",
    "Two",
    "One statement",
  ]);
  const row = pairs.getByRole("row", { name: /^Two/ });
  const cells = within(row).getAllByRole("cell");
  expect(cells.map(({ textContent }) => textContent)).toEqual([
    "0.34 [0.33, 0.34]", // 20.2 ms of 60.2
    "same side",
    expect.stringMatching(/^≈ not told apart: 1\.00 \[.*\]$/),
  ]);
  expect(screen.getByText(/in up to 3 of 100 runs/)).toBeInTheDocument();
});

test("tells when what was waited for was here, where requests went on behind it", async () => {
  const [slow, fast] = RESULT.sides as [SideResult, SideResult];
  const sides = [slow, { ...fast, median: [{ ...TRIP, end: 90 }] }];
  history.replaceState(null, "", `/lab/n_plus_one#${await toLink({ ...RESULT, sides })}`);
  show(routes, "/lab/n_plus_one");
  expect(await screen.findByText(/what it waited for was here after 20.2 ms/)).toBeInTheDocument();
});

test("promises of a run that broke off offline nothing that will not come", async () => {
  const { user } = show(routes, "/lab/n_plus_one");
  const run = await screen.findByRole("button", { name: "Run" });
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await user.click(run);
  expect(
    await screen.findByText("You are offline. Run it again when the network is back."),
  ).toBeInTheDocument();
});

test("leads back from an experiment that does not exist", async () => {
  show(routes, "/lab/perpetual_motion");
  expect(await screen.findByText(/no experiment “perpetual_motion”/)).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "All experiments" })).toHaveAttribute("href", "/lab");
});

test("prints what is code in an explanation as code", async () => {
  show(routes, "/lab/n_plus_one");
  expect((await screen.findByText("SELECT")).closest("p")).toHaveTextContent(
    "A list is read with one SELECT.",
  );
});

test("tells what is wrong with the settings in the address, and still offers to run", async () => {
  show(routes, "/lab/n_plus_one?seconds=soon");
  expect(await screen.findByText(/seconds: expected a number/)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Run" })).toBeEnabled();
});

test("shows the verdict of the result in the address", async () => {
  history.replaceState(null, "", `/lab/n_plus_one#${await toLink(RESULT)}`);
  show(routes, "/lab/n_plus_one");
  expect(await screen.findByTestId("verdict")).toHaveTextContent(
    /^N\+1 statements → One statement: .*times faster/,
  );
  expect(screen.getByText(N_PLUS_ONE.lesson)).toBeInTheDocument();
});

test("marks the result of a link as one, shows its ratio, and takes its settings", async () => {
  history.replaceState(null, "", `/lab/n_plus_one#${await toLink(RESULT)}`);
  const { address } = show(routes, "/lab/n_plus_one?seconds=3");
  expect(await screen.findByText("A result from direct, A CPU, 2026-11-23")).toBeInTheDocument();
  expect(screen.getByText("3.0 [3.0, 3.0]")).toBeInTheDocument();
  await waitFor(() => expect(address()).toBe("/lab/n_plus_one?seed=1"));
  expect(screen.getByLabelText("Measure for about")).toHaveValue("10");
});

test("tells the protocol beside the network, of a result and of the page", async () => {
  const asked = { name: `${location.origin}/api/lab/experiments`, nextHopProtocol: "h2" };
  Object.assign(performance, { getEntriesByType: () => [asked] });
  const environment = { ...RESULT.environment, network: "100 ms", protocol: "h3" };
  history.replaceState(null, "", `/lab/n_plus_one#${await toLink({ ...RESULT, environment })}`);
  show(routes, "/lab/n_plus_one");
  expect(await screen.findByText("A result from 100 ms, h3, A CPU, 2026-11-23")).toBeInTheDocument();
  expect(screen.getByText(/Network 100 ms, h3, the quickest ping/)).toBeInTheDocument();
  expect(screen.getByRole("region", { name: "Network" })).toHaveTextContent("Network: direct, h2.");
  Object.assign(performance, { getEntriesByType: undefined });
});

test("shows the result of a link that is pasted into the open page", async () => {
  show(routes, "/lab/n_plus_one");
  await screen.findByRole("button", { name: "Run" });
  history.replaceState(null, "", `/lab/n_plus_one#${await toLink(RESULT)}`);
  fireEvent(window, new HashChangeEvent("hashchange"));
  expect(await screen.findByTestId("verdict")).toBeInTheDocument();
});

test("tells of a result whose sides are not this experiment's", async () => {
  const sides = RESULT.sides.toReversed();
  history.replaceState(null, "", `/lab/n_plus_one#${await toLink({ ...RESULT, sides })}`);
  show(routes, "/lab/n_plus_one");
  expect(await screen.findByRole("alert")).toHaveTextContent("it compares joined, row_by_row");
  expect(screen.queryByTestId("verdict")).toBeNull();
});

test("survives an address in a result that is none, and tells what the browser's cache answered", async () => {
  const [slow, fast] = RESULT.sides as [SideResult, SideResult];
  const sides = [{ ...slow, median: [{ ...TRIP, url: "/%E0%A4%A" }] }];
  sides.push({ ...fast, median: [TRIP, { ...TRIP, cached: true }] });
  history.replaceState(null, "", `/lab/n_plus_one#${await toLink({ ...RESULT, sides })}`);
  show(routes, "/lab/n_plus_one");
  expect(await screen.findByTitle(/^\/%E0%A4%A: network/)).toBeInTheDocument();
  expect(screen.getByText(/: 2 requests, 1 of them answered by the browser's cache$/)).toBeInTheDocument();
});

test.each([false, true])("says of too few rounds nothing but that; fast against fast: %s", async (aa) => {
  const few = (name: string, label: string) => ({ name, label, samples: { wall: [1, 2, 3] }, median: [] });
  const sides = [few(aa ? "joined" : "row_by_row", "a side"), few("joined", "another")];
  const settings = { ...RESULT.settings, aa };
  history.replaceState(null, "", `/lab/n_plus_one#${await toLink({ ...RESULT, sides, settings })}`);
  show(routes, "/lab/n_plus_one");
  expect(await screen.findByTestId("verdict")).toHaveAttribute("data-kind", "few");
  expect(screen.getByText("Fewer than 12 rounds say nothing: run it again for longer.")).toBeInTheDocument();
});

test("leads out of a link that is gone when a run breaks off", async () => {
  const here = { name: "50 ms", rtt: 50, mbit: null, port: Number(location.port) };
  answer(Response.json({ ...CATALOGUE, links: [here] }));
  const { user } = show(routes, "/lab/n_plus_one");
  const run = await screen.findByRole("button", { name: "Run" });
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await user.click(run);
  expect(await screen.findByRole("alert")).toHaveTextContent("The server could not be reached.");
  expect(hrefOf("open it without a link")).toMatch(/:8000\/lab\/n_plus_one$/);
});

test.each([
  ["least", 25, "fewer than 12 rounds tell nothing, and so many take this long here."],
  ["time", 13, "the time was up, and the last round was slow."],
  ["time", 11.6, "the time was up."],
] as const)("says why a run that ended by %s took %d s of 10", async (ended, took, why) => {
  history.replaceState(null, "", `/lab/n_plus_one#${await toLink({ ...RESULT, ended, took })}`);
  show(routes, "/lab/n_plus_one");
  const seconds = Math.round(took);
  expect(await screen.findByText(`It took ${seconds} s of about 10: ${why}`)).toBeInTheDocument();
});

test("shows the samples as they come, and that a run will take longer", async () => {
  const server = { ...CATALOGUE, experiments: [{ ...N_PLUS_ONE, whole: true }] };
  let held = false;
  vi.stubGlobal("fetch", async (url: string, { signal }: RequestInit) => {
    if (url.endsWith("/experiments")) return Response.json(server);
    if (url.endsWith("/ping")) return new Response(null, { status: 204 });
    if (held) return untilAborted(signal);
    await new Promise((resolve) => setTimeout(resolve, 150));
    return Response.json({ items: [] });
  });
  const { user } = show(routes, "/lab/n_plus_one?seconds=1&warmup=1");
  await user.click(await screen.findByRole("button", { name: "Run" }));
  const chart = await screen.findByRole(
    "img",
    { name: /^N\+1 statements: median .*One statement: median/ },
    LATE,
  );
  expect(screen.queryByTestId("verdict")).toBeNull();
  const dots = () => chart.querySelectorAll("circle").length;
  const first = dots();
  await waitFor(() => expect(dots()).toBeGreaterThan(first), LATE);
  const until = /^Round \d+, [\d.]+ s of about \d+, because fewer than 12 rounds tell nothing/;
  expect(screen.getAllByText(until)[0]).toBeInTheDocument();
  held = true;
  await user.click(screen.getByRole("button", { name: "Stop" }));
  expect(await screen.findByTestId("verdict")).toHaveAttribute("data-kind", "few");
});

const LATE = { timeout: 10_000 };

/** Of two sides; the first takes this many ms. */
function slowFirst(ms: number): void {
  vi.stubGlobal("fetch", async (url: string) => {
    if (url.endsWith("/experiments")) return Response.json(CATALOGUE);
    if (url.includes("row_by_row")) await new Promise((resolve) => setTimeout(resolve, ms));
    return Response.json({ items: [1, 2, 3] });
  });
}

test("asks for a guess, shows both sides from one start, and says what happened and whether it was guessed", async () => {
  slowFirst(300);
  const { user } = show(routes, "/lab/n_plus_one");
  const ask = await screen.findByRole("button", { name: "Ask both sides" });
  await user.click(ask);
  expect(screen.queryByText(/Asking/)).toBeNull(); // without a guess nothing is asked
  await user.click(screen.getByRole("radio", { name: "One statement is faster" }));
  await user.click(ask);
  expect(screen.getByText(/^Asking one side/)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Run" })).toBeDisabled();
  expect(await screen.findByText(/One statement was faster\. You guessed right\./, {}, LATE)).toBeVisible();
  expect(screen.getByRole("img", { name: "N+1 statements: 3 of 3 squares are full" })).toBeVisible();
  expect(screen.getByText(/is no measurement/)).toBeVisible();
  expect(screen.getByRole("button", { name: "Run" })).toBeEnabled();
  expect(screen.queryByRole("checkbox", { name: /slower/ })).toBeNull();
});

test("where nothing is to move, shows the end at once, by a rule that it tells", async () => {
  stubScreen({ phone: true }); // every media query matches
  slowFirst(0);
  const { user } = show(routes, "/lab/n_plus_one");
  await user.click(await screen.findByRole("radio", { name: "N+1 statements is faster" }));
  await user.click(screen.getByRole("button", { name: "Ask both sides" }));
  const rule =
    /no difference that you could feel: less than 20 ms, or less than 10 % of the slower\. You guessed otherwise/;
  expect(await screen.findByText(rule, {}, LATE)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Play it again" })).toBeNull();
});

test("says why the sides could not be asked, and lets them be asked again", async () => {
  const { user } = show(routes, "/lab/n_plus_one");
  await user.click(await screen.findByRole("radio", { name: "No difference that I can feel" }));
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await user.click(screen.getByRole("button", { name: "Ask both sides" }));
  expect(await screen.findByRole("alert")).toHaveTextContent(/The sides could not be asked/);
  slowFirst(0);
  await user.click(screen.getByRole("button", { name: "Ask both sides" }));
  expect(await screen.findByText(/is no measurement/, {}, LATE)).toBeVisible();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("shows no links where the page was opened from another machine", async () => {
  vi.stubGlobal("location", { ...location, hostname: "roundtrip.example", port: "8000", hash: "" });
  show(routes, "/lab");
  expect(await screen.findByText(/links work in a browser on the server's own machine only/)).toBeVisible();
  expect(screen.queryByRole("link", { name: "50 ms" })).toBeNull();
});

test("shows a median run in figures too, and tells of samples beyond the chart", async () => {
  history.replaceState(null, "", `/lab/n_plus_one#${await toLink(RESULT)}`);
  show(routes, "/lab/n_plus_one");
  expect(await screen.findByText(/; one that took 400 ms is drawn at the right edge$/)).toBeInTheDocument();
  const runs = within(screen.getByRole("region", { name: "A median run of each side" }));
  expect(runs.getByText("N+1 statements: 2 requests")).toBeInTheDocument();
  expect(runs.getByRole("row", { name: "network 15.00 7.50" })).toBeInTheDocument();
  expect(runs.getByRole("row", { name: "db 25.00 12.50" })).toBeInTheDocument();
});

test("a result opened where the Lab is off, or out of reach, has the same verdict, from its own samples", async () => {
  const cpu = (about: number) => times(about);
  const sides = RESULT.sides.map((side, index) => ({
    ...side,
    samples: { wall: times(20), cpu: index === 0 ? cpu(10) : cpu(5) },
  }));
  history.replaceState(null, "", `/lab/n_plus_one#${await toLink({ ...RESULT, sides, took: 4.2 })}`);
  const here = show(routes, "/lab/n_plus_one");
  const said = (await screen.findByTestId("verdict")).textContent;
  const atTheServer = screen.getByTestId("at-the-server").textContent;
  expect(said).toContain("no difference detectable");
  expect(atTheServer).toMatch(/^Server's CPU: .*5\d % less\.$/);
  expect(screen.getByText("It took 4.2 s of about 10: the interval was narrow enough.")).toBeInTheDocument();
  const conclusion = /no difference in wall time .* differs: server's cpu .*5\d % less\. This counts/;
  expect(screen.getByText(conclusion)).toBeInTheDocument();
  here.unmount();
  for (const elsewhere of [
    async () => new Response("", { status: 404 }),
    () => Promise.reject(new TypeError("Failed to fetch")),
  ]) {
    vi.stubGlobal("fetch", elsewhere);
    const { unmount } = show(routes, "/lab/n_plus_one");
    expect((await screen.findByTestId("verdict")).textContent).toBe(said);
    expect(screen.getByTestId("at-the-server").textContent).toBe(atTheServer);
    unmount();
  }
});

test("a result of another experiment is not shown where the Lab is off", async () => {
  history.replaceState(null, "", `/lab/batch#${await toLink(RESULT)}`);
  answer(new Response("", { status: 404 }));
  show(routes, "/lab/batch");
  expect(await screen.findByRole("alert")).toHaveTextContent("of another experiment: n_plus_one");
});

test("the list says where to start, and shows the last result of each experiment until it is to be forgotten", async () => {
  keep(RESULT);
  const batch = { ...N_PLUS_ONE, name: "batch", title: "Six questions" };
  answer(Response.json({ ...CATALOGUE, experiments: [N_PLUS_ONE, batch] }));
  const { user } = show(routes, "/lab");
  expect((await screen.findByText(/^Start with/)).closest("p")).toHaveTextContent(
    /^Start with Six questions\. .* Go on with One statement for each row\.$/,
  );
  expect(screen.getByText(/about 3\.0 times faster/).closest("p")).toHaveTextContent(
    "N+1 statements → One statement: about 3.0 times faster (direct, 2026-11-23)",
  );
  await user.click(screen.getByRole("button", { name: "Forget the results" }));
  expect(screen.queryByText(/times faster/)).toBeNull();
  expect(screen.getByText(/measured nothing yet/)).toBeInTheDocument();
});

test("tells of a result link that cannot be read, and stays usable", async () => {
  history.replaceState(null, "", "/lab/n_plus_one#no-result");
  show(routes, "/lab/n_plus_one");
  expect(await screen.findByRole("alert")).toHaveTextContent("This result link cannot be shown");
  expect(screen.getByRole("button", { name: "Run" })).toBeEnabled();
});

test("says truly whether a link to a result was copied", async () => {
  history.replaceState(null, "", `/lab/n_plus_one#${await toLink(RESULT)}`);
  const { user } = show(routes, "/lab/n_plus_one");
  const copy = await screen.findByRole("button", { name: "Copy a link to this result" });
  const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
  await user.click(copy);
  expect(await screen.findByText(/now holds the result, and is copied/)).toBeInTheDocument();
  expect(write).toHaveBeenCalledWith(expect.stringMatching(/\/lab\/n_plus_one\?seed=1#./));
  write.mockRejectedValue(new Error("not allowed"));
  await user.click(copy);
  expect(await screen.findByText(/did not let it be copied/)).toBeInTheDocument();
});

test("has the place where the verdict is announced before there is one", async () => {
  show(routes, "/lab/n_plus_one");
  await screen.findByRole("button", { name: "Run" });
  expect(document.querySelector("[aria-live=polite]")).toBeEmptyDOMElement();
});

test("takes the result of another run out of the address when a run starts, and says when it is stopped", async () => {
  history.replaceState(null, "", `/lab/n_plus_one#${await toLink(RESULT)}`);
  const { user } = show(routes, "/lab/n_plus_one");
  await screen.findByTestId("verdict");
  vi.stubGlobal("fetch", (_: string, { signal }: RequestInit) => untilAborted(signal));
  await user.click(screen.getByRole("button", { name: "Run" }));
  expect(location.hash).toBe("");
  expect(screen.queryByTestId("verdict")).toBeNull();
  expect(screen.getByRole("progressbar", { name: "Progress of the run" })).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Stop" }));
  expect(await screen.findByText("Stopped before there was anything to compare.")).toBeInTheDocument();
});

test("offers every link, and says over which the README's figures were measured", async () => {
  answer(Response.json({ ...CATALOGUE, experiments: [{ ...N_PLUS_ONE, network: "50 ms" }] }));
  show(routes, "/lab/n_plus_one?seconds=3");
  const network = await screen.findByRole("region", { name: "Network" });
  expect(network).toHaveTextContent(
    /Network: direct.*README's figures of this experiment were measured over 50 ms\./,
  );
  expect(hrefOf("direct")).toMatch(/:3000\/lab\/n_plus_one\?seconds=3$/);
  expect(hrefOf("50 ms")).toMatch(/:8050\/lab\/n_plus_one\?seconds=3$/);
});

test("leads from a link back to the server itself", async () => {
  const here = { name: "50 ms", rtt: 50, mbit: null, port: Number(location.port) };
  answer(Response.json({ ...CATALOGUE, links: [here] }));
  show(routes, "/lab/n_plus_one");
  const network = await screen.findByRole("region", { name: "Network" });
  expect(network).toHaveTextContent(/50 ms longer.*were measured without a link/);
  expect(hrefOf("direct")).toMatch(/:8000\/lab\/n_plus_one$/);
  expect(screen.getByRole("link", { name: "50 ms" })).toHaveAttribute("aria-current", "true");
});

const hrefOf = (name: string) => screen.getByRole<HTMLAnchorElement>("link", { name }).href;

function untilAborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason));
  });
}
