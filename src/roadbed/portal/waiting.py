"""What waits for somebody: pages, incidents, refusals, disputes, reviews, actions, services; the worst first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from roadbed.ground.gates import queries as gates
from roadbed.ground.shell import words
from roadbed.platform.releases import queries as releases
from roadbed.platform.runbooks import queries as runbooks
from roadbed.portal import deployments
from roadbed.reliability.incidents import queries as incidents
from roadbed.reliability.paging import queries as paging
from roadbed.reliability.reviews import queries as reviews

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from roadbed.ground.people.rules import Caller
    from roadbed.ground.shell.components import State
    from roadbed.portal.glance import Glance
    from roadbed.reliability.incidents.values import IncidentView

ORDER: Final = ("bad", "warn", "unknown", "info", "good", "idle")
REFUSED_FOR: Final = timedelta(hours=24)
SOON: Final = timedelta(days=14)
MOST: Final = 50
MOST_RUNBOOKS: Final = 5
ROLES: Final = {"lead": "You lead", "communications": "You write the updates of", "operations": "You work on"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for somebody, with where it is mended.

    Attributes:
        at: when it began to wait; `note` stands in its place where a due date says more.
    """

    state: State
    icon: str
    title: str
    detail: str
    url: str
    at: datetime | None = None
    note: str = ""


def waiting(
    caller: Caller, owned: tuple[Glance, ...], unresolved: tuple[IncidentView, ...], *, now: datetime
) -> tuple[Waiting, ...]:
    """What needs the caller or their teams, the worst first; each is measured, and gone when it is mended."""
    found = [
        *_pages(caller),
        *_incidents(caller, unresolved),
        *(item for one in owned for item in _of_service(one)),
        *_refusals(owned, now=now),
        *_disputes(caller, owned),
        *_actions(caller, now=now),
        *_reviews(caller, now=now),
        *_runbooks(caller, now=now),
    ]
    return tuple(sorted(found, key=lambda item: ORDER.index(item.state)))


def unresolved_for(caller: Caller) -> tuple[IncidentView, ...]:
    """Incidents that are not over, of what the caller's teams own or in which the caller has a role; severest first."""
    found = [
        one
        for one in incidents.incidents(status="unresolved", limit=MOST).items
        if one.owner in caller.teams or any(role.person_uid == caller.uid for role in one.roles)
    ]
    return tuple(sorted(found, key=lambda one: (one.severity, one.number)))


def _pages(caller: Caller) -> Iterable[Waiting]:
    for one in paging.alerts(state="open", limit=MOST).items:
        if one.acknowledged_at is None and (one.team in caller.teams or caller.name in one.paged):
            whom = f"Paged {', '.join(one.paged)}" if one.paged else f"Nobody of {one.team} was reached yet"
            url = reverse("paging:alert", args=[one.uid])
            yield Waiting("bad", "bell-ringing", f"Nobody has taken: {one.title}", f"{whom}.", url, one.opened_at)


def _incidents(caller: Caller, unresolved: Iterable[IncidentView]) -> Iterable[Waiting]:
    for one in unresolved:
        mine = next((ROLES[role.role] for role in one.roles if role.person_uid == caller.uid), "")
        title = f"{mine} {one.name}" if mine else f"{one.name}, severity {one.severity}"
        lead = "" if one.lead else " Nobody leads it."
        state: State = "bad" if one.status == "open" else "warn"
        url = reverse("incidents:incident", args=[one.name])
        yield Waiting(state, "urgent", title, f"{one.title}.{lead}", url, one.detected_at)


def _refusals(owned: Iterable[Glance], *, now: datetime) -> Iterable[Waiting]:
    names = {one.service.uid: one.service.name for one in owned}
    for one in gates.newest(names, since=now - REFUSED_FOR):
        if not one.passes:
            what = f"{names[one.service_uid]} {one.commit[:8]}".strip()
            against = [str(reason["text"]) for reason in one.data["reasons"] if reason["outcome"] != "allow"]
            detail = f"Asked by {one.asked_by}. {words.first_sentence(next(iter(against), ''))}".strip()
            url = reverse("gates:decision", args=[one.uid])
            yield Waiting("warn", "barrier-block", f"The gate refused {what}", detail, url, one.asked_at)


