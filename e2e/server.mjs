/** The application as `make run` serves it: the built frontend, the loaded database, gunicorn. */
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

export const backend = fileURLToPath(new URL("../backend", import.meta.url));
export const command = ".venv/bin/python -m gunicorn";

/** Where the server has to listen, whatever the shell says. */
export const here = (port) => ({ ROUNDTRIP_HOST: "127.0.0.1", ROUNDTRIP_PORT: String(port) });

/** A port that nobody listens on. */
export async function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Serves with these settings, on a port of its own, until `stop` is called. */
export async function serve(settings = {}) {
  const port = await freePort();
  const [program, ...rest] = command.split(" ");
  const server = spawn(program, rest, {
    cwd: backend,
    env: {
      LAB: "on", // the Lab
      ...process.env,
      ...here(port),
      ...settings,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve, reject) => {
    server.stdout.once("data", resolve); // it says so when it answers
    server.once("exit", (code) => reject(new Error(`the server ended with code ${code}`)));
  });
  server.removeAllListeners("exit");
  return { url: `http://127.0.0.1:${port}`, stop: () => server.kill("SIGTERM") };
}
