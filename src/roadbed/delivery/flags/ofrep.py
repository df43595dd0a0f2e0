"""Flags over the OpenFeature Remote Evaluation Protocol, so that any OpenFeature SDK reads them with a token."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from roadbed.delivery.flags import clients, rules, snapshots
from roadbed.delivery.flags.snapshots import Snapshot
from roadbed.ground.errors import Invalid, NotFound

log = structlog.get_logger(__name__)
LARGEST: Final = 256 * 1024
"""A context is some attributes of a user; what is larger is no context."""


class Failed(Exception):  # noqa: N818 - an answer of the protocol, not a crash
    """An answer that evaluates nothing."""

    def __init__(self, status: int, details: str, *, code: str = "", **headers: str) -> None:
        super().__init__(details)
        self.status = status
        self.body = {"errorCode": code, "errorDetails": details} if code else {"errorDetails": details}
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that may be answered: the flags it is about, and for whom."""

    flags: Snapshot
    targeting_key: str | None


Answering = Callable[..., HttpResponse]


def _door(answer: Answering) -> Answering:
    @csrf_exempt  # no cookie opens this door, so there is nothing to forge
    @wraps(answer)
    def opened(request: HttpRequest, **captured: str) -> HttpResponse:
        try:
            return answer(request, _asked(request), **captured)
        except Failed as failed:
            body = json.dumps({**({"key": captured["key"]} if "key" in captured else {}), **failed.body})
            return _json(body.encode(), failed.status, **failed.headers)
        except DatabaseError:
            log.exception("ofrep.fault", path=request.path)
            return _json(b'{"errorDetails":"The records do not answer. The code\'s defaults stand."}', 500)

    return opened


@_door
def evaluate(request: HttpRequest, asked: Asked, key: str) -> HttpResponse:  # noqa: ARG001 - the door read it
    """One flag."""
    answering = asked.flags.answers.get(key)
    if answering is None:
        flags = asked.flags
        raise Failed(404, f"Flag {key[:100]} was not found in {flags.service}.", code="FLAG_NOT_FOUND")
    status, body = answering(asked.targeting_key)
    return _json(body, status)


@_door
def evaluate_all(request: HttpRequest, asked: Asked) -> HttpResponse:
    """All flags of a service; 304 where nothing changed since the tag that the client has."""
    flags = asked.flags
    tag = flags.tag(asked.targeting_key)
    had = {part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")}
    if tag in had:
        return HttpResponse(status=304, headers={"ETag": tag})
    items = b",".join([answering(asked.targeting_key)[1] for answering in flags.answers.values()])
    about = {"service": flags.service, "environment": flags.environment, "version": flags.version}
    body = b'{"flags":[' + items + b'],"metadata":' + json.dumps(about).encode() + b"}"
    return _json(body, 200, ETag=tag, Cache_Control="private, no-cache")


def _json(body: bytes, status: int, **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(body, status=status, content_type="application/json", headers=named)


def _asked(request: HttpRequest) -> Asked:
    if request.method != "POST":
        raise Failed(405, "Flags are evaluated by POST, with a context.", Allow="POST")
    client = _client(request)
    targeting_key = _targeting_key(request)
    service, environment = _place(request, client)
    try:
        return Asked(snapshots.held.of(service, rules.checked_environment(environment)), targeting_key)
    except (NotFound, Invalid) as refusal:
        raise Failed(400, f"{refusal.detail} {refusal.remedy}", code="INVALID_CONTEXT") from None


def _client(request: HttpRequest) -> clients.Client:
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    secret = bearer.strip() if kind.lower() == "bearer" else request.headers.get("X-API-Key", "").strip()
    client = clients.seen.of(secret) if secret else None
    if client is None:
        said = "The token is unknown, revoked or expired." if secret else "A token is missing."
        raise Failed(401, f"{said} Send it as Authorization: Bearer or X-API-Key.", WWW_Authenticate="Bearer")
    seconds = clients.seen.wait(secret)
    if seconds:
        later = str(math.ceil(seconds))
        raise Failed(429, f"Too many requests by this token. Ask again in {later} s.", Retry_After=later)
    if client.refused:
        raise Failed(403, f"Not allowed: {client.refused}.")
    return client


def _targeting_key(request: HttpRequest) -> str | None:
    try:
        body: Any = json.loads(request.body) if _length(request) <= LARGEST else None
    except (ValueError, RecursionError, RequestDataTooBig):
        body = None
    if not isinstance(body, dict):
        raise Failed(400, "The body is no JSON object of at most 256 KiB.", code="PARSE_ERROR")
    context = body.get("context")
    if not isinstance(context, dict):
        raise Failed(400, "The body has no context, or one that is no object.", code="INVALID_CONTEXT")
    targeting_key = context.get("targetingKey")
    if targeting_key is not None and not isinstance(targeting_key, str):
        raise Failed(400, "context.targetingKey is no text.", code="INVALID_CONTEXT")
    return targeting_key


def _length(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isdigit() else LARGEST + 1


def _place(request: HttpRequest, client: clients.Client) -> tuple[str, str]:
    service = request.GET.get("service") or request.headers.get("X-Roadbed-Service", "")
    environment = request.GET.get("environment") or request.headers.get("X-Roadbed-Environment", "")
    for given, own in ((service, client.service), (environment, client.environment)):
        if given and own and given != own:
            raise Failed(403, f"This token reads the flags of {own}, not of {given[:100]}.")
    service, environment = service or client.service, environment or client.environment
    if not service or "\x00" in service:
        said = "Whose flags? Say it by ?service=, by X-Roadbed-Service, or with a token named flags:SERVICE."
        raise Failed(400, said, code="INVALID_CONTEXT")
    return service, environment or rules.PRODUCTION
