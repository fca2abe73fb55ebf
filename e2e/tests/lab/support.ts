/** Helpers for the tests of the Lab: its catalogue, its links, and a run by the page's controls. */
import type { APIRequestContext, Locator, Page } from "@playwright/test";
import { expect } from "../support.ts";

interface Catalogue {
  experiments: { name: string; title: string; sides: { label: string; needs: string | null }[] }[];
  links: { name: string; port: number }[];
}

export async function catalogue(request: APIRequestContext): Promise<Catalogue> {
  return (await request.get("/api/lab/experiments")).json();
}

/** The address of an experiment, as it is reached through a link: another port of the same server. */
export async function through(request: APIRequestContext, network: string, path: string): Promise<string> {
  const answer = await request.get("/api/lab/experiments");
  const { links }: Catalogue = await answer.json();
  const link = links.find(({ name }) => name === network);
  expect(link, `a link of ${network}`).toBeDefined();
  const url = new URL(`/lab/${path}`, answer.url());
  url.port = String(link?.port);
  return url.href;
}

export async function run(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByTestId("verdict").first()).toBeVisible({ timeout: 60_000 });
}

export const measured = (page: Page, measure: string): Locator =>
  page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: measure, exact: true }) });
