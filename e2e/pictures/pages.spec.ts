/** Every page at 1280 and 390 px, by day and by night, and the timing panel over Explore. */
import { expect, openPanel, PAGES, settled, test } from "../tests/support.ts";

test.use({ complaints: /Failed to load resource/ });

for (const { name, path, heading } of PAGES) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(() => {
      test.use({ colorScheme });
      test(`${name}, ${colorScheme}`, { tag: "@everywhere" }, async ({ page }, { project }) => {
        const file = `${name.toLowerCase().replace(" ", "-")}-${project.name}-${colorScheme}`;
        await page.goto(path);
        await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
        await settled(page);
        await page.screenshot({ path: `screenshots/${file}.png` });
        if (path !== "/") return;
        const panel = await openPanel(page);
        await panel.getByRole("row", { level: 2 }).first().click();
        await page.screenshot({ path: `screenshots/panel-${project.name}-${colorScheme}.png` });
      });
    });
  }
}
