"""The routes: a greeting, and the three pages that whoever runs the service reads."""

from __future__ import annotations

import os
import time

import structlog
from flask import Flask, Response, jsonify
from openfeature.client import OpenFeatureClient
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.exceptions import HTTPException, InternalServerError

from service import flags, logs, metrics, tracing
from service.observing import observe
from service.outgoing import Upstream, UpstreamUnavailable
from service.settings import SERVICE_NAME, Settings

log = structlog.get_logger("service")


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; everything it needs is made here, once per worker."""
    settings = settings or Settings.from_environment()
    logs.configure()
    metrics.STARTED.set(float(os.environ.get("SERVICE_STARTED_AT") or time.time()))
    app = Flask(SERVICE_NAME)
    observe(app)
    _add_operations(app)
    _add_greeting(app, Upstream(settings), flags.load(settings.flags_file))
    app.register_error_handler(HTTPException, _problem)
    app.register_error_handler(Exception, _unexpected)
    return app


def _add_operations(app: Flask) -> None:
    @app.get("/healthz")
    def healthz() -> Response:
        # Liveness: that this process answers. It must not look at dependencies, or their outage restarts us.
        return jsonify(status="ok")

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        # Readiness: add what no request can be answered without. The upstream is not: there is a fallback.
        folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
        checks = {"metrics": folder is None or os.access(folder, os.W_OK)}
        ready = all(checks.values())
        return jsonify(status="ready" if ready else "not ready", checks=checks), 200 if ready else 503

    @app.get("/metrics")
    def metrics_page() -> Response:
        return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def _add_greeting(app: Flask, upstream: Upstream, client: OpenFeatureClient) -> None:
    @app.get("/")
    def greet() -> Response:
        if client.get_boolean_value(flags.GREET_FROM_UPSTREAM, False):
            try:
                return jsonify(greeting=upstream.get("/greeting").text, source="upstream")
            except UpstreamUnavailable:
                return jsonify(greeting=f"Hello from {SERVICE_NAME}", source="fallback")
        return jsonify(greeting=f"Hello from {SERVICE_NAME}", source="local")


def _problem(error: HTTPException) -> Response:
    span = tracing.current.get()
    response = jsonify(
        type="about:blank", title=error.name, status=error.code, trace_id=span.trace_id if span else None
    )
    response.status_code = error.code or 500
    response.content_type = "application/problem+json"
    # 405 names the allowed methods, 503 when to come back: keep what the error itself says.
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    log.exception("unexpected error", error=type(error).__name__)
    return _problem(InternalServerError())
