import { screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { server } from "../../test/appClient";
import { show, stubScreen } from "../../test/screen";
import { SearchButton } from "./SearchButton";

vi.mock("../client", () => import("../../test/appClient"));

beforeEach(() => {
  stubScreen();
  server.replies
    .set("/airlines", { body: { items: [{ carrier: "UA", name: "United Air Lines Inc." }], next: null } })
    .set("/airports", { body: { items: [{ faa: "SAN", name: "San Diego Intl" }], next: null } });
});

test.each(["/", "{Control>}k{/Control}"])(
  "%s opens the search from anywhere, and Enter goes to what was found",
  async (keys) => {
    const { user, address } = show(<SearchButton />, "/delays");
    await user.keyboard(keys);
    const input = await screen.findByRole("combobox", { name: /An airport or an airline/ });
    await user.type(input, "san");
    await screen.findByRole("option", { name: /San Diego Intl/ });
    await user.keyboard("{Enter}");
    await waitFor(() => expect(address()).toBe("/?dest=SAN"));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  },
);

test("finds a destination that the airports' list does not have", async () => {
  const { user, address } = show(<SearchButton />);
  await user.keyboard("/");
  await user.type(await screen.findByRole("combobox", { name: /An airport or an airline/ }), "san ju");
  await user.click(await screen.findByRole("option", { name: /San Juan/ }));
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
