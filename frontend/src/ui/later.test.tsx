import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { later } from "./later";

let answer: () => Promise<{ default: () => React.ReactNode }>;
const fetchCode = vi.fn(() => answer());
const comes = async () => ({ default: () => <p>the picture</p> });
const fails = () => Promise.reject(new Error("Unable to preload CSS for /assets/Bars.css"));

beforeEach(() => void fetchCode.mockClear());

test("code that was fetched ahead is drawn at once", async () => {
  answer = comes;
  const Picture = later(fetchCode);
  await Picture.load();
  render(<Picture />);
  expect(screen.getByText("the picture")).toBeInTheDocument();
});

test("other code is drawn when it comes", async () => {
  answer = comes;
  const Picture = later(fetchCode, { pending: "on its way" });
  render(<Picture />);
  expect(screen.getByText("on its way")).toBeInTheDocument();
  expect(await screen.findByText("the picture")).toBeInTheDocument();
});

test("a failure stays in its place, in words for people, and Try again repairs every place of it", async () => {
  answer = fails;
  const Picture = later(fetchCode);
  render(
    <>
      <h1>The page</h1>
      <Picture />
      <Picture />
    </>,
  );
  const [alert] = await screen.findAllByRole("alert");
  expect(alert).toHaveTextContent("This could not be fetched.");
  expect(screen.queryByText(/preload/)).not.toBeInTheDocument();
  expect(screen.getByRole("heading", { name: "The page" })).toBeInTheDocument();

  answer = comes;
  await userEvent.click(screen.getAllByRole("button", { name: "Try again" })[0] as Element);
  expect(await screen.findAllByText("the picture")).toHaveLength(2);
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
});

test("offline it says so, and comes when the network does", async () => {
  answer = fails;
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  const Picture = later(fetchCode);
  render(<Picture />);
  expect(await screen.findByRole("alert")).toHaveTextContent(
    "You are offline. This loads when the network is back.",
  );
  answer = comes;
  act(() => void window.dispatchEvent(new Event("online")));
  expect(await screen.findByText("the picture")).toBeInTheDocument();
});

test("a failure before it was needed is nobody's error, and is not told again when it is", async () => {
  answer = fails;
  const Picture = later(fetchCode);
  await expect(Picture.load()).resolves.toBeUndefined();
  answer = comes;
  render(<Picture />);
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  expect(await screen.findByText("the picture")).toBeInTheDocument();
});

test("loaded code is not loaded again", async () => {
  answer = comes;
  const Picture = later(fetchCode);
  await Picture.load();
  await Picture.load();
  render(<Picture />);
  expect(fetchCode).toHaveBeenCalledTimes(1);
});

test("a style sheet that did not come is not taken for one that did", () => {
  const link = document.head.appendChild(document.createElement("link"));
  link.dispatchEvent(new Event("error"));
  expect(link.isConnected).toBe(false);
});
