// One JSON object per line on standard output, with the trace it belongs to.

import { SERVICE_NAME } from "./settings.js";
import { current } from "./tracing.js";

const LEVELS = { debug: 10, info: 20, warning: 30, error: 40 };
const threshold = LEVELS[(process.env.LOG_LEVEL || "info").toLowerCase()] ?? LEVELS.info;

export function log(level, message, fields = {}) {
  if (LEVELS[level] < threshold) return;
  const span = current();
  const line = { time: new Date().toISOString(), level, message, service: SERVICE_NAME, pid: process.pid };
  if (span) {
    line.trace_id = span.traceId;
    line.span_id = span.spanId;
    if (span.parentId) line.parent_id = span.parentId;
  }
  process.stdout.write(JSON.stringify({ ...line, ...fields }) + "\n");
}
