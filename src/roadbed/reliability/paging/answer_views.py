"""What stands behind the links that people get by mail: a GET shows, only the button changes something."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from roadbed.ground.errors import Conflict, Invalid, NotFound
from roadbed.reliability.paging import channels, queries, resting, showing, usecases

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, secret: str) -> HttpResponse:
    """One recipient's page: what is wrong, who has it, the button that takes it. No sign-in is needed."""
    now = timezone.localtime()
    if request.method == "POST":
        try:
            _answer(request, secret, now)
        except NotFound:
            return render(request, "paging/gone.html", status=HTTPStatus.NOT_FOUND)
        except (Conflict, Invalid) as refusal:
            messages.info(request, refusal.detail, extra_tags="info")
        return HttpResponseRedirect(request.path)
    shown = queries.page_behind(secret)
    if shown is None:
        return render(request, "paging/gone.html", status=HTTPStatus.NOT_FOUND)
    context = {
        "page": shown,
        "alert": shown.alert,
        "badge": showing.badge(shown.alert),
        "stats": showing.stats(shown.alert),
        "rests": resting.CHOICES,
        "now": now,
    }
    return render(request, "paging/page.html", context)


def _answer(request: HttpRequest, secret: str, now: datetime) -> None:
    """Take the page, or let it rest where the form says for how long."""
    if "minutes" in request.POST:
        usecases.snooze_by_link(secret, until=resting.until_of(request.POST, now=now), now=now)
        messages.success(request, "It is snoozed. If it goes on, it is paged again then.", extra_tags="good")
        return
    yours = usecases.acknowledge_by_link(secret, now=now)
    said = "You have it. Nobody else is paged." if yours else "Somebody else has it already."
    messages.success(request, said, extra_tags="good" if yours else "info")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def channel(request: HttpRequest, secret: str) -> HttpResponse:
    """Confirm that a test message arrived."""
    found = channels.channel_of(secret)
    if found is None:
        return render(request, "paging/gone.html", status=HTTPStatus.NOT_FOUND)
    if request.method == "POST":
        usecases.confirm_channel(secret, now=timezone.now())
        return HttpResponseRedirect(request.path)
    return render(request, "paging/channel.html", {"channel": found, "now": timezone.localtime()})
