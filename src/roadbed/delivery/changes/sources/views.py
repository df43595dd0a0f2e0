"""The pages of sources: all with the data's quality, one with its deliveries, the forms that open and close doors."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadbed.delivery.changes.quality.queries import quality
from roadbed.delivery.changes.sources import queries, showing, usecases
from roadbed.delivery.changes.sources.rules import KINDS
from roadbed.ground.errors import Refusal
from roadbed.ground.ledger import listings
from roadbed.ground.people.rules import authorise, may
from roadbed.ground.shell import doors

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from roadbed.delivery.changes.sources.queries import SourceView
    from roadbed.ground.shell.components import Confirmation

SHOWN: Final = 20
OVERLAP: Final = timedelta(hours=24)


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """All sources, and how good the data is that they make."""
    caller, now = doors.caller(request), timezone.now()
    authorise(caller, "read")
    panel = quality(now=now)
    context = {
        "rows": [{"view": one, "badge": showing.badge(one)} for one in queries.sources(now=now)],
        "panel": panel,
        "findings": [{"view": one, "badge": showing.finding_badge(one)} for one in panel.findings],
        "backfills": queries.backfills()[:SHOWN],
        "may_write": may(caller, usecases.VERB).allowed,
    }
    return render(request, "changes/sources.html", context)


@require_safe
@doors.page
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One source with its deliveries."""
    return page(request, name)


def page(request: HttpRequest, name: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of one, with whatever an action has to say on it."""
    caller, now = doors.caller(request), timezone.now()
    authorise(caller, "read")
    view = queries.source(name, now=now)
    state = request.GET.get("state", "")
    log = listings.inbox(source=view.source, state=state if state in listings.STATES else "", limit=SHOWN)
    context = {
        "view": view,
        "badge": showing.badge(view),
        "facts": showing.passport(view),
        "log": [{"view": one, "badge": showing.delivery_badge(one.state)} for one in log.items],
        "state": state,
        "may_write": may(caller, usecases.VERB).allowed,
        "may_replay": may(caller, "inbox.replay").allowed,
    }
    return render(request, "changes/source.html", {**context, **more}, status=status)


@sensitive_variables("opened")
@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def create(request: HttpRequest) -> HttpResponse:
    """A new source; the answer shows its secret, this once."""
    given = {name: request.POST.get(name, "").strip() for name in ("kind", "name", "deploys", "environment")}
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            opened = usecases.add(
                doors.caller(request), given["kind"], given["name"], deploys=given["deploys"].split("\n"),
                environment=given["environment"] or "production", now=timezone.now(),
            )  # fmt: skip
        except Refusal as fault:
            refusal = fault
        else:
            return page(request, opened.name, status=201, secret=opened.secret)
    else:
        authorise(doors.caller(request), usecases.VERB)
    context = {"given": given, "kinds": KINDS.items(), "refusal": refusal}
    return render(request, "changes/new_source.html", context, status=refusal.status if refusal else 200)


@require_POST
@doors.page
def read_again(request: HttpRequest, name: str) -> HttpResponse:
    """Read again what could not be read."""
    count = usecases.read_again(doors.caller(request), name)
    said = f"{count} deliveries are read again." if count != 1 else "One delivery is read again."
    messages.success(request, said)
    return HttpResponseRedirect(resolve_url("changes:source", name))


@sensitive_variables("opened")
@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def rotate(request: HttpRequest, name: str) -> HttpResponse:
    """Make a new secret, after a look at what that means; the answer shows it, this once."""
    if request.method != "POST":
        return _confirmation(request, name, showing.rotating)
    opened = usecases.rotate(doors.caller(request), name, overlap=OVERLAP, now=timezone.now())
    return page(request, opened.name, status=201, secret=opened.secret)


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def archive(request: HttpRequest, name: str) -> HttpResponse:
    """Close the door, after a look at what that means."""
    if request.method != "POST":
        return _confirmation(request, name, showing.archiving)
    usecases.archive(doors.caller(request), name, now=timezone.now())
    messages.success(request, f"{name} is archived. Its address answers 410 from now on.")
    return HttpResponseRedirect(resolve_url("changes:sources"))


@require_POST
@doors.page
def restore(request: HttpRequest, name: str) -> HttpResponse:
    """Open the door again."""
    usecases.restore(doors.caller(request), name, now=timezone.now())
    messages.success(request, f"{name} takes deliveries again, with the secret that it had.")
    return HttpResponseRedirect(resolve_url("changes:source", name))


def _confirmation(request: HttpRequest, name: str, of: Callable[[SourceView], Confirmation]) -> HttpResponse:
    authorise(doors.caller(request), usecases.VERB)
    view = queries.source(name, now=timezone.now())
    return render(request, "changes/confirm.html", {"view": view, "confirm": of(view)})
