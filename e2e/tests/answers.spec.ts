/** Questions that people have, asked as they would ask them: each is answered after at most four gestures. */
import type { Page } from "@playwright/test";
import { expect, fact, settled, test } from "./support.ts";

/** Each key that is pressed, and each text that is typed in one go, is a gesture. */
async function ask(page: Page, ...gestures: { press?: string; type?: string }[]): Promise<void> {
  expect(gestures.length).toBeLessThanOrEqual(4);
  await page.goto("/");
  await settled(page);
  for (const { press, type } of gestures) {
    if (press) await page.keyboard.press(press);
    if (type) await page.keyboard.type(type);
    if (press === "/")
      await expect(page.getByRole("combobox", { name: "A flight, a place, a day" })).toBeFocused();
  }
}

const verdict = (page: Page) => page.getByRole("region", { name: "Verdict" });

test("which airline is least late from JFK to LAX on a Friday evening", async ({ page, request }) => {
  await ask(
    page,
    { press: "/" },
    { type: "Friday evening JFK-LAX" },
    { press: "ArrowDown" },
    { press: "Enter" },
  );
  await expect(page).toHaveURL("/delays?origin=JFK&dest=LAX&hour=17-21&weekday=5");
  const report =
    "/api/v1/delays?origin=JFK&dest=LAX&hour=17-21&weekday=5&by=carrier&fields=carrier,mean_delay,count";
  const { items } = (await (await request.get(report)).json()) as {
    items: { carrier: string; mean_delay: number; count: number }[];
  };
  const [best] = items.filter(({ count }) => count >= 30).sort((a, b) => a.mean_delay - b.mean_delay);
  const { name } = await (await request.get(`/api/v1/airlines/${best?.carrier}`)).json();
  await expect(fact(verdict(page), "Airline, least late")).toHaveText(name);
  await expect(verdict(page)).toContainText(`${best?.count} flights`);
});

test("whether mornings are better from Newark", async ({ page }) => {
  await ask(page, { press: "/" }, { type: "whether mornings are better from Newark" }, { press: "Enter" });
  await expect(page).toHaveURL("/delays?origin=EWR");
  await expect(fact(verdict(page), "Time of day, least late")).toHaveText("Morning, 05:00–11:59");
  await expect(verdict(page)).toContainText("Most: Evening, 17:00–21:59, +20.7 min");
});

test("which airline to take to Boston", async ({ page }) => {
  await ask(page, { press: "/" }, { type: "which airline to take to boston" }, { press: "Enter" });
  await expect(page).toHaveURL("/delays?dest=BOS");
  await expect(fact(verdict(page), "Airline, least late")).toHaveText(/\w/);
  await expect(page.getByRole("region", { name: "By airline" })).toContainText("Least late:");
});

test("how UA 1545 fared, as people write it", async ({ page }) => {
  await ask(page, { press: "/" }, { type: "united 1545" }, { press: "Enter" });
  await expect(page).toHaveURL("/numbers/UA1545");
  await expect(fact(page.getByRole("region", { name: "Summary" }), "on time")).toHaveText(/^\d+\.\d%$/);
});
