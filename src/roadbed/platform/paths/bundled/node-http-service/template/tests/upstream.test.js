// Calls to the upstream: what is tried again, for how long, and when the circuit opens and closes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CircuitBreaker, CircuitOpen } from "../src/breaker.js";
import { Metrics } from "../src/metrics.js";
import { readSettings } from "../src/settings.js";
import { begin } from "../src/tracing.js";
import { Upstream, UpstreamUnavailable } from "../src/upstream.js";
import { startUpstream } from "./support.js";

async function calling(changes, work) {
  const fake = await startUpstream();
  try {
    await work(fake, new Upstream({ ...readSettings({}), upstreamUrl: fake.url, ...changes }, new Metrics()));
  } finally {
    fake.stop();
  }
}

test("a passing failure is tried again", () =>
  calling({}, async (fake, upstream) => {
    fake.plan = [[503, 0], [429, 0], [200, 0]];
    assert.equal((await upstream.get("/greeting")).status, 200);
    assert.equal(fake.received.length, 3);
  }));

test("tries are bounded", () =>
  calling({}, async (fake, upstream) => {
    fake.plan = [[503, 0]];
    await assert.rejects(upstream.get("/greeting"), UpstreamUnavailable);
    assert.equal(fake.received.length, 3);
  }));

test("the caller's own mistake is not tried again", () =>
  calling({}, async (fake, upstream) => {
    fake.plan = [[404, 0]];
    assert.equal((await upstream.get("/greeting")).status, 404);
    assert.equal(fake.received.length, 1);
  }));

test("a hanging upstream costs no more than the deadline", () =>
  calling({ upstreamTimeoutMs: 200, upstreamDeadlineMs: 300, upstreamAttempts: 50 }, async (fake, upstream) => {
    fake.plan = [[200, 5000]];
    const began = performance.now();
    await assert.rejects(upstream.get("/greeting"), UpstreamUnavailable);
    assert.ok(performance.now() - began < 3000);
  }));

test("after repeated failures the upstream is left alone", () =>
  calling({ upstreamAttempts: 1, breakerFailures: 3 }, async (fake, upstream) => {
    fake.plan = [[500, 0]];
    for (let number = 0; number < 10; number += 1) {
      await assert.rejects(upstream.get("/greeting"), UpstreamUnavailable);
    }
    assert.equal(fake.received.length, 3);
    assert.ok(upstream.breaker.isOpen);
  }));

test("one trial call decides whether an open circuit closes", async () => {
  let now = 0;
  const breaker = new CircuitBreaker({ failures: 1, restMs: 10_000, clock: () => now });
  await assert.rejects(breaker.call(async () => Promise.reject(new Error("down"))), /down/);
  await assert.rejects(breaker.call(async () => 1), CircuitOpen);
  now = 11_000;
  let finish;
  const trial = breaker.call(() => new Promise((resolve) => (finish = resolve)));
  await assert.rejects(breaker.call(async () => 1), CircuitOpen);
  finish(1);
  await trial;
  assert.equal(await breaker.call(async () => 2), 2);
});

test("a malformed traceparent begins a new trace", () => {
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const bad = [undefined, "", "nonsense", `ff-${trace}-00f067aa0ba902b7-01`, `00-${"0".repeat(32)}-00f067aa0ba902b7-01`];
  for (const header of bad) {
    const span = begin(header);
    assert.match(span.traceId, /^[0-9a-f]{32}$/);
    assert.notEqual(span.traceId, trace);
    assert.equal(span.parentId, undefined);
  }
});
