/** A small server that speaks the API's contract over real HTTP, for tests of the client. */
import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { encode } from "@msgpack/msgpack";

const ROOT = "/api/v1";

interface Seen {
  method: string;
  /** Below the API's root, decoded. */
  url: string;
  headers: IncomingMessage["headers"];
  body: unknown;
  parts: { id: string; url: string; headers: Record<string, string> }[];
  closedEarly: boolean;
}

interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Milliseconds before the answer. */
  after?: number;
}

export interface TestServer {
  baseURL: `${string}/api/v1`;
  seen: Seen[];
  /** The answers by path below the root; by default `{ url }`. */
  replies: Map<string, Reply | ((url: URL) => Reply)>;
  cacheControl: string;
  /** The failure of a batch: a status of its own, or an end after some lines. */
  batchFails:
    | { status: number; headers?: Record<string, string>; times?: number }
    | { afterLines: number }
    | null;
  /** The headers of the answers to batches. */
  batchHeaders: Record<string, string>;
  close(): Promise<void>;
}

export async function startServer(): Promise<TestServer> {
  const http = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;

  const server: TestServer = {
    baseURL: `http://127.0.0.1:${port}${ROOT}`,
    seen: [],
    replies: new Map(),
    cacheControl: "public, max-age=60, stale-while-revalidate=600",
    batchFails: null,
    batchHeaders: {},
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = (request.url ?? "").replace(ROOT, "");
    const body = JSON.parse((await textOf(request)) || "{}") as { requests?: Seen["parts"] };
    const { method = "", headers } = request;
    const seen: Seen = { method, url, headers, body, parts: body.requests ?? [], closedEarly: false };
    server.seen.push(seen);
    response.sendDate = false; // tests set the client's clock, not the server's
    response.on("close", () => {
      seen.closedEarly = !response.writableFinished;
    });
    if (url === "/batch") return answerBatch(seen.parts, response);

    const reply = await answerOne(url, headers["if-none-match"]);
    const timing = `rid;desc="${randomUUID()}", app;dur=0.5, db;dur=0.2;desc="1 statement", serialize;dur=0.1`;
    const binary = headers.accept?.startsWith("application/msgpack");
    const bytes = reply.status === 304 ? "" : binary ? encode(reply.body) : JSON.stringify(reply.body);
    if (binary) reply.headers["content-type"] = "application/msgpack";
    response.writeHead(reply.status, { ...reply.headers, "server-timing": timing }).end(bytes);
  }

  async function answerOne(
    url: string,
    validator: string | undefined,
  ): Promise<Required<Omit<Reply, "after">>> {
    const parsed = new URL(url, "http://test");
    const found = server.replies.get(parsed.pathname);
    const reply = (typeof found === "function" ? found(parsed) : found) ?? { body: { url } };
    await sleep(reply.after ?? 0);
    const { status = 200, body = null } = reply;
    if (status >= 400) {
      const headers = {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        ...reply.headers,
      };
      return { status, headers, body };
    }
    const etag = `W/"${createHash("sha1").update(JSON.stringify(body)).digest("hex")}"`;
    const headers = {
      "content-type": "application/json",
      etag,
      "cache-control": server.cacheControl,
      "cache-status": "roundtrip; fwd=uri-miss; stored",
      ...reply.headers,
    };
    return validator === etag ? { status: 304, headers, body: null } : { status, headers, body };
  }

  async function answerBatch(parts: Seen["parts"], response: ServerResponse): Promise<void> {
    const fails = server.batchFails;
    if (fails && "status" in fails) {
      if (fails.times !== undefined)
        server.batchFails = fails.times > 1 ? { ...fails, times: fails.times - 1 } : null;
      response.writeHead(fails.status, { "content-type": "application/problem+json", ...fails.headers });
      response.end(JSON.stringify({ type: "about:blank", title: "Refused", status: fails.status }));
      return;
    }
    const began = performance.now();
    const rid = `rid;desc="${randomUUID()}", app;dur=0.1`;
    response.writeHead(200, {
      "content-type": "application/x-ndjson",
      "server-timing": rid,
      ...server.batchHeaders,
    });
    let lines = 0;
    await Promise.all(
      parts.map(async (part) => {
        const start = performance.now() - began;
        const answer = await answerOne(part.url.replace(ROOT, ""), part.headers["If-None-Match"]);
        const timing = {
          start,
          app: performance.now() - began - start,
          db: 0.1,
          statements: 1,
          serialize: 0.05,
        };
        if (fails && lines >= fails.afterLines) return;
        lines += 1;
        response.write(`${JSON.stringify({ id: part.id, ...answer, timing })}\n`);
      }),
    );
    if (fails) response.destroy();
    else response.end();
  }

  return server;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}
