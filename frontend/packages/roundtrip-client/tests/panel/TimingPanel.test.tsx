import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import TimingPanel from "../../src/panel/TimingPanel.tsx";
import { type Timings, useSnapshot } from "../../src/panel/TimingsContext.tsx";
import type { Snapshot } from "../../src/techniques/timing/timing.ts";
import { aSnapshot, aStore, aTrip, spansFrom } from "./fixtures.ts";

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  // jsdom has no layout, but the virtual rows need a height.
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(900);
});

afterEach(() => vi.unstubAllGlobals());

function Panel({ store, onClose }: { store: Timings; onClose: () => void }) {
  return (
    <>
      <input aria-label="Search" />
      <TimingPanel
        open
        onClose={onClose}
        opener={createRef()}
        timings={store}
        snapshot={useSnapshot(store)}
        shortcut={{ enabled: true, enable: () => {} }}
      />
    </>
  );
}

function show(over: Partial<Snapshot> = {}) {
  const store = aStore(aSnapshot(over));
  const onClose = vi.fn();
  render(<Panel store={store} onClose={onClose} />);
  return { store, onClose, user: userEvent.setup() };
}

const grid = () => screen.getByRole("treegrid", { name: "Round trips, newest action first" });
const row = (name: RegExp) => within(grid()).getByRole("row", { name });
const details = () => screen.getByRole("region", { name: "Details" });

describe("the waterfall", () => {
  it("groups round trips and parts by action, the newest first", () => {
    show();
    const names = within(grid())
      .getAllByRole("row")
      .slice(1)
      .map((each) => `${each.getAttribute("aria-level")} ${each.querySelector("td")?.textContent}`);
    expect(names).toEqual([
      "1 open flight 123 · 1 round trip, 3 parts",
      "2 airlines carrier, name",
      "2 POST /batch",
      "3 /flights/123?fields=id",
      "3 /airlines/UA?fields=name",
      "3 /airports/JFK?fields=name",
      "1 page load · 1 round trip",
      "2 GET /flights?fields=id,carrier&limit=50&origin=JFK",
    ]);
  });

  it("describes each row's source and spans in words", () => {
    show();
    expect(row(/airlines carrier, name/)).toHaveTextContent("memory");
    expect(row(/airlines\/UA/)).toHaveTextContent("server cache");
    expect(row(/airports\/JFK/)).toHaveTextContent("304");
    expect(row(/POST \/batch/)).toHaveTextContent(/batch window 2.0 ms, network 12 ms, server 6.0 ms/);
  });

  it("distinguishes a part's decoded size from the batch's size on the wire", () => {
    show();
    expect(row(/airlines\/UA/)).toHaveTextContent("(640 B decoded)");
    expect(row(/POST \/batch/)).toHaveTextContent("4.2 kB");
    expect(row(/POST \/batch/)).not.toHaveTextContent("decoded");
  });

  it("shows which requests are under way, failed or refused", () => {
    show({
      memoryHits: [],
      roundTrips: [
        aTrip({ id: 1, url: "/api/v1/a", end: null, status: null, state: "pending", spans: [] }),
        aTrip({ id: 2, url: "/api/v1/b", status: null, state: "failed" }),
        aTrip({ id: 3, url: "/api/v1/c", status: null, state: "cancelled" }),
        aTrip({ id: 4, url: "/api/v1/d", status: 400 }),
      ],
    });
    expect(row(/GET \/a/)).toHaveTextContent("under way");
    expect(row(/GET \/b/)).toHaveTextContent("failed");
    expect(row(/GET \/c/)).toHaveTextContent("cancelled");
    expect(row(/GET \/d/)).toHaveTextContent("error 400");
  });

  it("is walked by arrow keys and opened by Enter", async () => {
    const { user } = show();
    act(() => row(/open flight 123/).focus());
    await user.keyboard("{ArrowDown}{ArrowDown}");
    await waitFor(() => expect(row(/POST \/batch/)).toHaveFocus());
    await user.keyboard("{Enter}");
    expect(within(details()).getByRole("heading", { name: "POST /batch" })).toBeVisible();
    expect(row(/POST \/batch/)).toHaveAttribute("aria-selected", "true");
    await user.keyboard("{ArrowLeft}");
    expect(row(/POST \/batch/)).toHaveAttribute("aria-expanded", "false");
    expect(within(grid()).queryByRole("row", { name: /airlines\/UA/ })).not.toBeInTheDocument();
  });

  it("shows as many rows as there is room for, however many there are", () => {
    const roundTrips = Array.from({ length: 500 }, (_, id) => aTrip({ id, start: id * 100 }));
    show({ roundTrips });
    expect(grid()).toHaveAttribute("aria-rowcount", "504");
    expect(within(grid()).getAllByRole("row").length).toBeLessThan(60);
  });
});

