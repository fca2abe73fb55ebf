import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { show, stubScreen } from "../../test/screen";
import ApiPage from "./ApiPage";

vi.mock("../client", () => import("../../test/appClient"));

const DOCUMENT = {
  info: { title: "Roundtrip", version: "1" },
  paths: {
    "/api/v1/airlines": {
      get: {
        operationId: "airlines",
        summary: "Airlines, a page at a time.",
        parameters: [
          {
            name: "fields",
            in: "query",
            schema: { type: "array", items: { enum: ["carrier", "name"] }, default: ["carrier"] },
          },
          { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 200, default: 50 } },
        ],
        responses: {
          "200": {
            description: "The answer.",
            content: {
              "application/json": {
                schema: {
                  type: "object",
                  properties: { items: { type: "array", items: { $ref: "#/components/schemas/Airline" } } },
                },
              },
            },
          },
        },
      },
    },
  },
  components: {
    schemas: {
      Airline: {
        type: "object",
        properties: { carrier: { type: "string" }, name: { type: ["string", "null"] } },
      },
    },
  },
};

class AllInView {
  private readonly callback: IntersectionObserverCallback;
  constructor(callback: IntersectionObserverCallback) {
    this.callback = callback;
  }
  observe(target: Element) {
    const entry = {
      target,
      isIntersecting: true,
      boundingClientRect: { top: 0 },
      rootBounds: { bottom: 400 },
    };
    this.callback([entry as IntersectionObserverEntry], this as unknown as IntersectionObserver);
  }
  disconnect() {}
}

beforeEach(() => {
  stubScreen();
  vi.stubGlobal("IntersectionObserver", AllInView);
  vi.stubGlobal("fetch", async (url: string) =>
    String(url).includes("openapi.json")
      ? Response.json(DOCUMENT)
      : Response.json({ items: [{ name: "openapi sample" }] }),
  );
});

test("describes each address with a sample answer, its parameters and its fields", async () => {
  const { user } = show(<ApiPage />, "/docs");
  const section = await screen.findByRole("region", { name: "GET /api/v1/airlines" });
  expect(await within(section).findByText(/"openapi sample"/)).toBeInTheDocument();
  expect(within(section).getByRole("textbox", { name: "GET address" })).toHaveValue("/api/v1/airlines?q=air");
  expect(within(section).getByRole("row", { name: /limit integer, 1 to 200 .*50/ })).toBeInTheDocument();
  await user.click(within(section).getByText("2 fields"));
  expect(within(section).getByRole("row", { name: /^carrier.*string/ })).toBeInTheDocument();
  expect(within(section).getByRole("row", { name: /name string or null/ })).toBeInTheDocument();
});

test("another address is asked, and its program is copied", async () => {
  const { user } = show(<ApiPage />, "/docs");
  const section = await screen.findByRole("region", { name: "GET /api/v1/airlines" });
  const address = await within(section).findByRole("textbox", { name: "GET address" });
  await user.clear(address);
  await user.type(address, "/api/v1/airlines?limit=1{Enter}");
  await user.click(within(section).getByRole("radio", { name: "Python" }));
  expect(within(section).getByText(/requests\.get\(".*\/api\/v1\/airlines\?limit=1"/)).toBeInTheDocument();
  const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
  await user.click(within(section).getByRole("button", { name: "Copy the request in Python" }));
  expect(write).toHaveBeenCalledWith(expect.stringContaining("requests.get"));
});
