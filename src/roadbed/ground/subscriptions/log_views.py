"""The pages of the delivery log: one delivery as it was sent, and the buttons that send something."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.shell import doors
from roadbed.ground.subscriptions import asking, queries, showing
from roadbed.ground.subscriptions.views import page

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
@doors.page
def delivery(request: HttpRequest, uid: str, delivery: str) -> HttpResponse:
    """One delivery with its body as it was sent."""
    caller, now = doors.caller(request), timezone.now()
    found, view = queries.delivery(caller, uid, delivery), queries.subscription(caller, uid, now=now)
    context = {
        "view": view,
        "delivery": found,
        "badge": showing.delivery_badge(found, of=view),
        "body": json.dumps(json.loads(found.body), indent=2, ensure_ascii=False) if found.body else "",
        "now": timezone.localtime(now),
    }
    return render(request, "subscriptions/delivery.html", context)


@require_POST
@doors.page
def redeliver(request: HttpRequest, uid: str, delivery: str) -> HttpResponse:
    """Send one again now."""
    asking.redeliver(doors.caller(request), uid, delivery, now=timezone.now())
    messages.success(request, "It is sent again, under the same identity.")
    return HttpResponseRedirect(resolve_url("subscriptions:delivery", uid, delivery))


@require_POST
@doors.page
def ping(request: HttpRequest, uid: str) -> HttpResponse:
    """Send a test message."""
    made = asking.send_ping(doors.caller(request), uid, now=timezone.now())
    messages.success(request, "A test message is on its way. Load this page again to see how it ended.")
    return HttpResponseRedirect(resolve_url("subscriptions:delivery", uid, made))


@require_POST
@doors.page
def replay(request: HttpRequest, uid: str) -> HttpResponse:
    """Send past facts since an instant."""
    text = request.POST.get("since", "").strip()
    try:
        try:
            since = parse_datetime(text)
        except ValueError:
            since = None
        if since is None:
            raise Invalid(
                f"{text[:60]!r} is no date and time.", remedy="Write 2026-11-28T09:00.", place=Place(field="since")
            )
        since = timezone.make_aware(since) if timezone.is_naive(since) else since
        count = asking.replay_since(doors.caller(request), uid, since, now=timezone.now())
    except Refusal as refusal:
        return page(request, uid, status=refusal.status, refusal=refusal, since=text)
    messages.success(request, f"At most {count} past facts are sent.")
    return HttpResponseRedirect(resolve_url("subscriptions:subscription", uid))
