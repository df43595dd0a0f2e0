"""Choosing whether mails about stale runbooks come: signed in, or behind the link in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from roadbed.ground.errors import NotFound
from roadbed.ground.shell import doors
from roadbed.platform.runbooks import reminding

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_POST
@doors.page
def choose(request: HttpRequest) -> HttpResponse:
    """Get them, or none."""
    wanted = request.POST.get("wanted") == "on"
    reminding.choose(doors.caller(request), wanted=wanted, now=timezone.now())
    said = "You get a mail when one goes stale." if wanted else "No such mails come to you."
    messages.success(request, said, extra_tags="good")
    return HttpResponseRedirect(resolve_url("runbooks:list"))


@csrf_exempt  # a mail program posts without a cookie; whoever holds the link may stop these mails and nothing else
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, person: str, secret: str) -> HttpResponse:
    """Opening it changes nothing; the button, or a mail program's post, ends them."""
    try:
        who = reminding.behind(person, secret)
        if request.method == "POST":
            reminding.stop(person, secret, now=timezone.now())
    except NotFound:
        return render(request, "runbooks/no_reminders.html", {"gone": True}, status=404)
    return render(request, "runbooks/no_reminders.html", {"who": who.name, "done": request.method == "POST"})
