"""The web server's side door for deliveries: before Django's middleware, which a webhook needs none of."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

import structlog

from roadbed.config.own_metrics import COUNTS

log = structlog.get_logger(__name__)
PREFIX: Final = "/in/"
DIGITS: Final = 12
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Indoors:
    """Answers `/in/<source>` itself and hands everything else on.

    A delivery costs a signature and its share of a commit; sessions, CSRF and the rest would cost several times that.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(PREFIX):
            return self.application(environ, start_response)
        began = time.perf_counter()
        status, headers, body = _answer(environ)
        COUNTS.add(status, time.perf_counter() - began)
        start_response(f"{status} {HTTPStatus(status).phrase}", [*headers, ("Content-Length", str(len(body)))])
        return [body]


def _answer(environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
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
