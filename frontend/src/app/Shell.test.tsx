import { screen } from "@testing-library/react";
import { Route, Routes, useLocation, useNavigate } from "react-router";
import { ClientProvider } from "roundtrip-client/react";
import { beforeEach, expect, test, vi } from "vitest";
import { client } from "../test/appClient";
import { show, stubScreen } from "../test/screen";
import { LinkBoundary } from "./LinkBoundary";
import { Shell } from "./Shell";

vi.mock("./client", () => import("../test/appClient"));

beforeEach(() => stubScreen());

function Broken(): never {
  throw new Error("The picture fell off the wall.");
}

/** Breaks at one address of its page, and not at another. */
function BrokenOnce() {
  const { search } = useLocation();
  if (search === "") throw new Error("The picture fell off the wall.");
  return <h1>Mended</h1>;
}

function Onward() {
  const navigate = useNavigate();
  return (
    <button type="button" onClick={() => navigate("/nowhere?origin=LGA")}>
      onward
    </button>
  );
}

const frame = (
  <ClientProvider key="frame" client={client}>
    <LinkBoundary>
      <Routes>
        <Route element={<Shell />}>
          <Route path="/" element={<h1>Flights</h1>} />
          <Route path="/delays/*" element={<a href="/docs">a plain link</a>} />
          <Route path="/docs" element={<Broken />} />
          <Route path="/nowhere" element={<BrokenOnce />} />
        </Route>
      </Routes>
    </LinkBoundary>
  </ClientProvider>
);

test("marks the page one is on, and moves the focus to a new one", async () => {
  const { user } = show(frame, "/");
  expect(screen.getByRole("link", { name: "Explore" })).toHaveAttribute("aria-current", "page");
  await user.click(screen.getByRole("link", { name: "Delays" }));
  expect(screen.getByRole("link", { name: "Delays" })).toHaveAttribute("aria-current", "page");
  expect(screen.getByRole("main")).toHaveFocus();
});

test("marks the part of the site that a page below it is in, and no other", () => {
  show(frame, "/delays/by-carrier");
  expect(screen.getByRole("link", { name: "Delays" })).toHaveAttribute("aria-current", "true");
  expect(screen.getByRole("link", { name: "Explore" })).not.toHaveAttribute("aria-current");
});

test("a click begins an action of its own in the timings", async () => {
  const { user } = show(frame, "/");
  await user.click(screen.getByRole("link", { name: "Delays" }));
  expect(client.timings.getSnapshot().actions.at(-1)?.label).toBe("open Delays");
});

test("a plain link to one of our pages needs no reload, and a broken page leaves the frame standing", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const { user, address } = show(frame, "/delays");
  await user.click(screen.getByRole("link", { name: "a plain link" }));
  expect(address()).toBe("/docs");
  expect(screen.getByRole("alert")).toHaveTextContent("This page could not be drawn");
  expect(screen.getByRole("alert")).not.toHaveTextContent("The picture fell off the wall.");
  await user.click(screen.getByRole("link", { name: "Explore" }));
  expect(screen.getByRole("heading", { name: "Flights" })).toBeInTheDocument();
});

test("a page that broke at one address is drawn anew at the next one", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const { user } = show([frame, <Onward key="onward" />], "/nowhere");
  expect(screen.getByRole("alert")).toHaveTextContent("This page could not be drawn");
  await user.click(screen.getByRole("button", { name: "onward" }));
  expect(screen.getByRole("heading", { name: "Mended" })).toBeInTheDocument();
});

test("says when the network is gone", async () => {
  show(frame, "/");
  window.dispatchEvent(new Event("offline"));
  expect(await screen.findByText("You are offline.")).toBeInTheDocument();
  window.dispatchEvent(new Event("online"));
});
