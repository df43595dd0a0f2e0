"""Why somebody was paged and why not: one page whole, or everything around an instant for one person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Q

from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import team_names
from roadbed.reliability.paging.alerts import queries
from roadbed.reliability.paging.alerts.answers import PageWhy, WhyEntry, WhyView
from roadbed.reliability.paging.alerts.models import Decision
from roadbed.reliability.paging.models import Alert, Channel, Delivery, Recipient, Served
from roadbed.reliability.paging.planning import plans
from roadbed.reliability.paging.rules.alerts import explaining
from roadbed.reliability.paging.rules.alerts.explaining import Answer, PageAsk, Reached
from roadbed.reliability.paging.rules.escalation import frozen
from roadbed.reliability.paging.rules.schedules.following import order_of

MOST: Final = 50
LONGEST: Final = 1_440
_ENDED: Final = {
    Delivery.SENT: "was sent", Delivery.FAILED: "failed", Delivery.DROPPED: "was not needed",
    Delivery.WAITING: "waits", Delivery.SENDING: "is under way",
}  # fmt: skip


def why_page(uid: str) -> PageWhy:
    """Everything about one page: decisions, the alerts in it, and for everybody in its steps whether they got it.

    Raises:
        NotFound: for an unknown one.
    """
    page = Alert.objects.filter(uid=uid[:32]).first()
    if page is None:
        raise NotFound(
            f"There is no page {uid[:40]}.", remedy="`roadbed page list` shows them.", place=Place(field="page")
        )
    ask = _ask(page)
    uids = list(dict.fromkeys([*ask.reached, *(uid for _, people in ask.steps for uid in people)]))
    names = dict(Person.objects.filter(uid__in=uids).values_list("uid", "name"))
    answers = []
    for person in uids:
        name = names.get(person, "Somebody unknown")
        answer = explaining.explain(ask, person, name, names, in_team=True, team=page.team)
        # What is the same for everybody stands with the decisions.
        own = Answer(answer.outcome, answer.reasons[len(page.why) :])
        answers.append(_entry(page, own, title=name, own=False))
    shown, count = queries.signals_of_page(page)
    return PageWhy(page.uid, page.title, page.team, queries.decisions(page=page), shown, count, tuple(answers))


def _entry(page: Alert, answer: Answer, *, title: str, own: bool) -> WhyEntry:
    return WhyEntry(
        at=page.opened_at, outcome=answer.outcome, title=title, service=page.service, team=page.team, page=page.uid,
        signal="", reasons=answer.reasons, own=own,
    )  # fmt: skip


def _ask(page: Alert) -> PageAsk:
    policy = frozen(page.policy)
    attempts: dict[str, list[str]] = {}
    log = Delivery.objects.filter(alert=page).select_related("recipient__person", "channel").order_by("pk")
    for one in log[:200]:
        said = f" ({one.error})" if one.error else ""
        attempts.setdefault(one.recipient.person.uid, []).append(
            f"By {one.channel.kind} it {_ENDED[one.state]}{said.rstrip('.')}."
        )
    reached = {
        row.person.uid: Reached(row.paged_at, row.reason, tuple(attempts.get(row.person.uid, ())[:6]))
        for row in Recipient.objects.filter(alert=page).select_related("person")
    }
    return PageAsk(
        why=tuple(page.why), opened_at=page.opened_at, step_seconds=policy.step_seconds,
        steps=tuple((step.name, step.people) for step in policy.steps), step=page.step,
        cycle=page.cycle - page.first_cycle,
        acknowledged_at=page.acknowledged_at, acknowledged_by=page.acknowledged_name, closed_at=page.closed_at,
        closed_for=page.closed_for, reached=reached,
    )  # fmt: skip


def why_person(email: str, *, at: datetime, minutes: int = 60) -> WhyView:
    """What around an instant paged a person and what did not, and why; what is of their teams first.

    Args:
        email: of the person.
        at: the instant.
        minutes: how long before it a page may have been opened, 1 to 1440; a fifth of that after it.

    Raises:
        NotFound: for somebody unknown.
    """
    person = Person.objects.filter(email__iexact=email.strip()[:254]).first()
    if person is None:
        raise NotFound(
            f"There is nobody with the address {email[:80]}.", remedy="`roadbed person list` shows them.",
            place=Place(field="person"),
        )  # fmt: skip
    if not 1 <= minutes <= LONGEST:
        raise Invalid(f"{minutes} minutes are out of reach.", remedy="1 to 1440.", place=Place(field="minutes"))
    since, until = explaining.window(at, minutes)
    teams = team_names(person)
    pages = Alert.objects.filter(opened_at__gt=since, opened_at__lte=until).order_by("-opened_at")
    entries = [_of_page(page, person, teams) for page in pages[: MOST * 4]]
    silent = Decision.objects.filter(
        at__gt=since, at__lte=until, outcome__in=[Decision.HELD, Decision.LISTED, Decision.JOINED]
    )
    entries += _of_decisions(silent.select_related("signal", "page").order_by("-pk")[: MOST * 4], teams)
    entries.sort(key=lambda one: (one.outcome != explaining.PAGED, not one.own, -one.at.timestamp()))
    return WhyView(
        person=person.name, at=at, since=since, until=until, on_call_for=_on_call_for(person.uid, at),
        channels=Channel.objects.filter(Q(removed_at=None) | Q(removed_at__gt=at), person=person, created_at__lte=at)
        .count(),
        entries=tuple(entries[:MOST]), left_out=max(0, len(entries) - MOST),
    )  # fmt: skip


def _of_page(page: Alert, person: Person, teams: frozenset[str]) -> WhyEntry:
    ask = _ask(page)
    uids = {uid for _, people in ask.steps for uid in people}
    names = dict(Person.objects.filter(uid__in=uids).values_list("uid", "name"))
    answer = explaining.explain(ask, person.uid, person.name, names, in_team=page.team in teams, team=page.team)
    return _entry(page, answer, title=page.title, own=page.team in teams)


def _of_decisions(rows: Iterable[Decision], teams: frozenset[str]) -> list[WhyEntry]:
    """What paged nobody, or nobody anew: told once for each reason, since a storm joins a page by the thousand."""
    found: dict[tuple[str, str, str], list[Decision]] = {}
    for row in rows:
        about = row.page.uid if row.page else row.service or row.team
        found.setdefault((row.outcome, about, row.reasons[0] if row.reasons else ""), []).append(row)
    return [
        WhyEntry(
            at=group[0].at, outcome=explaining.NOT_PAGED,
            title=group[0].title if len(group) == 1 else f"{group[0].title} and {len(group) - 1} more",
            service=group[0].service, team=group[0].team, page=group[0].page.uid if group[0].page else "",
            signal=group[0].signal.uid if group[0].signal else "", reasons=tuple(group[0].reasons[:1]),
            own=group[0].team in teams,
        )
        for group in found.values()
    ]  # fmt: skip


def _on_call_for(uid: str, at: datetime) -> tuple[str, ...]:
    """Teams of which somebody was on call, as today's rotations and schedules say it of that instant."""
    # Where it was written down as it passed, a later schedule changes nothing of it.
    kept = dict(
        Served.objects.filter(starts_at__lte=at, ends_at__gt=at, standby=False).values_list("team__uid", "person_uid")
    )
    by_team = plans(now=at)
    found = []
    for team in people.teams():
        plan = by_team.get(team.uid)
        served = kept.get(team.uid)
        turn = served if served is not None else order_of(plan.schedule, at).person if plan else None
        if turn == uid:
            found.append(team.name)
    return tuple(found)
