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

beforeEach(() => {
  stubScreen();
  vi.stubGlobal("fetch", async () => Response.json(DOCUMENT));
});

test("describes each address with an example to open, its parameters and its fields", async () => {
  const { user } = show(<ApiPage />, "/docs");
  const section = await screen.findByRole("region", { name: "GET /api/v1/airlines" });
  expect(within(section).getByRole("link", { name: /airlines\?q=/ })).toHaveAttribute(
    "href",
    "/api/v1/airlines?q=air",
  );
  expect(within(section).getByRole("row", { name: /limit integer, 1 to 200 .*50/ })).toBeInTheDocument();
  await user.click(within(section).getByText("2 fields"));
  expect(within(section).getByRole("row", { name: /^carrier.*string/ })).toBeInTheDocument();
  expect(within(section).getByRole("row", { name: /name string or null/ })).toBeInTheDocument();
});
