// W3C Trace Context: takes a caller's traceparent in, hands one on to whatever this service calls.

import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";

const storage = new AsyncLocalStorage();

// Version ff is forbidden, an all-zero id is invalid, and a newer version may carry more fields.
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Go on with the caller's trace, or begin one where the header is missing or malformed. */
export function begin(traceparent) {
  const found = TRACEPARENT.exec((traceparent ?? "").trim());
  const spanId = randomBytes(8).toString("hex");
  if (!found || (found[1] === "00" && found[5])) {
    return { traceId: randomBytes(16).toString("hex"), spanId, flags: "01" };
  }
  return { traceId: found[2], spanId, parentId: found[3], flags: parseInt(found[4], 16) & 1 ? "01" : "00" };
}

export const within = (span, work) => storage.run(span, work);

export const current = () => storage.getStore();

/** What a call made on behalf of the current request carries. */
export function outgoingHeaders() {
  const span = current();
  return span ? { traceparent: `00-${span.traceId}-${span.spanId}-${span.flags}` } : {};
}
