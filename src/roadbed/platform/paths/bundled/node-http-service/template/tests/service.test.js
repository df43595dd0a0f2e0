// The service as it runs: its own process, real sockets, real signals.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { readSettings } from "../src/settings.js";
import { flagOn, startService, startUpstream } from "./support.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

test("it is healthy and ready, and counts every request it answers", async () => {
  const service = await startService();
  assert.equal((await service.get("/healthz")).status, 200);
  assert.equal((await service.get("/readyz")).status, 200);
  const answers = await Promise.all(Array.from({ length: 50 }, () => service.get("/")));
  assert.ok(answers.every((answer) => answer.status === 200));
  const page = await (await service.get("/metrics")).text();
  assert.match(page, /^http_requests_total\{method="GET",route="\/",status="200"\} 50$/m);
  assert.match(page, /^http_request_duration_seconds_count\{method="GET",route="\/"\} 50$/m);
  assert.match(page, /^http_requests_in_progress 1$/m);
  assert.equal(await service.stop(), 0);
});

test("a client cannot add series by inventing paths", async () => {
  const service = await startService();
  for (let number = 0; number < 10; number += 1) assert.equal((await service.get(`/invention-${number}`)).status, 404);
  const page = await (await service.get("/metrics")).text();
  assert.match(page, /^http_requests_total\{method="GET",route="unmatched",status="404"\} 10$/m);
  assert.ok(!page.includes("invention"));
  await service.stop();
});

test("with the flag off the upstream is left alone", async () => {
  const upstream = await startUpstream();
  const service = await startService({ UPSTREAM_URL: upstream.url });
  assert.equal((await (await service.get("/")).json()).source, "local");
  assert.equal(upstream.received.length, 0);
  await service.stop();
  upstream.stop();
});

test("with the flag on the greeting comes from the upstream, and the caller's trace goes there", async () => {
  const upstream = await startUpstream();
  const service = await startService({ UPSTREAM_URL: upstream.url, FLAGS_FILE: flagOn() });
  const answer = await service.get("/", { headers: { traceparent: TRACEPARENT } });
  assert.deepEqual(await answer.json(), { greeting: "Welcome", source: "upstream" });
  await service.stop();
  upstream.stop();
  const line = service.lines.find((each) => each.message === "request");
  assert.equal(line.trace_id, TRACE);
  assert.equal(line.parent_id, "00f067aa0ba902b7");
  assert.equal(upstream.received[0].traceparent, `00-${TRACE}-${line.span_id}-01`);
});

test("a dead upstream costs the greeting, not the request", async () => {
  const service = await startService({ UPSTREAM_URL: "http://127.0.0.1:9", FLAGS_FILE: flagOn() });
  const answer = await service.get("/");
  assert.equal(answer.status, 200);
  assert.equal((await answer.json()).source, "fallback");
  await service.stop();
});

test("SIGTERM lets a request finish and refuses new ones", async () => {
  const upstream = await startUpstream();
  upstream.plan = [[200, 600]];
  const service = await startService({ UPSTREAM_URL: upstream.url, FLAGS_FILE: flagOn() });
  const arrived = upstream.nextRequest();
  const pending = service.get("/");
  await arrived;
  const stopped = service.stop();
  assert.equal((await (await pending).json()).source, "upstream");
  assert.equal(await stopped, 0);
  await assert.rejects(service.get("/"));
  upstream.stop();
});

test("flags.json is in flagd's form and every flag is off", () => {
  const { flags } = JSON.parse(readFileSync(new URL("../flags.json", import.meta.url), "utf8"));
  assert.ok(Object.keys(flags).length > 0);
  for (const flag of Object.values(flags)) assert.equal(flag.variants[flag.defaultVariant], false);
});

test("a setting that is no number is an error with its name", () => {
  assert.throws(() => readSettings({ UPSTREAM_ATTEMPTS: "many" }), /UPSTREAM_ATTEMPTS is "many"/);
});