describe("the details", () => {
  it("split the time into spans, and check that they add up", async () => {
    const { user } = show();
    await user.click(row(/GET \/flights/));
    const table = within(details()).getByRole("table", { name: "Where the time went" });
    expect(within(table).getByRole("row", { name: /^db/ })).toHaveTextContent("6.40");
    expect(within(table).getByRole("row", { name: /^unaccounted/ })).toHaveTextContent("0.40");
    expect(within(table).getByRole("row", { name: /^Sum/ })).toHaveTextContent("27.00");
    expect(within(table).getByRole("row", { name: /^Wall time/ })).toHaveTextContent("27.00✓ adds up");
  });

  it("say when the spans do not add up", async () => {
    const spans = [...spansFrom(0, ["network", 10]), ...spansFrom(4, ["db", 3])];
    const { user } = show({ roundTrips: [aTrip({ start: 0, end: 10, spans })], memoryHits: [] });
    await user.click(row(/GET/));
    expect(within(details()).getByRole("row", { name: /^Wall time/ })).toHaveTextContent("✗ off by 3.00");
  });

  it("show the reason, the statements, the sizes and the headers", async () => {
    const { user } = show();
    await user.click(row(/GET \/flights/));
    expect(details()).toHaveTextContent("the server had to ask the database");
    expect(details()).toHaveTextContent("1 statement, 6.4 ms");
    expect(details()).toHaveTextContent("4.2 kB on the wire, 18.7 kB decoded (22 %)");
    await user.click(within(details()).getByText("Response headers (2)"));
    expect(within(details()).getByText('W/"5d41402a"')).toBeVisible();
  });

  it("say when an answer is from the browser's cache, and that its server timing is old", async () => {
    const replay = aTrip({ source: "browser", freshTiming: false, statements: null });
    const { user } = show({ roundTrips: [replay], memoryHits: [] });
    await user.click(row(/GET/));
    expect(details()).toHaveTextContent("From the browser's own cache");
    expect(details()).toHaveTextContent("from an earlier exchange; it is not shown");
    expect(details()).toHaveTextContent("SQLnot known for this exchange");
  });

  it("lead from a batch to its parts and back", async () => {
    const { user } = show();
    await user.click(row(/POST \/batch/));
    await user.click(within(details()).getByRole("button", { name: "/airlines/UA?fields=name" }));
    expect(details()).toHaveTextContent("From the server's response cache");
    await user.click(within(details()).getByRole("button", { name: "POST /batch" }));
    expect(within(details()).getByRole("heading", { name: "POST /batch" })).toBeVisible();
  });
});

describe("the endpoints", () => {
  it("list percentiles, and describe the histogram in words", async () => {
    const { user } = show();
    await user.click(screen.getByRole("tab", { name: "Endpoints" }));
    const flights = screen.getByRole("row", { name: /GET \/flights\?fields&limit&origin/ });
    expect(within(flights).getAllByRole("cell", { name: "27 ms" })).toHaveLength(2);
    expect(within(flights).getByRole("img", { name: "1 from 20 to 50 ms" })).toBeVisible();
    expect(screen.getByRole("row", { name: /POST \/batch/ })).toHaveTextContent("from mixed sources");
  });
});

describe("the panel's actions", () => {
  it("pause, resume and clear", async () => {
    const { user, store } = show();
    await user.click(screen.getByRole("button", { name: "Pause" }));
    expect(await screen.findByText("Paused: what happens now is not recorded.")).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Resume" }));
    await user.click(screen.getByRole("button", { name: "Clear" }));
    expect(await screen.findByText(/No round trip yet/)).toBeVisible();
    expect(store.steered).toEqual(["pause", "resume", "clear"]);
  });

  it("save a HAR", async () => {
    const made: Blob[] = [];
    vi.stubGlobal(
      "URL",
      class extends URL {
        static override createObjectURL(blob: Blob) {
          made.push(blob);
          return "blob:har";
        }
        static override revokeObjectURL() {}
      },
    );
    const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
    const { user } = show();
    await user.click(screen.getByRole("button", { name: "Export HAR" }));
    expect(click).toHaveBeenCalledOnce();
    expect(made[0]?.size).toBeGreaterThan(1000);
  });

  it("show what the panel itself costs", () => {
    show();
    expect(screen.getByText(/recording 0.42 ms \(12 records\), drawing .* updates?\)/)).toBeVisible();
  });

  it("change the height by keyboard and by button", async () => {
    const { user } = show();
    const handle = screen.getByRole("separator", { name: "Height of the panel" });
    act(() => handle.focus());
    await user.keyboard("{ArrowUp}");
    expect(handle).toHaveAttribute("aria-valuenow", "55");
    await user.click(screen.getByRole("button", { name: "Taller" }));
    expect(handle).toHaveAttribute("aria-valuenow", "90");
    await user.click(screen.getByRole("button", { name: "Shorter" }));
    expect(handle).toHaveAttribute("aria-valuenow", "50");
  });
});

describe("Escape", () => {
  it("closes the panel from within it, but not from a field of the page", async () => {
    const { user, onClose } = show();
    await waitFor(() => expect(row(/open flight 123/)).toHaveFocus());
    await user.click(screen.getByRole("textbox", { name: "Search" }));
    await user.keyboard("{Escape}");
    expect(onClose).not.toHaveBeenCalled();
    act(() => row(/POST \/batch/).focus());
    await user.keyboard("{Escape}");
    expect(onClose).toHaveBeenCalledOnce();
  });
});
