// Calls to the upstream: bounded in time and in tries, and not made at all while it is down.

import { setTimeout as pause } from "node:timers/promises";

import { CircuitBreaker, CircuitOpen } from "./breaker.js";
import { log } from "./log.js";
import { outgoingHeaders } from "./tracing.js";

/** The upstream gave no usable answer within the deadline; the caller decides what to do without it. */
export class UpstreamUnavailable extends Error {}

/** A client of one other service. Only for calls that may safely be made twice. */
export class Upstream {
  constructor(settings, metrics) {
    this.settings = settings;
    this.metrics = metrics;
    this.breaker = new CircuitBreaker({ failures: settings.breakerFailures, restMs: settings.breakerRestMs });
  }

  /** The answer to GET as { status, text }, tried again with full jitter while the deadline allows. */
  async get(path) {
    const deadline = performance.now() + this.settings.upstreamDeadlineMs;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await this.breaker.call(() => this.#attempt(path, deadline));
        this.metrics.upstreamCall("answered");
        return answer;
      } catch (error) {
        if (error instanceof CircuitOpen) {
          this.metrics.upstreamCall("circuit_open");
          throw new UpstreamUnavailable(error.message);
        }
        // Jitter keeps the clients of a service that comes back from knocking all at once.
        const wait = Math.random() * Math.min(500, 50 * 2 ** attempt);
        if (attempt >= this.settings.upstreamAttempts || performance.now() + wait >= deadline) {
          this.metrics.upstreamCall("failed");
          log("warning", "upstream failed", { path, reason: error.message });
          throw new UpstreamUnavailable(error.message, { cause: error });
        }
        await pause(wait);
      }
    }
  }

  async #attempt(path, deadline) {
    const left = Math.max(1, Math.ceil(Math.min(this.settings.upstreamTimeoutMs, deadline - performance.now())));
    const response = await fetch(this.settings.upstreamUrl + path, {
      headers: outgoingHeaders(),
      signal: AbortSignal.timeout(left),
    });
    // The body counts too: an answer that stops halfway is a failure, and the time-out covers it.
    const text = await response.text();
    if (response.status >= 500 || response.status === 429) throw new Error(`answered ${response.status}`);
    return { status: response.status, text };
  }
}
