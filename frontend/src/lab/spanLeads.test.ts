import { beforeEach, expect, test, vi } from "vitest";

const LEAD = { technique: "backend/a/query_plan.py", experiment: "n_plus_one", title: "One statement" };
const asked = vi.fn();

beforeEach(() => {
  vi.resetModules();
  asked.mockReset().mockImplementation(async () => Response.json({ spans: { db: LEAD } }));
  vi.stubGlobal("fetch", asked);
});

async function loadOn(...serverTiming: { name: string }[]) {
  Object.assign(performance, { getEntriesByType: () => [{ serverTiming }] });
  const { loadLeads } = await import("./spanLeads");
  return loadLeads;
}

test("a span leads to its technique and to its experiment, and the server is asked once", async () => {
  const loadLeads = await loadOn({ name: "lab" });
  const leads = {
    db: [
      { label: "query_plan.py", href: "/lab/source/backend/a/query_plan.py" },
      { label: "Lab: One statement", href: "/lab/n_plus_one" },
    ],
  };
  expect(await loadLeads()).toEqual(leads);
  expect(await loadLeads()).toEqual(leads);
  expect(asked).toHaveBeenCalledTimes(1);
});

test("a server without the Lab is not asked", async () => {
  const loadLeads = await loadOn();
  expect(await loadLeads()).toEqual({});
  expect(asked).not.toHaveBeenCalled();
});

test("after a refusal the server is asked again", async () => {
  const loadLeads = await loadOn({ name: "lab" });
  asked.mockResolvedValueOnce(Response.json({ title: "Too Many Requests" }, { status: 429 }));
  await expect(loadLeads()).rejects.toThrow("Too Many Requests");
  expect(Object.keys(await loadLeads())).toEqual(["db"]);
});
