import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import Audit from "./Audit";

const ITEMS = [
  { name: "DoorMiddleware", kind: "WSGI layer", microseconds: 0.29, where: "backend/roundtrip/door.py:69" },
  { name: "lab: admit", kind: "before_request", microseconds: 4.08, where: "backend/lab/routes.py:59" },
  { name: "a thing", kind: "of its own", microseconds: 12, where: "?" },
];

afterEach(() => vi.unstubAllGlobals());

function answer(response: Response): void {
  vi.stubGlobal("fetch", async () => response.clone());
}

test("lists every layer and hook with what it is, what it costs and where it stands", async () => {
  answer(Response.json({ items: ITEMS }));
  render(<Audit />);
  const table = within(await screen.findByRole("table"));
  const rows = table.getAllByRole("row").map((row) => [...row.children].map((cell) => cell.textContent));
  expect(rows).toEqual([
    ["Layer or hook", "µs", "In the code"],
    ["DoorMiddlewarea layer around Flask", "0.29", "backend/roundtrip/door.py:69"],
    ["lab: admitbefore a view", "4.08", "backend/lab/routes.py:59"],
    ["a thingof its own", "12.00", "?"],
  ]);
});

test("says that there is nothing", async () => {
  answer(Response.json({ items: [] }));
  render(<Audit />);
  expect(await screen.findByText("Nothing stands around them.")).toBeInTheDocument();
});

test("tells of a failure and can be asked for again", async () => {
  answer(new Response("", { status: 503 }));
  render(<Audit />);
  expect(await screen.findByRole("alert")).toHaveTextContent("The server answered 503");
  answer(Response.json({ items: ITEMS }));
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("table")).toBeInTheDocument();
  expect(screen.queryByRole("alert")).toBeNull();
});
