"""The page of what a deployment carried: its commits, why they are believed, and the form that corrects it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from roadbed.delivery.changes import queries
from roadbed.delivery.changes.linking import usecases
from roadbed.delivery.changes.linking.rules.values import METHODS
from roadbed.delivery.changes.quality.rules import DOUBTFUL
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Refusal
from roadbed.ground.people.rules import authorise, may
from roadbed.ground.shell import doors
from roadbed.ground.shell.components import Badge

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.delivery.changes.queries import DeployedView


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def show(request: HttpRequest, uid: str) -> HttpResponse:
    """What it carried; a POST says by hand what it did."""
    caller = doors.caller(request)
    authorise(caller, "read")
    view = queries.deployed(uid)
    given = {name: request.POST.get(name, "").strip() for name in ("commits", "reason")}
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            usecases.correct(caller, uid, commits=given["commits"].split(), reason=given["reason"], now=timezone.now())
        except Refusal as fault:
            refusal = fault
        else:
            messages.success(request, "Noted. It stands before what was found, in a moment.")
            return HttpResponseRedirect(resolve_url("changes:carried", uid))
    service = catalog.service(view.service_uid)
    context = {
        "view": view,
        "badge": badge(view),
        "method": METHODS.get(view.method, "not linked"),
        "given": given,
        "refusal": refusal,
        "may_correct": service is not None and may(caller, "change.link", team=service.owner).allowed,
    }
    return render(request, "changes/carried.html", context, status=refusal.status if refusal else 200)


def badge(view: DeployedView) -> Badge:
    """How far the link is to be believed."""
    if view.by_hand:
        return Badge("info", "By hand")
    if view.commits is None:
        return Badge("unknown", "First" if view.method == "first" else "Not linked")
    if view.confidence is not None and view.confidence < DOUBTFUL:
        return Badge("warn", f"Linked, {view.confidence:.0%} sure")
    return Badge("good", "Linked" if view.confidence is None else f"Linked, {view.confidence:.0%} sure")


@require_POST
@doors.page
def withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a correction back."""
    usecases.withdraw(doors.caller(request), uid, now=timezone.now())
    messages.success(request, "Taken back. It is linked from what was told again, in a moment.")
    return HttpResponseRedirect(resolve_url("changes:carried", uid))
