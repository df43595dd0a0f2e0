"""The pages of alerts: what came, one of them with its decisions, and why somebody was paged or not."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.people import queries as people
from roadbed.ground.people.rules import authorise
from roadbed.ground.shell import doors
from roadbed.reliability.paging.alerts import queries, showing
from roadbed.reliability.paging.alerts import why as asking

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from roadbed.reliability.paging.alerts.answers import DecisionView, SignalView


def lines(found: tuple[SignalView, ...]) -> list[dict[str, Any]]:
    """Alerts with their badges."""
    return [{"view": one, "badge": showing.signal_badge(one)} for one in found]


def decided(found: tuple[DecisionView, ...]) -> list[dict[str, Any]]:
    """Decisions with their badges, newest first."""
    return [{"view": one, "badge": showing.outcome_badge(one.outcome)} for one in reversed(found)]


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """Alerts of other systems, newest first."""
    authorise(doors.caller(request), "read")
    given = {name: request.GET.get(name, "").strip()[:140] for name in ("state", "text", "cursor")}
    state = given["state"] or "open"
    page = queries.signals(state="" if state == "all" else state, text=given["text"], cursor=given["cursor"], limit=50)
    # Where all that is open is on the page, what fires and is worst comes first.
    whole = state == "open" and not given["cursor"] and not page.next_cursor
    context = {
        "tabs": showing.tabs("alerts"),
        "rows": lines(showing.by_urgency(page.items) if whole else page.items),
        "next": page.next_cursor,
        "given": {**given, "state": state},
        "states": ("open", *queries.STATES[1:], "all"),
        "known": bool(queries.integrations()) if not page.items else True,
    }
    return render(request, "paging/alerts.html", context)


@require_safe
@doors.page
def show(request: HttpRequest, uid: str) -> HttpResponse:
    """One alert: what its sender says, and everything that was decided about it."""
    authorise(doors.caller(request), "read")
    view = queries.require_signal(uid)
    context = {
        "view": view,
        "badge": showing.signal_badge(view),
        "decisions": decided(queries.decisions(signal=uid)),
        "labels": sorted(view.labels.items()),
        "annotations": sorted((name, text) for name, text in view.annotations.items() if text),
        "matchers": f"alertname={view.labels.get('alertname', view.title)}\n"
        + (f"service={view.service}" if view.service else f"team={view.team}"),
    }
    return render(request, "paging/signal.html", context)


@require_safe
@doors.page
def why(request: HttpRequest) -> HttpResponse:
    """Why a person was paged around an instant, or was not."""
    caller = doors.caller(request)
    authorise(caller, "read")
    everybody = [one for one in people.people() if one.active]
    own = next((one.email for one in everybody if one.uid == caller.uid), "")
    given = {"person": request.GET.get("person", own), "at": request.GET.get("at", ""),
             "minutes": request.GET.get("minutes", "60")}  # fmt: skip
    refusal, found = None, None
    try:
        at = _instant(given["at"])
        minutes = int(given["minutes"]) if given["minutes"].isdecimal() and len(given["minutes"]) < 6 else 0  # noqa: PLR2004
        if given["person"]:
            found = asking.why_person(given["person"], at=at, minutes=minutes)
    except Refusal as fault:
        refusal = fault
    context = {
        "tabs": showing.tabs("why"),
        "people": everybody,
        "choices": ("15", "60", "240", "1440"),
        "given": given,
        "found": found,
        "entries": [{"view": one, "badge": showing.answer_badge(one.outcome)} for one in found.entries]
        if found
        else [],
        "refusal": refusal,
    }
    return render(request, "paging/why.html", context, status=refusal.status if refusal else 200)


def _instant(said: str) -> datetime:
    if not said:
        return timezone.now()
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise Invalid(
            f"{said[:40]!r} is no instant.", remedy="Like 2026-11-24T03:12.", place=Place(field="at")
        ) from None
    return found if found.tzinfo else timezone.make_aware(found)
