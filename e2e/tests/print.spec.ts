/** Paper: each page as a PDF, read back. Backgrounds are left to the page, as in the browser's own dialog. */
import type { Page } from "@playwright/test";
import { getDocumentProxy, getResolvedPDFJS } from "unpdf";
import { expect, FAILED, flightRows, PAGES, settled, test } from "./support.ts";

// unpdf needs this function, which Node.js 20 lacks.
if (!("transferToFixedLength" in ArrayBuffer.prototype)) {
  Object.defineProperty(ArrayBuffer.prototype, "transferToFixedLength", {
    value(this: ArrayBuffer, length?: number) {
      return this.slice(0, length);
    },
  });
}

test.use({ complaints: FAILED, colorScheme: "dark" }); // the page that is not found; what is dark on the screen

for (const { name, path, heading, tags = [] } of PAGES) {
  test(`${name} is printed in light colours, with its text and without its buttons`, { tag: tags }, async ({
    page,
  }) => {
    await page.goto(path);
    await settled(page);
    const { pages, colours } = await print(page);
    const text = pages.join(" ");
    expect(text).toContain(heading);
    for (const button of ["Search flights", "Timings", "Clear all"]) expect(text).not.toContain(button);
    for (const words of pages) expect(words.trim(), "a page of the paper").not.toBe("");
    expect(colours, "the night's paper").not.toContain("#12151a");
    expect(colours, "the night's ink").not.toContain("#eceef1");
    expect(colours, "the day's ink").toContain("#15181d");
  });
}

test("all loaded flights of Explore are printed, without room for others", async ({ page, request }) => {
  await page.goto("/");
  await expect(flightRows(page).first()).toBeVisible();
  await settled(page);
  const { pages } = await print(page);
  const { items } = await (await request.get("/api/v1/flights?limit=100&fields=carrier,flight")).json();
  const text = pages.join(" ");
  for (const { carrier, flight } of items) expect(text).toContain(`${carrier} ${flight}`);
  expect(text).toContain("There are more flights; these are the first ones.");
  expect(pages.length).toBeLessThan(9);
});

test("all charts of Delays are printed in colour, although none was scrolled to", async ({ page }) => {
  await page.goto("/delays");
  await settled(page);
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  const { pages, colours } = await print(page);
  const text = pages.join(" ");
  expect(text.match(/minutes after plan/g), "five charts' axes, and the heat map's note").toHaveLength(6);
  for (const words of ["Frontier Airlines Inc.", "Thursday", "Dec"]) expect(text).toContain(words);
  expect(colours, "on time, as in the legend").toContain("#b4bec8");
  expect(colours, "two hours late or more").toContain("#772312");
});

test("the map and the year of a flight are printed", async ({ page }) => {
  await page.goto("/flights/1");
  await settled(page);
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  const { pages } = await print(page);
  const text = pages.join(" ");
  for (const words of ["Planned and flown", "EWR", "IAH", "minutes after plan"])
    expect(text).toContain(words);
});

async function print(page: Page): Promise<{ pages: string[]; colours: string[] }> {
  const document = await getDocumentProxy(new Uint8Array(await page.pdf({ format: "A4" })));
  const { OPS } = await getResolvedPDFJS();
  const pages: string[] = [];
  const colours = new Set<string>();
  for (let number = 1; number <= document.numPages; number += 1) {
    const sheet = await document.getPage(number);
    const { items } = await sheet.getTextContent();
    const words = items.map((item) => ("str" in item ? item.str + (item.hasEOL ? " " : "") : ""));
    pages.push(words.join("").replace(/\s+/g, " "));
    const { fnArray, argsArray } = await sheet.getOperatorList();
    fnArray.forEach((operation, index) => {
      if (operation === OPS.setFillRGBColor) colours.add(String(argsArray[index][0]));
    });
  }
  return { pages, colours: [...colours] };
}
