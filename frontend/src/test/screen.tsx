/** Draws the page at an address as a user sees it, with the given answers of the API. */
import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { MemoryRouter, useLocation } from "react-router";
import { ClientProvider } from "roundtrip-client/react";
import { vi } from "vitest";
import { client, server } from "./appClient";

/** Browser features that jsdom lacks: IntersectionObserver, matchMedia and ResizeObserver. */
export function stubScreen({ phone = false } = {}): void {
  const list = { matches: phone, addEventListener: () => {}, removeEventListener: () => {} };
  vi.stubGlobal("matchMedia", () => list);
  vi.stubGlobal("scrollTo", () => {});
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      observe() {}
      disconnect() {}
    },
  );
}

export function show(page: ReactNode, at = "/") {
  client.queryClient.clear();
  const view = render(
    <ClientProvider client={client}>
      <MemoryRouter initialEntries={[at]}>
        {page}
        <Address />
      </MemoryRouter>
    </ClientProvider>,
  );
  return { ...view, user: userEvent.setup(), address: () => view.getByTestId("address").textContent };
}

/** Unfolds the controls of the filters; their code has to be here (`Controls.load`). */
export function openFilters(): void {
  fireEvent.click(screen.getByRole("button", { name: /^Filters/ }));
}

/** Every address that was requested, single or within a batch, below the API's root. */
export function asked(): string[] {
  return server.seen.flatMap(({ url, parts }) =>
    parts.length > 0 ? parts.map((part) => part.url.replace("/api/v1", "")) : [url],
  );
}

function Address() {
  const { pathname, search } = useLocation();
  return <output data-testid="address">{pathname + search}</output>;
}
