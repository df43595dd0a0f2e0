"""Reading paging: who is on call, which alerts are open, what was delivered, which ways lead to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.asks import OnCall, WhoIsOnCall
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import TeamView
from roadbed.reliability.paging.answering import recipient_of
from roadbed.reliability.paging.answers import (
    AlertDetail,
    AlertView,
    ChannelView,
    DeliveryView,
    PageView,
    PersonOnCall,
    RotationView,
    TeamOnCall,
)
from roadbed.reliability.paging.escalating import turn_of
from roadbed.reliability.paging.models import Alert, Channel, Delivery, EscalationPolicy, Recipient
from roadbed.reliability.paging.planning import WEEKLY, Plan, plan_of, plans
from roadbed.reliability.paging.rules.escalation import following, frozen
from roadbed.reliability.paging.rules.schedules.following import order_of
from roadbed.reliability.paging.rules.shifts import WEEKDAYS

STATES = (Alert.PAGING, Alert.ACKNOWLEDGED, Alert.EXHAUSTED, Alert.CLOSED)


def who_is_on_call(question: WhoIsOnCall) -> OnCall | None:
    """The first active person of the team's rotation, and until when."""
    team = people.team(question.team)
    plan = plan_of(team.uid, now=question.at) if team else None
    if team is None or plan is None:
        return None
    order = order_of(plan.schedule, question.at)
    first = Person.objects.filter(uid=order.person or "", is_active=True).first()
    if first is None:
        return None
    return OnCall(person_uid=first.uid, name=first.name, team=team.name, until=order.until)


def waiting_for(request: HttpRequest) -> int | None:
    """How many alerts nobody has taken, for the sidebar."""
    return unanswered() if request.user.is_authenticated else None


def unanswered() -> int:
    """How many open alerts nobody has acknowledged."""
    return Alert.objects.filter(state__in=[Alert.PAGING, Alert.EXHAUSTED]).count()


def on_call(*, now: datetime) -> tuple[TeamOnCall, ...]:
    """Every team with who answers now and who follows, by name."""
    teams = people.teams()
    by_uid = plans(now=now)
    paged: dict[str, datetime] = {}
    for name, at in Alert.objects.filter(state__in=[Alert.PAGING, Alert.EXHAUSTED]).values_list("team", "opened_at"):
        paged[name] = max(at, paged.get(name, at))
    known = _people(uid for team in teams for uid in (*(m.uid for m in team.members), *_rotating(by_uid, team.uid)))
    own = frozenset(EscalationPolicy.objects.values_list("team__uid", flat=True))
    return tuple(
        _team(team, by_uid.get(team.uid), known, paged.get(team.name), now, own=team.uid in own) for team in teams
    )


def team_on_call(name: str, *, now: datetime) -> TeamOnCall:
    """One team with its rotation."""
    found = people.team(name)
    if found is None:
        raise NotFound(
            f"There is no team {name[:63]}.", remedy="`roadbed team list` shows them.", place=Place(field="team")
        )
    plan = plan_of(found.uid, now=now)
    uids = (*(member.uid for member in found.members), *(plan.schedule.people if plan else ()))
    own = EscalationPolicy.objects.filter(team__uid=found.uid).exists()
    return _team(found, plan, _people(uids), None, now, own=own)


def _rotating(rows: dict[str, Plan], team_uid: str) -> tuple[str, ...]:
    plan = rows.get(team_uid)
    return plan.schedule.people if plan else ()


def _people(uids: Iterable[str]) -> dict[str, PersonOnCall]:
    wanted = set(uids)
    every: Counter[int] = Counter()
    verified: Counter[int] = Counter()
    rows = Channel.objects.filter(person__uid__in=wanted, removed_at=None)
    for person_id, at in rows.values_list("person_id", "verified_at"):
        every[person_id] += 1
        verified[person_id] += at is not None
    return {
        row.uid: PersonOnCall(row.uid, row.name, row.email, every[row.pk], verified[row.pk])
        for row in Person.objects.filter(uid__in=wanted, is_active=True)
    }


def _team(
    team: TeamView,
    plan: Plan | None,
    known: dict[str, PersonOnCall],
    paged_at: datetime | None,
    now: datetime,
    *,
    own: bool,
) -> TeamOnCall:
    return TeamOnCall(
        team=team.name,
        title=team.title,
        members=tuple(known[member.uid] for member in team.members if member.uid in known),
        rotation=_rotation(plan, known, now) if plan else None,
        paged_at=paged_at,
        own_steps=own,
    )


def _rotation(plan: Plan, known: dict[str, PersonOnCall], now: datetime) -> RotationView:
    order = order_of(plan.schedule, now, fewest=len(plan.schedule.people))
    people = tuple(known[uid] for uid in order.people if uid in known)
    weekly = plan.schedule.layers[0] if plan.kind == WEEKLY and plan.schedule.layers else None
    return RotationView(
        people=people,
        weekday=WEEKDAYS[weekly.starts.weekday()] if weekly else "",
        at=f"{weekly.starts:%H:%M}" if weekly else "",
        zone=plan.schedule.zone.key,
        step_seconds=plan.step_seconds,
        version=plan.version,
        changed_at=plan.changed_at,
        since=order.since,
        until=order.until,
        kind=plan.kind,
        layer=order.layer or "",
        nobody_now=order.person is None or order.person not in known,
    )


