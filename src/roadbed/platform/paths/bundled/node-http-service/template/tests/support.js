// A scripted upstream on a real socket, and the service as a process of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Answers with `plan` in order, then with its last entry; a plan entry is [status, milliseconds to wait]. */
export async function startUpstream() {
  const fake = { plan: [[200, 0]], received: [] };
  const server = createServer((request, response) => {
    fake.received.push(request.headers);
    server.emit("received");
    const [status, wait] = fake.plan.length > 1 ? fake.plan.shift() : fake.plan[0];
    // Unreferenced, so that an answer nobody waits for does not hold up the end of the tests.
    setTimeout(() => response.writeHead(status).end("Welcome"), wait).unref();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  fake.url = `http://127.0.0.1:${server.address().port}`;
  fake.nextRequest = () => once(server, "received");
  fake.stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return fake;
}

/** flags.json with the flag turned on, as a person would do it. */
export function flagOn() {
  const text = readFileSync(join(ROOT, "flags.json"), "utf8");
  const path = join(mkdtempSync(join(tmpdir(), "flags-")), "flags.json");
  writeFileSync(path, text.replace('"defaultVariant": "off"', '"defaultVariant": "on"'));
  return path;
}

/** The service itself; resolves once it listens. */
export async function startService(env = {}) {
  const port = await freePort();
  const child = spawn(process.execPath, ["src/index.js"], {
    cwd: ROOT,
    env: { ...process.env, LOG_LEVEL: "info", HOST: "127.0.0.1", PORT: String(port), ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const service = { child, lines: [], url: `http://127.0.0.1:${port}` };
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  const listening = new Promise((resolve, reject) => {
    lines.on("line", (text) => {
      service.lines.push(JSON.parse(text));
      if (service.lines.at(-1).message === "listening") resolve();
    });
    exited.then(([code]) => reject(new Error(`ended with ${code}: ${JSON.stringify(service.lines)}`)));
  });
  await listening;
  // A connection of its own each time: a kept one would hold up the drain that some tests watch.
  service.get = (path, options = {}) =>
    fetch(service.url + path, { ...options, headers: { Connection: "close", ...options.headers } });
  service.stop = async () => {
    child.kill("SIGTERM");
    const [code] = await exited;
    return code;
  };
  return service;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
