import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ClientProvider, useClientOf } from "../../src/react.tsx";
import { clientOf, type TestClient } from "../api.ts";
import { startServer, type TestServer } from "../server.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.close());

const useClient = useClientOf<TestClient>;

function Page() {
  const client = useClient();
  const airline = useQuery(client.one("/airlines/{carrier}", { carrier: "UA" }, ["name"]));
  const flights = useInfiniteQuery(client.list("/flights", {}, ["id"]));
  return (
    <p>
      {airline.data?.name} {flights.data?.pages[0]?.items[0]?.id}
    </p>
  );
}

test("a component asks through the client of its provider", async () => {
  server.replies.set("/airlines/UA", { body: { name: "United" } });
  server.replies.set("/flights", { body: { items: [{ id: 7 }], next: null } });

  render(
    <ClientProvider client={clientOf(server.baseURL)}>
      <Page />
    </ClientProvider>,
  );

  expect(await screen.findByText("United 7")).toBeVisible();
  expect(server.seen).toHaveLength(1);
});

test("without a provider the error names the missing provider", () => {
  expect(() => render(<Page />)).toThrow("needs a <ClientProvider> above it");
});
