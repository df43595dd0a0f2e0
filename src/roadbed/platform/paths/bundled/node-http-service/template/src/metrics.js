// Rate, errors and duration of requests, in Prometheus' text format.

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10];
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const startedAt = Date.now() / 1000 - process.uptime();

export class Metrics {
  #requests = new Map();
  #durations = new Map();
  #upstream = new Map();
  inProgress = 0;

  /** Count one answered request. `route` is a pattern of ours, so clients cannot add series. */
  request(method, route, status, seconds) {
    const known = METHODS.has(method) ? method : "other";
    add(this.#requests, labels({ method: known, route, status }), 1);
    const key = labels({ method: known, route });
    let histogram = this.#durations.get(key);
    if (!histogram) this.#durations.set(key, (histogram = { counts: BUCKETS.map(() => 0), count: 0, sum: 0 }));
    BUCKETS.forEach((bound, at) => {
      if (seconds <= bound) histogram.counts[at] += 1;
    });
    histogram.count += 1;
    histogram.sum += seconds;
  }

  upstreamCall(outcome) {
    add(this.#upstream, labels({ outcome }), 1);
  }

  /** The /metrics page. */
  exposition() {
    const lines = [
      ...family("http_requests_total", "counter", "Requests answered.", this.#requests),
      "# HELP http_request_duration_seconds Time from the request's arrival to its answer.",
      "# TYPE http_request_duration_seconds histogram",
    ];
    for (const [key, { counts, count, sum }] of this.#durations) {
      BUCKETS.forEach((bound, at) => {
        lines.push(`http_request_duration_seconds_bucket{${key},le="${bound}"} ${counts[at]}`);
      });
      lines.push(`http_request_duration_seconds_bucket{${key},le="+Inf"} ${count}`);
      lines.push(`http_request_duration_seconds_sum{${key}} ${sum}`);
      lines.push(`http_request_duration_seconds_count{${key}} ${count}`);
    }
    lines.push(
      ...family("upstream_calls_total", "counter", "Calls to the upstream by how they ended.", this.#upstream),
      "# HELP http_requests_in_progress Requests being worked on.",
      "# TYPE http_requests_in_progress gauge",
      `http_requests_in_progress ${this.inProgress}`,
      "# HELP process_start_time_seconds When the service started, and its counters with it, in seconds since 1970.",
      "# TYPE process_start_time_seconds gauge",
      `process_start_time_seconds ${startedAt.toFixed(3)}`,
    );
    return lines.join("\n") + "\n";
  }
}

function family(name, type, help, values) {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...[...values].map(([key, n]) => `${name}{${key}} ${n}`)];
}

function labels(pairs) {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}="${value}"`)
    .join(",");
}

function add(map, key, amount) {
  map.set(key, (map.get(key) ?? 0) + amount);
}
