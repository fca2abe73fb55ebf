import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { show, stubScreen } from "../../test/screen";
import { SearchButton } from "./SearchButton";

vi.mock("../client", () => import("../../test/appClient"));

beforeEach(() => {
  stubScreen();
  localStorage.clear();
});

test.each(["/", "{Control>}k{/Control}"])(
  "%s opens the search from anywhere, and Enter goes to what was found",
  async (keys) => {
    const { user, address } = show(<SearchButton />, "/delays");
    await user.keyboard(keys);
    const input = await screen.findByRole("combobox", { name: /A flight, a place/ });
    await user.type(input, "san");
    await screen.findByRole("option", { name: /San Diego Intl.*page of the airport$/ });
    await user.keyboard("{Enter}");
    await waitFor(() => expect(address()).toBe("/airports/SAN"));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  },
);

test("finds a destination that the airports' list does not have", async () => {
  const { user, address } = show(<SearchButton />);
  await user.keyboard("/");
  await user.type(await screen.findByRole("combobox", { name: /A flight, a place/ }), "san ju");
  await user.click(await screen.findByRole("option", { name: /San Juan.*flights$/ }));
  await waitFor(() => expect(address()).toBe("/?dest=SJU"));
});

test("a slash that is being typed stays one", async () => {
  const { user } = show(
    <>
      <input aria-label="Somewhere" />
      <SearchButton />
    </>,
  );
  await user.type(screen.getByRole("textbox", { name: "Somewhere" }), "a/b");
  expect(screen.getByRole("textbox", { name: "Somewhere" })).toHaveValue("a/b");
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

test("a question in words leads to its flights, and the next choice to their charts, with the filters in use", async () => {
  const { user, address } = show(<SearchButton />, "/delays?carrier=DL");
  await user.keyboard("/");
  await user.type(
    await screen.findByRole("combobox", { name: /A flight, a place/ }),
    "friday evening jfk to lax",
  );
  await screen.findAllByRole("option", { name: /JFK to LAX, Fridays, 17:00–21:59/ });
  await user.keyboard("{ArrowDown}{Enter}");
  await waitFor(() => expect(address()).toBe("/delays?origin=JFK&dest=LAX&carrier=DL&hour=17-21&weekday=5"));
});

test.each([
  ["UA1545", "/numbers/UA1545"],
  ["JFK LAX", "/routes/JFK-LAX"],
  ["boston", "/airports/BOS"],
  ["hawaiian", "/airlines/HA"],
])("“%s” leads to the page about it, and the next choice to its flights", async (query, page) => {
  const { user, address } = show(<SearchButton />);
  await user.keyboard("/");
  const field = await screen.findByRole("combobox", { name: /A flight, a place/ });
  await user.type(field, query);
  const [about, list] = await screen.findAllByRole("option");
  expect(about).toHaveTextContent(/page of the (flight number|route|airport|airline)$/);
  expect(list).toHaveTextContent(/flights$/);
  await user.keyboard("{Enter}");
  await waitFor(() => expect(address()).toBe(page));
});

test("under filters in use the flights come first, and keep them", async () => {
  const { user, address } = show(<SearchButton />, "/?month=2013-07");
  await user.keyboard("/");
  await user.type(await screen.findByRole("combobox", { name: /A flight, a place/ }), "jfk lax{Enter}");
  await waitFor(() => expect(address()).toBe("/?origin=JFK&dest=LAX&month=2013-07"));
});

test("before anything is typed there is what was asked last, and where to begin", async () => {
  const { user, address } = show(<SearchButton />, "/docs");
  await user.keyboard("/");
  await user.click(await screen.findByRole("option", { name: /JFK to LAX, Friday evening/ }));
  await waitFor(() => expect(address()).toBe("/delays?origin=JFK&dest=LAX&hour=17-21&weekday=5"));
  await user.keyboard("/");
  const last = await screen.findByRole("group", { name: "Asked last" });
  expect(within(last).getByRole("option", { name: /JFK to LAX, Friday evening/ })).toBeInTheDocument();
});

test("pages and actions are found by their names", async () => {
  const { user } = show(<SearchButton />, "/");
  await user.keyboard("/");
  const field = await screen.findByRole("combobox", { name: /A flight, a place/ });
  await user.type(field, "delays");
  expect(await screen.findByRole("option", { name: /Delays/ })).toBeInTheDocument();
  await user.clear(field);
  await user.type(field, "dark");
  await user.click(await screen.findByRole("option", { name: "Night edition" }));
  expect(document.documentElement.dataset.theme).toBe("dark");
  delete document.documentElement.dataset.theme;
});

test("an action may be asked for in several words, and with a wrong letter", async () => {
  const { user } = show(<SearchButton />, "/");
  await user.keyboard("/");
  const field = await screen.findByRole("combobox", { name: /A flight, a place/ });
  await user.type(field, "dark mode");
  expect(await screen.findByRole("option", { name: "Night edition" })).toBeInTheDocument();
  await user.clear(field);
  await user.type(field, "ligth");
  expect(await screen.findByRole("option", { name: "Day edition" })).toBeInTheDocument();
});

test("what the search does not know is said to be unknown", async () => {
  const { user } = show(<SearchButton />);
  await user.keyboard("/");
  await user.type(await screen.findByRole("combobox", { name: /A flight, a place/ }), "export");
  expect(await screen.findByText("Nothing here is called “export”.")).toBeVisible();
});
