import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { mountPanel } from "../../src/panel/index.ts";
import { SPAN_ORDER } from "../../src/panel/spans.ts";
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

test("its key opens the panel even when it was pressed before this code was here", async () => {
  const press = async (key: string) => {
    let away = () => {};
    act(() => {
      away = mountPanel(
        createTimings(() => false),
        { pressed: new KeyboardEvent("keydown", { key }) },
      );
    });
    const button = await screen.findByRole("button", { name: "Timings" });
    const open = button.getAttribute("aria-expanded");
    if (open === "true") expect(await screen.findByRole("dialog", { name: "Timings" })).toBeVisible();
    await act(async () => away());
    return open;
  };
  expect(await press("t")).toBe("true");
  expect(await press("x")).toBe("false");
});

test("the names of spans lead where the page says", async () => {
  // jsdom has no layout, but the virtual rows need a height.
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(900);
  const timings = createTimings(() => false);
  const leads = vi.fn(async () =>
    Object.fromEntries(SPAN_ORDER.map((name) => [name, [{ label: `about ${name}`, href: "/spans" }]])),
  );
  let away = () => {};
  act(() => {
    away = mountPanel(timings, { leads });
  });
  const send = timed(timings)(async () => ({ status: 200, headers: {}, body: null }));
  await act(() => send({ method: "GET", url: "/api/x", headers: {}, call: timings.call() }));
  await userEvent.click(await screen.findByRole("button", { name: "Timings" }));
  expect(await screen.findByRole("dialog", { name: "Timings" })).toBeVisible();
  expect(leads).not.toHaveBeenCalled();
  await userEvent.click(await screen.findByRole("row", { name: /\/api\/x/ }));
  const spans = await screen.findByRole("table", { name: "Where the time went" });
  const [link] = await within(spans).findAllByRole("link");
  expect(link).toHaveAttribute("href", "/spans");
  const name = link?.textContent.replace("about ", "") ?? "?";
  expect(link?.closest("th")?.textContent.trim().startsWith(name)).toBe(true);
  await act(async () => away());
});
