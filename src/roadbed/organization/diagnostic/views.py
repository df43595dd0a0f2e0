"""The pages that show results: one's own, a shared one, a round's; and, for signed-in people, the rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadbed.ground.errors import NotFound
from roadbed.ground.people import queries as people
from roadbed.ground.people.rules import ADMIN, authorise, may
from roadbed.ground.shell import doors
from roadbed.organization.diagnostic import measuring, queries, showing, usecases
from roadbed.organization.diagnostic.answering import base_of, measured_for, open_door, secret_of
from roadbed.organization.diagnostic.queries import RoundView, SheetView
from roadbed.organization.diagnostic.rules.aggregating import FEWEST

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.organization.diagnostic.rules.reporting import Report


def _context(request: HttpRequest, report: Report, **more: Any) -> dict[str, Any]:
    return {
        "base": base_of(request), "report": report, "sides": showing.sides(report), "ladder": showing.ladder(report),
        "alone": showing.alone(report), "compared": showing.compared(report), "questions": showing.questions(report),
        "disagreeing": showing.disagreeing(report), "fewest": FEWEST, "now": timezone.localtime(), **more,
    }  # fmt: skip


@require_safe
@open_door
def result(request: HttpRequest) -> HttpResponse:
    """The report of the sheet in this browser."""
    found = queries.sheet(secret_of(request))
    if found is None:
        raise NotFound("There are no answers in this browser.", remedy="Begin under /diagnostic.")
    if not found.submitted:
        return HttpResponseRedirect(resolve_url("diagnostic:finish"))
    return _one(request, found, mine=True)


def _one(request: HttpRequest, found: SheetView, *, mine: bool, link: str = "") -> HttpResponse:
    report = queries.own_report(found, measured=measured_for(request, found, timezone.now()))
    return render(request, "diagnostic/result.html", _context(request, report, sheet=found, mine=mine, link=link))


@require_POST
@open_door
def share(request: HttpRequest) -> HttpResponse:
    """Make the read-only link, which is shown this once."""
    secret = secret_of(request)
    made = usecases.share(secret, now=timezone.now())
    found = queries.sheet(secret)
    assert found is not None  # noqa: S101 - it was shared just now
    link = request.build_absolute_uri(resolve_url("diagnostic:shared", made))
    return _one(request, found, mine=True, link=link)


@require_POST
@open_door
def reopen(request: HttpRequest) -> HttpResponse:
    """Go on with one's own answers."""
    usecases.reopen(secret_of(request), now=timezone.now())
    return HttpResponseRedirect(resolve_url("diagnostic:question", 1))


@require_safe
@open_door
def shared(request: HttpRequest, secret: str) -> HttpResponse:
    """What somebody shared: answers and scores. Measured figures stay with the organization's people."""
    found = queries.shared(secret)
    if found is None:
        raise NotFound("This link leads nowhere, or not any more.", remedy="Ask whoever sent it for a new one.")
    return _one(request, found, mine=False)


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def rounds(request: HttpRequest) -> HttpResponse:
    """All rounds; a POST asks a team, or everybody."""
    caller, now = doors.caller(request), timezone.now()
    authorise(caller, "read")
    if request.method == "POST":
        given = request.POST.get("people", "").strip()
        asked = int(given) if given.isascii() and given.isdecimal() and len(given) < 7 else None  # noqa: PLR2004
        opened = usecases.open_round(caller, team=request.POST.get("team", ""), asked=asked, now=now)
        link = request.build_absolute_uri(resolve_url("diagnostic:link", opened.secret))
        return render(request, "diagnostic/opened.html", {"link": link, "round": queries.require_round(opened.uid)})
    teams = [one for one in people.teams() if caller.role == ADMIN or one.name in caller.teams]
    context = {
        "rounds": queries.rounds(), "teams": teams, "everybody": caller.role == ADMIN, "fewest": FEWEST,
        "may_ask": may(caller, "diagnostic.ask").allowed, "now": timezone.localtime(now),
    }  # fmt: skip
    return render(request, "diagnostic/rounds.html", context)


@require_safe
@doors.page
def show_round(request: HttpRequest, uid: str) -> HttpResponse:
    """What came out of a round."""
    caller, now = doors.caller(request), timezone.now()
    authorise(caller, "read")
    found = queries.require_round(uid)
    measured = measuring.measured(team=found.team, now=now)
    report = queries.round_report(uid, now=now, measured=measured)
    context = _context(
        request, report, round=found, mine=False, since=_since(found, report), may_close=_may(request, found)
    )
    return render(request, "diagnostic/result.html", context)


def _since(found: RoundView, report: Report) -> dict[str, Any] | None:
    before = queries.previous_round(found)
    if before is None:
        return None
    earlier = queries.round_report(before.uid, now=timezone.now())
    return {"round": before, "changes": showing.changes(report, earlier), "overall": earlier.overall}


def _may(request: HttpRequest, found: RoundView) -> bool:
    caller = doors.caller(request)
    allowed = may(caller, "diagnostic.ask", team=found.team or None).allowed
    return found.closed_at is None and allowed and (bool(found.team) or caller.role == ADMIN)


@require_POST
@doors.page
def close(request: HttpRequest, uid: str) -> HttpResponse:
    """Take no more answers."""
    usecases.close_round(doors.caller(request), uid, now=timezone.now())
    messages.success(request, "Closed. What came out stays.")
    return HttpResponseRedirect(resolve_url("diagnostic:round", uid))
