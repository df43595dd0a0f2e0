"""Idempotent writes and entity tags for every API, without a line in any endpoint."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from roadbed.ground.api.models import KeptReply
from roadbed.ground.api.problems import problem

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
KEEP = timedelta(days=1)
PENDING = timedelta(minutes=15)
"""A first request that died without a reply gives its key free after this."""
_NUL_IN_JSON = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class ApiManners:
    """`Idempotency-Key` on writes: the first reply is kept for a day. `ETag` on reads: 304 where nothing changed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        return _worded(_nul(request) or self._answered(request))

    def _answered(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if key and request.method in WRITES:
            return self._once(request, key)
        response = self.get_response(request)
        if request.method == "GET" and response.status_code == 200 and not response.streaming:  # noqa: PLR2004
            return _tagged(request, response)
        return response

    def _once(self, request: HttpRequest, key: str) -> HttpResponse:
        if len(key) > 200:  # noqa: PLR2004 - the column's length
            return problem(422, "invalid", "An Idempotency-Key has at most 200 characters.", field="Idempotency-Key")
        who, what = _who(request), _what(request)
        now = timezone.now()
        KeptReply.objects.filter(caller=who, key=key, created_at__lt=now - KEEP).delete()
        KeptReply.objects.filter(caller=who, key=key, status=None, created_at__lt=now - PENDING).delete()
        try:
            with transaction.atomic(using="default"):
                kept = KeptReply.objects.create(caller=who, key=key, fingerprint=what, created_at=now)
        except IntegrityError:
            return _replayed(KeptReply.objects.filter(caller=who, key=key).first(), what)
        response = self.get_response(request)
        if response.status_code >= 500 or response.status_code in (401, 403):  # noqa: PLR2004 - may come out later
            kept.delete()
        else:
            shown = _SHOWN_ONCE if "no-store" in response.get("Cache-Control", "") else response
            KeptReply.objects.filter(pk=kept.pk).update(
                status=shown.status_code, body=shown.content, content_type=shown.get("Content-Type", "")[:100]
            )
        return response


def _worded(response: HttpResponse) -> HttpResponse:
    # What fails before an endpoint is reached (no such address, no CSRF token) comes as the portal's page.
    if response.status_code < 400 or "json" in response.headers.get("Content-Type", ""):  # noqa: PLR2004
        return response
    words = {
        404: ("not-found", "There is nothing at this address. The schema is at /api/v1/openapi.json."),
        405: ("not-allowed", "This address does not take that method. The schema is at /api/v1/openapi.json."),
        403: ("forbidden", "The request has no valid CSRF token. With a bearer token none is needed."),
    }
    code, detail = words.get(response.status_code, ("refused", "The request cannot be read."))
    return problem(response.status_code, code, detail)


def _nul(request: HttpRequest) -> HttpResponse | None:
    # PostgreSQL stores no NUL in text; refused here, it need not be thought of in any endpoint.
    if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return problem(422, "invalid", "The address holds a NUL character.", remedy="Remove it.")
    if request.method in WRITES and _NUL_IN_JSON.search(request.body):
        return problem(422, "invalid", "The request holds a NUL character.", remedy="Remove \\u0000.")
    return None


_SHOWN_ONCE = problem(
    409,
    "shown-once",
    "The first request with this Idempotency-Key was done; its reply held a secret, which is kept nowhere.",
    remedy="Ask with a new key for a new secret, and revoke the first.",
)
"""Kept instead of a reply that says no-store."""


def _who(request: HttpRequest) -> str:
    proof = request.headers.get("Authorization") or request.COOKIES.get("sessionid", "")
    return hashlib.sha256(proof.encode()).hexdigest()


def _what(request: HttpRequest) -> str:
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).hexdigest()


def _replayed(kept: KeptReply | None, fingerprint: str) -> HttpResponse:
    if kept is None or kept.status is None:
        return problem(
            409, "in-progress", "The first request with this Idempotency-Key still runs.", remedy="Ask again shortly."
        )
    if kept.fingerprint != fingerprint:
        return problem(
            422, "invalid", "This Idempotency-Key was used for another request.", field="Idempotency-Key",
            remedy="Use a new key for a new request.",
        )  # fmt: skip
    response = HttpResponse(bytes(kept.body), status=kept.status, content_type=kept.content_type)
    response["Idempotent-Replayed"] = "true"
    return response


def _tagged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    wanted = {part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")}
    if tag in wanted:
        unchanged = HttpResponse(status=304)
        unchanged["ETag"] = tag
        return unchanged
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response
