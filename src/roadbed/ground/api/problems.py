"""Refusals and faults as RFC 9457 problem documents, mapped once for every API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from roadbed.ground.errors import Refusal

log = structlog.get_logger(__name__)


def problem(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """A problem document."""
    document = {
        "type": f"urn:roadbed:problem:{code}",
        "title": code.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
        **{name: value for name, value in more.items() if value not in ("", None)},
    }
    return HttpResponse(json.dumps(document), status=status, content_type="application/problem+json")


def of_refusal(refusal: Refusal) -> HttpResponse:
    """A refusal's own document."""
    return HttpResponse(
        json.dumps(refusal.as_problem()), status=refusal.status, content_type="application/problem+json"
    )


def _of_validation(request: HttpRequest, exc: ValidationError) -> HttpResponse:  # noqa: ARG001 - ninja's signature
    errors = [
        {"detail": str(error.get("msg", "")), "field": ".".join(str(part) for part in error.get("loc", ()))}
        for error in exc.errors
    ]
    first = errors[0] if errors else {"detail": "The request does not fit the schema.", "field": ""}
    return problem(
        422, "invalid", first["detail"], field=first["field"], errors=errors, remedy="See /api/v1/openapi.json."
    )


def _of_unexpected(request: HttpRequest, exc: Exception) -> HttpResponse:
    if settings.DEBUG_PROPAGATE:
        raise exc
    log.error("api.fault", path=request.path, method=request.method, exc_info=exc)
    busy = isinstance(exc, OperationalError) and "locked" in str(exc)
    if busy:
        return problem(503, "busy", "The database was locked for too long; nothing was changed.", remedy="Try again.")
    return problem(500, "fault", "Roadbed broke while answering; the log has the trace. Nothing was acknowledged.")


def install(api: NinjaAPI) -> None:
    """Map every exception of an API to a problem document."""
    answers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        Refusal: lambda _, refusal: of_refusal(refusal),
        ValidationError: _of_validation,
        AuthenticationError: lambda _request, _fault: problem(
            401,
            "not-signed-in",
            "This needs a token or a signed-in session.",
            remedy="Send `Authorization: Bearer …`; `roadbed token create` makes a token.",
        ),
        HttpError: lambda _, fault: problem(fault.status_code, "refused", str(fault)),
        Http404: lambda _request, _fault: problem(404, "not-found", "There is nothing at this address."),
        Exception: _of_unexpected,
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, answer)
