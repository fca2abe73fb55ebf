/** Every piece of code that comes later may fail to come: the rest of the page lives on, and it can be asked for anew. */
import { screen, within } from "@testing-library/react";
import { ClientProvider } from "roundtrip-client/react";
import { beforeEach, expect, test, vi } from "vitest";
import { Route } from "../features/airports/Route";
import { ChartSection } from "../features/delays/ChartSection";
import { client, server } from "../test/appClient";
import { show, stubScreen } from "../test/screen";
import { AppRoutes } from "./App";
import { LinkBoundary } from "./LinkBoundary";
import { prepare } from "./pageCode";

const wire = vi.hoisted(() => ({
  isDown: true,
  /** A chunk of the build, in which a component would be. */
  chunk: (words: string) => ({
    get default() {
      if (wire.isDown) throw new TypeError("Failed to fetch dynamically imported module");
      return () => words;
    },
  }),
}));

vi.mock("./client", () => import("../test/appClient"));
vi.mock("../ui/WhenNear", () => ({ WhenNear: ({ children }: { children: React.ReactNode }) => children }));
vi.mock("./search/SearchDialog", () => wire.chunk("the dialog"));
vi.mock("./pages/DelaysPage", () => wire.chunk("the delays"));
vi.mock("./pages/ApiPage", () => wire.chunk("the reference"));
vi.mock("../features/airports/RouteMap", () => wire.chunk("the map"));
vi.mock("../features/delays/charts/Bars", () => wire.chunk("the bars"));

const EWR = {
  faa: "EWR",
  name: "Newark Liberty Intl",
  lat: 40.7,
  lon: -74.2,
  alt: 18,
  tz: -5,
  dst: "A",
  tzone: "America/New_York",
};

const application = (
  <ClientProvider client={client}>
    <LinkBoundary>
      <AppRoutes />
    </LinkBoundary>
  </ClientProvider>
);

beforeEach(() => {
  stubScreen();
  wire.isDown = true;
  server.replies
    .set("/airlines", { body: { items: [], next: null } })
    .set("/airports", { body: { items: [], next: null } });
});

test("the application starts at an address whose page did not come, and the page comes on Try again", async () => {
  await expect(prepare(new URL("/docs", location.href))).resolves.toBeUndefined();
  const { user } = show(application, "/docs");
  const page = within(screen.getByRole("main"));
  expect(await page.findByRole("alert")).toHaveTextContent("This could not be fetched.");
  wire.isDown = false;
  await user.click(page.getByRole("button", { name: "Try again" }));
  expect(await page.findByText("the reference")).toBeInTheDocument();
});

test("a page that did not come is asked for anew by going there again", async () => {
  const { user } = show(application, "/delays");
  const page = within(screen.getByRole("main"));
  expect(await page.findByRole("alert")).toBeInTheDocument();
  await user.click(screen.getByRole("link", { name: "API" }));
  wire.isDown = false;
  await user.click(screen.getByRole("link", { name: "Delays" }));
  expect(await page.findByText("the delays")).toBeInTheDocument();
});

test("a search that did not come leaves the page, can be closed, and comes at the next try", async () => {
  const { user } = show(application, "/nowhere");
  const button = screen.getByRole("button", { name: "Search flights, places, days" });
  await user.click(button);
  expect(await screen.findByRole("alert")).toHaveTextContent("The search could not be loaded");
  expect(screen.getByRole("heading", { name: "Page not found" })).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Close" }));
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  wire.isDown = false;
  await user.click(button);
  expect(await screen.findByText("the dialog")).toBeInTheDocument();
});

test("a chart that did not come says so in its section, beside its figures", async () => {
  const { user } = show(
    <ChartSection heading="By airline" what="Airline" direction="down" height={100} marks={[]} />,
  );
  const section = within(screen.getByRole("region", { name: "By airline" }));
  expect(await section.findByRole("alert")).toBeInTheDocument();
  expect(section.getByText(/As a table/)).toBeInTheDocument();
  wire.isDown = false;
  await user.click(section.getByRole("button", { name: "Try again" }));
  expect(await section.findByText("the bars")).toBeInTheDocument();
});

test("a map that did not come says so in its place, below the route's words", async () => {
  const { user } = show(<Route origin={EWR} dest={EWR} destCode="EWR" distance={1400} />);
  const section = within(screen.getByRole("region", { name: "Route" }));
  expect(await section.findByRole("alert")).toBeInTheDocument();
  expect(section.getByText(/1,400 miles/)).toBeInTheDocument();
  wire.isDown = false;
  await user.click(section.getByRole("button", { name: "Try again" }));
  expect(await section.findByText("the map")).toBeInTheDocument();
});