def _disputes(caller: Caller, owned: Iterable[Glance]) -> Iterable[Waiting]:
    names = {one.service.name for one in owned}
    for one in gates.open_disputes():
        if one.service in names and one.declared_by != caller.name:
            detail = f"{one.declared_by} declared {one.declared}; its commits say {one.derived}."
            title = f"Confirm the kind of {one.service} {one.commit[:8]}"
            yield Waiting("warn", "user-check", title, detail, reverse("gates:list"), one.declared_at)


def _actions(caller: Caller, *, now: datetime) -> Iterable[Waiting]:
    for one in reviews.open_actions(owner_uid=caller.uid):
        if one.due <= (now + SOON).date():
            late = one.due < now.date()
            yield Waiting(
                "warn" if late else "info",
                "check",
                f"Close an action from the review of {one.review}",
                f"{one.text} Closing needs evidence that somebody else can check.",
                reverse("reviews:review", args=[one.review]),
                note=_due(one.due, now.date()),
            )


def _reviews(caller: Caller, *, now: datetime) -> Iterable[Waiting]:
    for one in reviews.reviews(state="draft", limit=MOST).items:
        if one.owner in caller.teams:
            yield Waiting(
                "warn" if one.due < now.date() else "info",
                "notebook",
                f"Write the review of {one.name}",
                f"{one.title}. {words.plural(one.impact_minutes, 'minute')} of impact.",
                reverse("reviews:review", args=[one.name]),
                note=_due(one.due, now.date()),
            )


def _runbooks(caller: Caller, *, now: datetime) -> Iterable[Waiting]:
    doubtful = [one for team in sorted(caller.teams) for one in runbooks.of_owner(team, now=now) if one.doubts]
    # Each of many is found on the page of all; here they would drown what burns.
    for one in doubtful[:MOST_RUNBOOKS]:
        first = one.doubts[0]
        state: State = "warn" if first.severity == "bad" else "info"
        title = f"Look over the runbook {one.title}"
        yield Waiting(
            state,
            "book-2",
            title,
            f"{one.service}. {first.text}",
            reverse("runbooks:one", args=[one.uid]),
            one.written_at,
        )


def _due(due: date, today: date) -> str:
    days = (due - today).days
    if days < 0:
        return f"{words.plural(-days, 'day')} late"
    return "due today" if days == 0 else "due tomorrow" if days == 1 else f"due {due:%-d %B}"


def _of_service(one: Glance) -> list[Waiting]:
    name, url = one.service.name, one.url
    found = []
    if one.running is not None and one.running.state == "bad":
        found.append(Waiting("bad", "alert-octagon", f"{name} does not run", one.running.text, url, one.as_of))
    if one.state == "bad" and one.badge is not None:
        found.append(Waiting("bad", "target", f"{name}: {one.badge.text.lower()}", _left(one.left), url, one.as_of))
    elif one.state == "warn":
        found.append(
            Waiting("warn", "target", f"{name} is at risk", f"{words.percent(one.left)} left.", url, one.as_of)
        )
    elif one.state == "unknown" and one.version:
        found.append(
            Waiting("unknown", "help-hexagon", f"{name} is not measured", "No data now.", url, one.measured_at)
        )
    found += [
        Waiting(
            "warn", "file", f"{error.path} of {name} has an error", f"{error.message} {error.remedy}", url, error.since
        )
        for error in one.service.errors[:1]
    ]
    return [*found, *_last_deployment(one)]


def _last_deployment(one: Glance) -> list[Waiting]:
    last = releases.newest_deployment(one.service.uid) if one.version or one.running else None
    # A refusal is told by the gate's own line.
    if last is None or last.state != "failed":
        return []
    detail = last.failure.detail if last.failure else "It says nothing of why."
    title = f"{deployments.title_of(last)}: {deployments.badge_of(last).text.lower()}"
    page = reverse("portal:deployment", args=[last.uid])
    return [Waiting("warn", "rocket", title, detail, page, last.finished_at)]


def _left(left: float | None) -> str:
    if left is None:
        return "No figure yet."
    if left < 0:
        return f"Overspent by {words.percent(-left)} of the budget. Features are refused; fixes and rollbacks pass."
    return f"{words.percent(left)} of the budget is left."
