/** A trace begins with the click: the browser names it, and the server's spans go to a receiver under that name. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "../server.mjs";
import { expect, settled, test } from "./support.ts";

test("a click, its batch and the server's spans are one trace", { tag: "@own" }, async ({ page }) => {
  const received: Buffer[] = [];
  const receiver = createServer(async (request, response) => {
    for await (const chunk of request) received.push(chunk);
    response.writeHead(200, { "Content-Length": 0 }).end();
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const { port } = receiver.address() as AddressInfo;
  const server = await serve({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_BSP_SCHEDULE_DELAY: "50",
  });
  try {
    const asked = page.waitForRequest(/\/api\/v1\/batch/);
    await page.goto(server.url);
    await settled(page);
    const { traceparent = "" } = await (await asked).allHeaders();
    expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);

    const answer = await (await asked).response();
    const [, trace = "", caller = ""] = traceparent.split("-");
    expect(await answer?.headerValue("server-timing")).toContain(`traceparent;desc="00-${trace}-`);
    const holds = (hexadecimal: string) => Buffer.concat(received).includes(Buffer.from(hexadecimal, "hex"));
    await expect.poll(() => holds(trace) && holds(caller)).toBe(true);
  } finally {
    server.stop();
    receiver.close();
  }
});

test("if the server makes no traces, no request names one", async ({ page }) => {
  const asked = page.waitForRequest(/\/api\/v1\/batch/);
  await page.goto("/");
  expect(await (await asked).allHeaders()).not.toHaveProperty("traceparent");
});
