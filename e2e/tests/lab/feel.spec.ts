/** "Feel it": a guess, one answer of two sides, and both replayed from one start. */
import { expect, test, violations } from "../support.ts";
import { through } from "./support.ts";

test("six questions over a slow network fill two boards at true speed, and the guess is judged", {
  tag: "@lab",
}, async ({ page, request }) => {
  test.setTimeout(60_000);
  await page.goto(await through(request, "100 ms", "batch"));
  const feel = page.getByRole("region", { name: "Feel it" });
  await feel.getByRole("radio", { name: "One batch is faster" }).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  const slow = feel.getByRole("img", { name: /^One by one: [1-5] of 6 squares are full$/ });
  await expect(slow).toBeVisible({ timeout: 20_000 });
  await expect(feel.getByRole("img", { name: "One batch: 6 of 6 squares are full" })).toBeVisible();
  await expect(feel.getByText(/One batch was faster\. You guessed right\./)).toBeVisible();
  await expect(feel.getByRole("img", { name: "One by one: 6 of 6 squares are full" })).toBeVisible();
  await expect(feel.getByRole("checkbox")).toHaveCount(0);
  expect(await violations(page)).toEqual([]);

  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.reload();
  await feel.getByRole("radio", { name: "No difference that I can feel" }).check();
  await feel.getByRole("button", { name: "Ask both sides" }).click();
  await expect(feel.getByText(/One batch was faster\. You guessed otherwise\./)).toBeVisible();
  await expect(feel.getByRole("button", { name: "Play it again" })).toHaveCount(0);
});
