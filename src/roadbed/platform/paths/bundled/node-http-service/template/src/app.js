// The routes, and what every request leaves behind: its trace, one log line and its counts.

import { GREET_FROM_UPSTREAM, loadFlags } from "./flags.js";
import { log } from "./log.js";
import { Metrics } from "./metrics.js";
import { SERVICE_NAME } from "./settings.js";
import * as tracing from "./tracing.js";
import { Upstream, UpstreamUnavailable } from "./upstream.js";

// Probes come every second or two; at INFO they would bury what people look for.
const QUIET = new Set(["/healthz", "/readyz", "/metrics"]);

/** Build the application; everything it needs is made here. */
export function createApp(settings) {
  const app = { draining: false, metrics: new Metrics() };
  app.upstream = new Upstream(settings, app.metrics);
  app.isOn = loadFlags(settings.flagsFile);
  app.routes = new Map([
    // Liveness: that this process answers. It must not look at dependencies, or their outage restarts us.
    ["/healthz", async () => json(200, { status: "ok" })],
    // Readiness: add what no request can be answered without. The upstream is not: there is a fallback.
    ["/readyz", async () => (app.draining ? json(503, { status: "draining" }) : json(200, { status: "ready" }))],
    ["/metrics", async () => ({ status: 200, type: "text/plain; version=0.0.4", body: app.metrics.exposition() })],
    ["/", () => greet(app)],
  ]);
  app.handler = (request, response) =>
    tracing.within(tracing.begin(request.headers.traceparent), () => serve(app, request, response));
  return app;
}

async function greet(app) {
  const local = `Hello from ${SERVICE_NAME}`;
  if (!app.isOn(GREET_FROM_UPSTREAM)) return json(200, { greeting: local, source: "local" });
  try {
    return json(200, { greeting: (await app.upstream.get("/greeting")).text, source: "upstream" });
  } catch (error) {
    if (!(error instanceof UpstreamUnavailable)) throw error;
    return json(200, { greeting: local, source: "fallback" });
  }
}

async function serve(app, request, response) {
  const began = performance.now();
  const path = request.url.split("?", 1)[0];
  const work = app.routes.get(path);
  const route = work ? path : "unmatched";
  app.metrics.inProgress += 1;
  let answer;
  try {
    answer = await respond(work, request);
  } catch (error) {
    log("error", "unexpected error", { error: error.name, detail: error.message, stack: error.stack });
    answer = problem(500, "Internal Server Error");
  }
  app.metrics.inProgress -= 1;
  const seconds = (performance.now() - began) / 1000;
  app.metrics.request(request.method, route, answer.status, seconds);
  log(QUIET.has(route) && answer.status < 400 ? "debug" : "info", "request", {
    method: request.method,
    path,
    route,
    status: answer.status,
    duration_ms: Math.round(seconds * 1e5) / 100,
  });
  const headers = { "Content-Type": answer.type, "Content-Length": Buffer.byteLength(answer.body), ...answer.headers };
  if (app.draining) headers.Connection = "close";
  response.writeHead(answer.status, headers);
  response.end(request.method === "HEAD" ? undefined : answer.body);
}

async function respond(work, request) {
  request.resume();
  if (!work) return problem(404, "Not Found");
  if (request.method !== "GET" && request.method !== "HEAD") {
    return { ...problem(405, "Method Not Allowed"), headers: { Allow: "GET, HEAD" } };
  }
  return work();
}

function json(status, value, type = "application/json") {
  return { status, type, body: JSON.stringify(value) };
}

function problem(status, title) {
  const trace_id = tracing.current()?.traceId;
  return json(status, { type: "about:blank", title, status, trace_id }, "application/problem+json");
}
