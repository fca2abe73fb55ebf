import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { inspectionPath, ownPath } from "../../src/panel/inspection.ts";
import { SpanTable } from "../../src/panel/SpanTable.tsx";
import { spansFrom } from "./fixtures.ts";

afterEach(() => vi.unstubAllGlobals());

/** Makes the page one whose server has named this path. */
function served(description: string | null): void {
  const serverTiming = description === null ? [] : [{ name: "inspection", description, duration: 0 }];
  vi.spyOn(performance, "getEntriesByType").mockReturnValue([{ serverTiming } as never]);
}

const table = (url?: string) =>
  render(<SpanTable spans={spansFrom(0, ["network", 5], ["db", 3])} start={0} end={8} url={url} />);

const answer = {
  database: "postgresql",
  status: 200,
  runs: 5,
  statements: [
    {
      sql: "SELECT 1 FROM flights WHERE id = %(id)s",
      values: [{ name: "id", value: 7 }],
      plan: ["Index Scan using pk_flights on flights", "  Buffers: shared hit=3"],
      indexes: ["pk_flights"],
      rows_looked_at: 1234,
      rows: 1,
      ms: 0.25,
    },
  ],
  left_out: 2,
};

describe("the inspection", () => {
  it.each([
    ["/api/inspection", "/api/inspection"],
    ["//elsewhere.example", null],
    ["https://elsewhere.example/", null],
    ["", null],
    [null, null],
  ])("whose path is told as %s is asked at %s", (told, path) => {
    served(told);
    expect(inspectionPath()).toBe(path);
  });

  it("looks at the page's own server alone", () => {
    expect(ownPath("/api/v1/flights?origin=JFK")).toBe("/api/v1/flights?origin=JFK");
    expect(ownPath(`${location.origin}/api/v1/flights`)).toBe("/api/v1/flights");
    expect(ownPath("https://elsewhere.example/api/v1/flights")).toBeNull();
  });

  it("is offered where the server has it, for a GET of its own", () => {
    served(null);
    const { unmount } = table("/flights");
    expect(screen.queryByRole("button")).toBeNull();
    unmount();
    served("/inspect");
    table("https://elsewhere.example/flights");
    table();
    expect(screen.queryByRole("button")).toBeNull();
    table("/flights");
    expect(screen.getByRole("button", { name: "Show the statements" })).toBeVisible();
  });

  it("shows what the database tells", async () => {
    served("/inspect");
    const fetch = vi.fn(async (_address: string) => Response.json(answer));
    vi.stubGlobal("fetch", fetch);
    table("/flights?id=7&limit=1");
    await userEvent.click(screen.getByRole("button", { name: "Show the statements" }));
    const statement = await screen.findByRole("region", { name: "Statement 1" });
    expect(fetch.mock.calls[0]?.[0]).toBe("/inspect/statements?url=%2Fflights%3Fid%3D7%26limit%3D1");
    expect(statement).toHaveTextContent("pk_flights");
    expect(statement).toHaveTextContent("1 row returned; 1,234 rows looked at");
    expect(statement).toHaveTextContent("0.25 ms, the median of 5 runs");
    expect(statement).toHaveTextContent("Plan of PostgreSQL");
    expect(screen.getByText("2 more statements ran, which are not shown.")).toBeVisible();
  });

  it.each([
    [() => Response.json({ detail: "It is busy." }, { status: 503 }), "It is busy."],
    [() => new Response("<html>", { status: 502 }), "The server answered 502."],
    [() => Promise.reject(new TypeError("Failed to fetch")), "The server could not be reached."],
  ])("says why nothing is known", async (fails, words) => {
    served("/inspect");
    vi.stubGlobal("fetch", async () => fails());
    table("/flights");
    await userEvent.click(screen.getByRole("button", { name: "Show the statements" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(`The statements are not known. ${words}`);
  });
});
