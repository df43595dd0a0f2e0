"""The door of heartbeats: a POST to an address that is the proof itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from roadbed.reliability.paging.rules.beats import LARGEST, beat_of
from roadbed.reliability.paging.watching import heartbeats

if TYPE_CHECKING:
    from django.http import HttpRequest


@csrf_exempt  # no cookie opens this door, so there is nothing to forge
@never_cache
def beat(request: HttpRequest, key: str) -> HttpResponse:
    """Take one beat; Alertmanager's Watchdog is one, and a resolved Watchdog is the opposite."""
    if request.method != "POST":
        # A GET changes nothing here: link previews and scanners would keep the dead alive.
        return HttpResponse("Send a heartbeat by POST: curl -fsS -X POST ADDRESS\n", status=405,
                            content_type="text/plain", headers={"Allow": "POST"})  # fmt: skip
    length = request.headers.get("Content-Length") or "0"
    body = b"" if not length.isdecimal() or int(length) > LARGEST else request.body
    if not heartbeats.beat(key, beat_of(body), now=timezone.now()):
        return HttpResponse("No heartbeat has this address.\n", status=404, content_type="text/plain")
    return HttpResponse("heard\n", content_type="text/plain")