def channels_of(person_uid: str) -> tuple[ChannelView, ...]:
    """A person's channels, oldest first."""
    return _channels(Channel.objects.filter(person__uid=person_uid, removed_at=None))


def channels() -> tuple[ChannelView, ...]:
    """Everybody's channels, for an administrator."""
    return _channels(Channel.objects.filter(removed_at=None))


def _channels(rows: Any) -> tuple[ChannelView, ...]:
    return tuple(
        ChannelView(
            uid=row.uid, person=row.person.name, email=row.person.email, kind=row.kind, address=row.shown,
            verified_at=row.verified_at, delivered_at=row.delivered_at, problem=row.problem, created_at=row.created_at,
            server=row.server,
        )
        for row in rows.select_related("person").order_by("person__name", "pk")
    )  # fmt: skip


def alerts(
    *, state: str = "", team: str = "", service_uid: str = "", text: str = "", cursor: str = "", limit: int = 50
) -> Page[AlertView]:
    """Alerts, newest first; `open` is every state but closed, `text` a part of the title or of the service's name."""
    checked_limit(limit)
    rows = Alert.objects.order_by("-pk")
    if state == "open":
        rows = rows.filter(closed_at=None)
    elif state in STATES:
        rows = rows.filter(state=state)
    elif state:
        raise Invalid(
            f"{state[:40]!r} is no state of a page.", remedy=f"open, {', '.join(STATES)}.", place=Place(field="state")
        )
    if team:
        rows = rows.filter(team__iexact=team)
    if service_uid:
        rows = rows.filter(service_uid=service_uid)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(service__icontains=text))
    if cursor:
        (last,) = decode_cursor(cursor, 1)
        if not isinstance(last, int) or not 0 <= last < 2**63:
            raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
        rows = rows.filter(pk__lt=last)
    found = list(rows[: limit + 1])
    page = page_of(found, limit, lambda row: (row.pk,))
    return Page(_views(page.items), page.next_cursor)


def require_alert(uid: str) -> AlertDetail:
    """One alert with its delivery log, newest first.

    Raises:
        NotFound: naming how to list them.
    """
    row = Alert.objects.filter(uid=uid).first()
    if row is None:
        raise NotFound(
            f"There is no page {uid[:40]}.", remedy="`roadbed page list` shows them.", place=Place(field="page")
        )
    log = Delivery.objects.filter(alert=row).select_related("recipient__person", "channel").order_by("-pk")
    return AlertDetail(alert=_views((row,))[0], deliveries=tuple(_delivery(one, row) for one in log[:500]))


def _delivery(row: Delivery, alert: Alert) -> DeliveryView:
    return DeliveryView(
        uid=row.uid, person=row.recipient.person.name, channel=row.channel.kind, address=row.channel.shown,
        cycle=row.cycle, step=alert.policy["steps"][row.step]["name"], attempt=row.attempt, tries=row.tries,
        state=row.state, due_at=row.due_at, ended_at=row.ended_at, provider_id=row.provider_id, error=row.error,
        confirmed_at=row.confirmed_at,
    )  # fmt: skip


def _views(rows: Iterable[Alert]) -> tuple[AlertView, ...]:
    rows = tuple(rows)
    paged: dict[int, list[str]] = {row.pk: [] for row in rows}
    recipients = Recipient.objects.filter(alert__in=list(paged)).select_related("person").order_by("pk")
    for one in recipients:
        paged[one.alert_id].append(one.person.name)
    uids = {uid for row in rows for step in row.policy["steps"] for uid in step["people"]}
    names = dict(Person.objects.filter(uid__in=uids).values_list("uid", "name"))
    return tuple(_view(row, tuple(paged[row.pk]), names) for row in rows)


def _view(row: Alert, paged: tuple[str, ...], names: dict[str, str]) -> AlertView:
    policy = frozen(row.policy)
    turn = following(policy, turn_of(row)) if row.next_step_at else None
    upcoming = policy.steps[turn.step].people if turn else ()
    return AlertView(
        uid=row.uid, service_uid=row.service_uid, service=row.service, environment=row.environment, what=row.what,
        objective_uid=row.objective_uid, title=row.title, severity=row.severity, team=row.team, by=row.by,
        state=row.state, step=policy.steps[row.step].name if row.step >= 0 else "", cycle=row.cycle,
        next_step_at=row.next_step_at, next_people=tuple(names[uid] for uid in upcoming if uid in names), paged=paged,
        started_at=row.started_at, opened_at=row.opened_at, acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_name, closed_at=row.closed_at, closed_for=row.closed_for,
        why=tuple(row.why), figures=row.figures, holder_uid=row.acknowledged_by,
        again_at=row.again_at, snoozed_by=row.snoozed_by,
    )  # fmt: skip


def page_behind(secret: str) -> PageView | None:
    """What a recipient's link shows; None for a link that nobody got."""
    found = recipient_of(secret)
    if found is None:
        return None
    return _page(found)


def last_page_to(person_uid: str) -> PageView | None:
    """The newest page to a person, with why they got it."""
    rows = Recipient.objects.select_related("alert", "person").filter(person__uid=person_uid).order_by("-pk")
    found = rows.first()
    return None if found is None else _page(found)


def _page(found: Recipient) -> PageView:
    return PageView(
        alert=_views((found.alert,))[0],
        person=found.person.name,
        person_uid=found.person.uid,
        reason=found.reason,
        paged_at=found.paged_at,
        acknowledged_by_them=found.alert.acknowledged_by == found.person.uid,
    )
