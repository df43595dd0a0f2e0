"""The doors of answers that providers bring: proven by a token or a signature, and by POST alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import structlog
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from roadbed.ground.errors import Refusal
from roadbed.ground.ports import board
from roadbed.ground.ports.answers import ACKNOWLEDGE, STATUS, Answered, Arrived, NotProven
from roadbed.reliability.paging.reaching import answers

if TYPE_CHECKING:
    from django.http import HttpRequest

log = structlog.get_logger(__name__)
LARGEST = 256 * 1024


def _door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    # No cookie opens these doors, so that there is nothing to forge.
    return csrf_exempt(never_cache(require_POST(view)))


def _read(request: HttpRequest, provider: str) -> Answered | HttpResponse:
    """What a provider's request means, or the answer to one that proves nothing."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return HttpResponse("Longer than any answer.", status=413, content_type="text/plain")
    headers = {name.lower(): value for name, value in request.headers.items()}
    # A provider signs the address that it was told, whatever a proxy made of the request since.
    arrived = Arrived(f"{settings.PUBLIC_URL}{request.get_full_path()}", headers, request.body)
    try:
        return board.answers(provider).read(arrived, now=timezone.now().timestamp())
    except (NotProven, Refusal) as fault:
        said = fault.detail if isinstance(fault, Refusal) else str(fault)
        log.warning("answer.not_proven", provider=provider, why=said)
        return HttpResponse(said, status=403, content_type="text/plain; charset=utf-8")


@_door
def take(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The button of a push: its token is the proof."""
    try:
        outcome = answers.acknowledge_by_token(token, through="push", now=timezone.now())
    except Refusal as refusal:
        return HttpResponse(refusal.detail, status=refusal.status, content_type="text/plain; charset=utf-8")
    return HttpResponse(outcome.said, content_type="text/plain; charset=utf-8")


@_door
def slack(request: HttpRequest) -> HttpResponse:
    """A button that somebody pressed in Slack. It wants 200 within three seconds, whatever came of it."""
    answered = _read(request, "slack")
    if isinstance(answered, HttpResponse):
        return answered
    if answered.what != ACKNOWLEDGE:
        return HttpResponse(status=200)
    try:
        outcome = answers.acknowledge_by_token(
            answered.token, through="slack", now=timezone.now(), address=answered.address, name=answered.name
        )
    except Refusal as refusal:
        return JsonResponse({"response_type": "ephemeral", "text": refusal.detail})
    return JsonResponse({"response_type": "ephemeral", "text": outcome.said})


@_door
def twilio_sms(request: HttpRequest) -> HttpResponse:
    """A text message that somebody sent to our number."""
    answered = _read(request, "twilio")
    if isinstance(answered, HttpResponse):
        return answered
    if answered.what != ACKNOWLEDGE:
        return _twiml("<Message>Reply 1 to take the newest page.</Message>")
    try:
        said = answers.acknowledge_by_number(answered.address, now=timezone.now()).said
    except Refusal as refusal:
        said = refusal.detail
    return _twiml(f"<Message>{escape(said)}</Message>")


@_door
def twilio_voice(request: HttpRequest, token: str) -> HttpResponse:
    """A key that somebody pressed in a call."""
    answered = _read(request, "twilio")
    if isinstance(answered, HttpResponse):
        return answered
    if answered.what != ACKNOWLEDGE:
        return _twiml("<Say>That key does nothing. The page goes on.</Say>")
    try:
        outcome = answers.acknowledge_by_token(token, through="voice", now=timezone.now(), address=answered.address)
        said = outcome.said
    except Refusal as refusal:
        said = refusal.detail
    return _twiml(f"<Say>{escape(said)}</Say>")


@_door
def twilio_status(request: HttpRequest, token: str) -> HttpResponse:
    """What became of a message or a call."""
    answered = _read(request, "twilio")
    if isinstance(answered, HttpResponse):
        return answered
    if answered.what == STATUS:
        try:
            answers.note_status(token, answered, now=timezone.now())
        except Refusal as refusal:
            return HttpResponse(refusal.detail, status=refusal.status, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


def _twiml(said: str) -> HttpResponse:
    return HttpResponse(f"<Response>{said}</Response>", content_type="text/xml; charset=utf-8")
