"""The web server's side door for deliveries: before Django's middleware, which a webhook needs none of."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

import structlog

from roadbed.config.own_metrics import COUNTS

log = structlog.get_logger(__name__)
PREFIX: Final = "/in/"
ALERTS: Final = ("/alerts/in", "/v2/enqueue", "/v2/change/enqueue")
"""Where monitoring systems send to; the last two are where PagerDuty takes events."""
DIGITS: Final = 12
Reply = tuple[int, list[tuple[str, str]], bytes]
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Indoors:
    """Answers `/in/<source>` and the doors for alerts itself, and hands everything else on.

    A delivery costs a signature and its share of a commit; sessions, CSRF and the rest would cost several times that.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        answer = _answer if path.startswith(PREFIX) else _alert if path.startswith(ALERTS) else None
        if answer is None:
            return self.application(environ, start_response)
        began = time.perf_counter()
        status, headers, body = answer(environ)
        COUNTS.add(status, time.perf_counter() - began)
        start_response(f"{status} {HTTPStatus(status).phrase}", [*headers, ("Content-Length", str(len(body)))])
        return [body]


def _answer(environ: dict[str, Any]) -> Reply:
    from roadbed.delivery.changes.sources import door

    method = environ.get("REQUEST_METHOD", "")
    if method == "OPTIONS":
        # CloudEvents asks whether its events are wanted before it sends any.
        origin = environ.get("HTTP_WEBHOOK_REQUEST_ORIGIN", "*")[:200]
        return 200, [("Allow", "POST"), ("WebHook-Allowed-Origin", origin), ("WebHook-Allowed-Rate", "*")], b""
    if method != "POST":
        return 405, [("Allow", "POST"), ("Content-Type", "text/plain")], b"Deliveries are posted.\n"
    name = environ["PATH_INFO"].removeprefix(PREFIX).rstrip("/")
    try:
        sender = str(environ.get("REMOTE_ADDR", ""))
        answer = door.accept(name, _headers(environ), _body(environ), now=datetime.now(UTC), address=sender)
    except Exception:
        # Whatever it is, nothing was acknowledged, and senders try again.
        log.exception("indoors.fault", source=name)
        answer = door.Answer(503, {"status": 503, "detail": "It could not be stored. Send it again later."})
    kind, body = door.written(answer)
    told = [] if answer.retry_after is None else [("Retry-After", str(answer.retry_after))]
    return answer.status, [("Content-Type", kind), *told], body


def _alert(environ: dict[str, Any]) -> Reply:
    from roadbed.reliability.paging.alerts import door

    if environ.get("REQUEST_METHOD", "") != "POST":
        return 405, [("Allow", "POST"), ("Content-Type", "text/plain")], b"Alerts are posted.\n"
    try:
        answer = door.accept(environ["PATH_INFO"], _headers(environ), _body(environ), now=datetime.now(UTC))
    except Exception:
        # The address may hold a key, so that it is not logged.
        log.exception("indoors.alert_fault")
        answer = door.Answer(503, {"status": 503, "detail": "It could not be stored. Send it again later."})
    kind = "application/problem+json" if str(answer.body.get("type", "")).startswith("urn:") else "application/json"
    return answer.status, [("Content-Type", kind)], json.dumps(answer.body).encode()


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    found = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if kind := environ.get("CONTENT_TYPE"):
        found["content-type"] = str(kind)
    return found


def _body(environ: dict[str, Any]) -> bytes | None:
    """The body; None where it is too large, of which nothing has to be read."""
    from roadbed.ground.ports.events import LARGEST

    length = environ.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and (len(length) > DIGITS or int(length) > LARGEST):
        return None
    body = bytes(environ["wsgi.input"].read(int(length) if length.isdecimal() else LARGEST + 1))
    return body if len(body) <= LARGEST else None
