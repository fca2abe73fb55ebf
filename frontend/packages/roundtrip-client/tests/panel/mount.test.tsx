import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { mountPanel } from "../../src/panel/index.ts";
import { createTimings, timed } from "../../src/techniques/timing/timing.ts";

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
});
afterEach(() => vi.unstubAllGlobals());

const region = () => screen.findByRole("region", { name: "Timings of the last action" });

test("two lines put the bar at the foot of any page, and it shows the page's requests", async () => {
  const timings = createTimings(() => false);
  let away = () => {};
  act(() => {
    away = mountPanel(timings);
  });
  expect(await region()).toHaveTextContent("page load");

  const send = timed(timings)(async () => ({ status: 200, headers: {}, body: null }));
  await act(() => send({ method: "GET", url: "/api/x", headers: {}, call: timings.call() }));
  await waitFor(async () => expect(await region()).toHaveTextContent("1 round trip"));
  await userEvent.click(screen.getByRole("button", { name: "Timings" }));
  expect(await screen.findByRole("dialog", { name: "Timings" })).toBeVisible();

  await act(async () => away());
  await waitFor(() => expect(document.body.querySelector(".roundtrip")).toBeNull());
});

test("the bar mounts in an element of the page, and leaves the element in place", async () => {
  const dock = document.body.appendChild(document.createElement("footer"));
  let away = () => {};
  act(() => {
    away = mountPanel(
      createTimings(() => false),
      { into: dock },
    );
  });
  expect(dock).toContainElement(await region());

  await act(async () => away());
  await waitFor(() => expect(dock).toBeEmptyDOMElement());
  expect(dock).toBeInTheDocument();
  dock.remove();
});
