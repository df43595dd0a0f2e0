"""The door of slash commands: signed, at most five minutes old, heard once, answered to whoever wrote alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from roadbed.ground.errors import Refusal
from roadbed.ground.ports import board
from roadbed.ground.ports.answers import Arrived, NotProven
from roadbed.ground.ports.commands import Line
from roadbed.portal.chat import doing, spoken
from roadbed.reliability.paging.models import Channel
from roadbed.reliability.paging.reaching.heard import is_new
from roadbed.reliability.paging.reaching.speaking import caller_in_chat

if TYPE_CHECKING:
    from django.http import HttpRequest

log = structlog.get_logger(__name__)
LARGEST = 64 * 1024


# No cookie opens this door, so that there is nothing to forge.
@csrf_exempt
@never_cache
@require_POST
def slack(request: HttpRequest) -> HttpResponse:
    """`/roadbed …` in Slack."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return HttpResponse("Longer than any command.", status=413, content_type="text/plain")
    now, reader = timezone.now(), board.commands("slack")
    headers = {name.lower(): value for name, value in request.headers.items()}
    arrived = Arrived(f"{settings.PUBLIC_URL}{request.get_full_path()}", headers, request.body)
    try:
        command = reader.read(arrived, now=now.timestamp())
    except (NotProven, Refusal) as fault:
        return _refused(fault.detail if isinstance(fault, Refusal) else str(fault))
    if command.ping:
        return HttpResponse(status=200)
    if not is_new(command.proof, now=now):
        return _refused("This very request was obeyed already.")
    return JsonResponse(reader.answer(_answered(command.text, command.address, command.name)))


def _answered(text: str, address: str, name: str) -> list[Line]:
    now = timezone.now()
    caller = caller_in_chat(Channel.SLACK, address)
    if caller is None:
        where = f"{settings.PUBLIC_URL}{reverse('paging:notifications')}"
        return [
            Line(
                f"Roadbed does not know you, {name or 'whoever you are'}. Add your Slack id {address} as a channel "
                f"and verify it: {where}, or `roadbed me channel add slack {address}`."
            )
        ]
    said = spoken.spoken(text)
    if said is None:
        return [Line(f"{text[:60]!r} is no command."), *(Line(one) for one in spoken.USAGE)]
    return doing.do(caller, said, chat=Channel.SLACK, address=address, now=now)


def _refused(why: str) -> HttpResponse:
    log.warning("command.not_proven", provider="slack", why=why)
    return HttpResponse(why, status=403, content_type="text/plain; charset=utf-8")
