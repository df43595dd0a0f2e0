"""Which path says that the service can take traffic, and which shows its metrics."""

from __future__ import annotations

import re

from roadbed.platform.paths.adopting.findings import HIGH, LOW, MEDIUM, Evidence, Listing, Problem, Proposal
from roadbed.platform.paths.adopting.ports import is_source

_READY = ("/readyz", "/ready", "/health/ready", "/healthz/ready", "/-/ready", "/actuator/health/readiness")
_ALIVE = (
    "/healthz",
    "/health",
    "/actuator/health",
    "/api/health",
    "/api/healthz",
    "/_health",
    "/health/live",
    "/livez",
)
_USUAL = ("/up", "/live", "/-/healthy", "/ping", "/heartbeat", "/__heartbeat__", "/status")
_BY_PREFERENCE = (*_READY, *_ALIVE, *_USUAL)
"""Readiness before liveness: the answer is taken as leave to send traffic."""

_PATH = re.compile(r"""["'`](?P<path>/?[A-Za-z0-9_\-./]{1,40})/?\??\$?["'`]""")
_ROUTE = re.compile(
    r"""@\w+(?:\.\w+)*\.(?:route|get|api_route|head|add_url_rule)\(|\badd_(?:url_rule|api_route|route|get)\(|\b(?:re_)?path\("""
    r"""|\b\w+\.(?:get|use|all|GET|Get|route|Handle|HandleFunc|Group|Any|Path|PathPrefix)\(|\bRoute\(|\burl\s*[=!]==?|\bMap(?:HealthChecks|Get)\("""
    r"""|@(?:Get|Request)Mapping|\bget\s+["']|\bcase\s|\bpath(?:name)?\s*[=!]==?|\b(?:url|path|pathname)\b.*(?:==|in\s|startsWith)|==\s*["']/|["']\s*:|\[\s*["']/"""
)
_RELATIVE_ROUTE = re.compile(r"\b(?:re_)?path\(|\burl\(|\broute\(|^\s*get\s+[\"']")
"""Where a path without its leading slash is still a route: Django, Rails."""
_IMAGE_CHECK = re.compile(
    r"HEALTHCHECK.*https?://[^/\s]+(?P<path>/[\w\-./]*)|(?:curl|wget)\b.*https?://(?:localhost|127\.0\.0\.1)[^/\s]*(?P<other>/[\w\-./]*)"
)
_PROBE = re.compile(r"^\s*(readinessProbe|livenessProbe|startupProbe):")
_PROBE_PATH = re.compile(r"""^\s*path:\s*["']?(?P<path>/[\w\-./]*)""")
_ACTUATOR = re.compile(r"spring-boot-starter-actuator")
_METRICS_CODE = re.compile(
    r"promhttp\.Handler|make_asgi_app|make_wsgi_app|PrometheusMetrics\(|express-prom-bundle|Instrumentator\(|axum_prometheus|PrometheusMiddleware"
)
_MICROMETER = re.compile(r"micrometer-registry-prometheus")


def propose_health(listing: Listing) -> tuple[Proposal, tuple[Problem, ...]]:
    """The health path, from probes that somebody wrote, else from routes; the root page where there is neither."""
    found = _from_probes(listing) or _from_routes(listing) or _from_actuator(listing) or _from_image(listing)
    if found:
        return found, ()
    problem = Problem(
        "No health path was found.",
        "Add a route such as /readyz that answers 200 when the service can take traffic; until then / is asked.",
    )
    return Proposal("health", "/", LOW, "no route looks like a health check"), (problem,)


def propose_metrics(listing: Listing) -> Proposal | None:
    """The page with Prometheus metrics, where there is one."""
    for path in sorted(listing.contents):
        if not is_source(path):
            continue
        for number, line in listing.lines(path):
            if _names(line, "/metrics") and _ROUTE.search(line):
                return Proposal("metrics", "/metrics", HIGH, "a route", (Evidence(path, number, line.strip()[:160]),))
            if _METRICS_CODE.search(line):
                evidence = Evidence(path, number, line.strip()[:160])
                return Proposal("metrics", "/metrics", MEDIUM, "a Prometheus client's handler", (evidence,))
    for path in ("pom.xml", "build.gradle", "build.gradle.kts"):
        if hit := listing.first_line(path, _MICROMETER):
            return Proposal("metrics", "/actuator/prometheus", MEDIUM, "Micrometer's registry", (hit[0],))
    return None


def _from_probes(listing: Listing) -> Proposal | None:
    best: tuple[str, Evidence] | None = None
    for path in sorted(listing.contents):
        if not path.endswith((".yaml", ".yml")):
            continue
        probe = ""
        for number, line in listing.lines(path):
            if begins := _PROBE.match(line):
                probe = begins[1]
            elif probe and (found := _PROBE_PATH.match(line)):
                evidence = Evidence(path, number, line.strip())
                if probe == "readinessProbe":
                    return Proposal("health", found["path"], HIGH, "its readiness probe", (evidence,))
                best = best or (found["path"], evidence)
                probe = ""
    return Proposal("health", best[0], HIGH, "its probe", (best[1],)) if best else None


def _from_routes(listing: Listing) -> Proposal | None:
    seen: dict[str, Evidence] = {}
    for path in sorted(listing.contents):
        if not is_source(path):
            continue
        for number, line in listing.lines(path):
            if not _ROUTE.search(line):
                continue
            for found in _PATH.finditer(line):
                route = "/" + found["path"].strip("/")
                is_route = found["path"].startswith("/") or _RELATIVE_ROUTE.search(line)
                if is_route and route in _BY_PREFERENCE:
                    seen.setdefault(route, Evidence(path, number, line.strip()[:160]))
    if not seen:
        return None
    chosen = min(seen, key=_BY_PREFERENCE.index)
    confidence = HIGH if chosen in (*_READY, *_ALIVE) else MEDIUM
    return Proposal("health", chosen, confidence, "a route", (seen[chosen],))


def _from_actuator(listing: Listing) -> Proposal | None:
    for path in ("pom.xml", "build.gradle", "build.gradle.kts"):
        if hit := listing.first_line(path, _ACTUATOR):
            return Proposal("health", "/actuator/health", MEDIUM, "Spring Boot's actuator", (hit[0],))
    return None


def _from_image(listing: Listing) -> Proposal | None:
    hit = listing.first_line("Dockerfile", _IMAGE_CHECK)
    if hit is None:
        return None
    evidence, found = hit
    return Proposal("health", found["path"] or found["other"], MEDIUM, "the image's health check", (evidence,))


def _names(line: str, route: str) -> bool:
    return any("/" + found["path"].strip("/") == route for found in _PATH.finditer(line))
