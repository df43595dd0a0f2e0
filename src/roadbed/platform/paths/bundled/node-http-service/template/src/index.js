// The process: listens, and on SIGTERM finishes what it has begun.

import { createServer } from "node:http";

import { createApp } from "./app.js";
import { log } from "./log.js";
import { readSettings } from "./settings.js";

const settings = readSettings();
const app = createApp(settings);
const server = createServer(app.handler);

// Longer than the proxy in front keeps an idle connection, so that we never close one it is about to use.
server.keepAliveTimeout = 75_000;
server.headersTimeout = 10_000;
server.requestTimeout = 30_000;

server.on("error", (error) => {
  log("error", "cannot listen", { host: settings.host, port: settings.port, detail: error.message });
  process.exit(1);
});

function drain(signal) {
  if (app.draining) return;
  app.draining = true;
  log("info", "draining", { signal });
  const limit = setTimeout(() => {
    log("warning", "requests cut off", { after_seconds: settings.drainMs / 1000 });
    server.closeAllConnections();
  }, settings.drainMs);
  server.close(() => {
    clearTimeout(limit);
    log("info", "stopped");
    process.exit(0);
  });
  server.closeIdleConnections();
}

process.on("SIGTERM", drain);
process.on("SIGINT", drain);
server.listen(settings.port, settings.host, () => log("info", "listening", { host: settings.host, port: settings.port }));
