import { screen, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { beforeEach, expect, test, vi } from "vitest";
import { show, stubScreen } from "../../test/screen";
import SourcePage from "../pages/SourcePage";
import type { ExperimentInfo } from "../types";
import { linesOf } from "./highlight";
import { TakeAway } from "./TakeAway";
import { TheCode } from "./TheCode";

vi.mock("../../app/client", () => import("../../test/appClient"));

const BATCH_PY = "backend/flask_roundtrip/src/flask_roundtrip/batch.py";
const BATCH_TS = "frontend/packages/roundtrip-client/src/techniques/batch.ts";
const FILES: Record<string, string> = {
  [BATCH_PY]: '"""A batch."""\n\n\ndef answer(parts: int) -> str:\n    return f"{parts}"  # all\n',
  [BATCH_TS]: "/** A batch. */\nexport const most = 20;\n",
  "backend/lab/experiments/batch.py": "EXPERIMENT = None\n",
  "backend/examples/batch.py": "from flask_roundtrip import Batch\n",
  "frontend/examples/batch.ts": 'import { batch } from "roundtrip-client";\n',
  "frontend/examples/api.ts": "export interface paths {}\n",
};

const INFO = {
  name: "batch",
  title: "Six questions",
  chapter: "Batching",
  technique: [BATCH_TS, BATCH_PY],
  code: ["backend/lab/experiments/batch.py"],
  take_away: [
    {
      path: "backend/examples/batch.py",
      install: "pip install flask-roundtrip",
      needs: "Flask.",
      beside: "",
    },
    {
      path: "frontend/examples/batch.ts",
      install: "npm install roundtrip-client",
      needs: "A server.",
      beside: "frontend/examples/api.ts",
    },
  ],
  instead: "",
} as unknown as ExperimentInfo;

beforeEach(() => {
  vi.unstubAllGlobals();
  stubScreen();
  vi.stubGlobal("IntersectionObserver", Near);
  Element.prototype.scrollIntoView = () => {};
  vi.stubGlobal("fetch", async (url: string) => {
    if (url === "/api/lab/experiments") return Response.json({ experiments: [INFO] });
    const text = FILES[url.replace("/api/lab/source/", "")];
    return text === undefined ? Response.json({ title: "Not there" }, { status: 404 }) : new Response(text);
  });
});

/** All is near to the screen. */
class Near {
  private readonly tell: (entries: { isIntersecting: boolean }[]) => void;
  constructor(tell: Near["tell"]) {
    this.tell = tell;
  }
  observe() {
    this.tell([{ isIntersecting: true }]);
  }
  disconnect() {}
}

const lookOf = (pieces: ReturnType<typeof linesOf>, text: string) =>
  pieces.flat().find((piece) => piece.text === text)?.look;

test.each([
  [BATCH_PY, { '"""A batch."""': "string", def: "keyword", answer: "definition", "# all": "comment" }],
  [BATCH_TS, { "/** A batch. */": "comment", const: "keyword", "20": "number" }],
])("%s is split into its lines, each piece with its look", (path, looks) => {
  const text = FILES[path] as string;
  const lines = linesOf(path, text);
  expect(lines.map((pieces) => pieces.map((piece) => piece.text).join("")).join("\n")).toBe(text.trimEnd());
  for (const [piece, look] of Object.entries(looks)) expect(lookOf(lines, piece)).toContain(look);
});

test("a file in a language without a grammar is shown as it is", () => {
  expect(linesOf("backend/edge/varnish.vcl", "sub a {\n}\n")).toEqual([
    [{ text: "sub a {", look: "" }],
    [{ text: "}", look: "" }],
  ]);
});

test("both halves of a technique can be read, with a link at each line", async () => {
  const { user } = show(<TheCode info={INFO} />);
  const browser = await screen.findByRole("region", { name: BATCH_TS });
  expect(browser).toHaveTextContent("export const most = 20;");
  await user.click(screen.getByRole("tab", { name: "batch.py server" }));
  const server = await screen.findByRole("region", { name: BATCH_PY });
  const numbers = within(server).getAllByRole("link");
  expect(numbers).toHaveLength(5);
  expect(numbers[3]).toHaveAttribute("href", `/lab/source/${BATCH_PY}#L4`);
  expect(numbers.filter(({ tabIndex }) => tabIndex === 0)).toHaveLength(1);
  expect(screen.getByRole("tab", { name: "batch.py this experiment, server" })).toBeInTheDocument();
});

test("an example is copied whole, and so is the line that installs it", async () => {
  const { user } = show(<TakeAway info={INFO} />);
  const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
  await user.click(await screen.findByRole("button", { name: "Copy batch.py" }));
  expect(write).toHaveBeenLastCalledWith(FILES["backend/examples/batch.py"]);
  expect(await screen.findByText("Copied.")).toBeInTheDocument();
  const [command] = screen.getAllByRole("button", { name: /that installs batch.py/ });
  await user.click(command as HTMLElement);
  expect(write).toHaveBeenLastCalledWith("pip install flask-roundtrip");
  write.mockRejectedValue(new Error("not allowed"));
  await user.click(screen.getByRole("button", { name: "Copy batch.ts" }));
  expect(await screen.findByText(/did not let it be copied/)).toBeInTheDocument();
  expect(screen.getByText("It needs: A server.")).toBeInTheDocument();
});

test("the file that an example imports is shown when it is asked for", async () => {
  const { user } = show(<TakeAway info={INFO} />);
  expect(await screen.findByRole("region", { name: "frontend/examples/batch.ts" })).toBeInTheDocument();
  expect(screen.queryByRole("region", { name: "frontend/examples/api.ts" })).toBeNull();
  await user.click(await screen.findByText("api.ts, which it imports"));
  expect(await screen.findByRole("region", { name: "frontend/examples/api.ts" })).toBeInTheDocument();
});

test("where the packages have no such technique, the page says what to take", () => {
  show(<TakeAway info={{ ...INFO, take_away: [], instead: "Take CREATE INDEX." }} />);
  expect(screen.getByText(/in neither of the two packages. Take CREATE INDEX\.$/)).toBeInTheDocument();
  expect(screen.queryByText(/not published yet/)).toBeNull();
});

const source = <Route path="/lab/source/*" element={<SourcePage />} />;

test("a file has a page, which marks the line of its address and leads to its experiments", async () => {
  show(<Routes>{source}</Routes>, `/lab/source/${BATCH_PY}#L4`);
  const four = await screen.findByRole("link", { name: "Line 4" });
  expect(four.parentElement).toHaveAttribute("data-marked", "true");
  expect(screen.getByRole("link", { name: "Line 5" }).parentElement).not.toHaveAttribute("data-marked");
  expect(screen.getByRole("link", { name: "Six questions" })).toHaveAttribute("href", "/lab/batch");
});

test("the page of a file that the Lab does not show says so", async () => {
  show(<Routes>{source}</Routes>, "/lab/source/backend/secret.py");
  expect(await screen.findByRole("alert")).toHaveTextContent("Not there");
});
