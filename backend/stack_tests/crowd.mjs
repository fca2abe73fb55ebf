// Many requests at once, or at a rate, over a few HTTP/2 connections. Python's standard library has no HTTP/2.
//
// Reads from standard input {"url", "connections", "rate", "requests": [{"path", "headers"}]}: all at once, or `rate` of
// them a second. Writes a JSON list, in the order of the requests: [status, begun, ended, headers], times in
// milliseconds since the first one was sent. A status of 0 is a request without an answer.
import { connect } from "node:http2";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { url, connections, rate = 0, requests } = JSON.parse(Buffer.concat(chunks));

const connected = () =>
  new Promise((resolve, reject) => {
    const session = connect(url, { rejectUnauthorized: false }); // a certificate of this machine's own making
    session.once("error", reject);
    session.once("remoteSettings", () => resolve(session)); // how many streams it may have
  });
const sessions = [];
for (let n = 0; n < connections; n += 1) sessions.push(await connected());
for (const session of sessions) session.on("error", () => {}); // each of its streams tells

const start = performance.now();
const since = () => Math.round((performance.now() - start) * 10) / 10;

function ask({ path, headers = {} }, session) {
  return new Promise((resolve) => {
    const begun = since();
    let told = {};
    const stream = session.request({ ":path": path, "accept-encoding": "br", ...headers });
    stream.on("response", (answer) => {
      told = answer;
    });
    stream.on("error", () => {
      told = {}; // cut off
    });
    stream.on("close", () => resolve([told[":status"] ?? 0, begun, since(), told]));
    stream.resume();
    stream.end();
  });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const answers = [];
for (const [n, request] of requests.entries()) {
  while (rate && since() < (n / rate) * 1000) await pause(1);
  answers.push(ask(request, sessions[n % sessions.length]));
}
process.stdout.write(JSON.stringify(await Promise.all(answers)));
for (const session of sessions) session.destroy();
