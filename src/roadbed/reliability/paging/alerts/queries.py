"""Reading integrations, alerts, silences and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.catalog.services import service_names
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.ledger.models import InboxItem
from roadbed.ground.people.models import Person
from roadbed.ground.recurring import rule_of
from roadbed.ground.recurring_words import rule_in_words
from roadbed.reliability.paging.alerts import silencing
from roadbed.reliability.paging.alerts.answers import DecisionView, HitView, IntegrationView, SignalView, SilenceView
from roadbed.reliability.paging.alerts.integrating import require, source_of
from roadbed.reliability.paging.alerts.looking import quiet_of
from roadbed.reliability.paging.alerts.models import Decision, HeldTrouble, Integration, Signal, Silence
from roadbed.reliability.paging.models import Alert
from roadbed.reliability.paging.rules.alerts import settings as words
from roadbed.reliability.paging.rules.alerts.values import KINDS

STATES: Final = ("open", "firing", "acknowledged", "held", "listed", "resolved")
OVER: Final = timedelta(days=30)


def integrations() -> tuple[IntegrationView, ...]:
    """All, those that are open first, by name."""
    return _integrations(Integration.objects.order_by("archived_at", "name"))


def integration(name: str) -> IntegrationView:
    """One.

    Raises:
        NotFound: naming how to list them.
    """
    return _integrations(Integration.objects.filter(pk=require(name).pk))[0]


def _integrations(rows: QuerySet[Integration]) -> tuple[IntegrationView, ...]:
    from django.utils import timezone

    found, now = list(rows.select_related("team")), timezone.now()
    names = service_names({row.service_uid for row in found if row.service_uid})
    opened = dict(
        Signal.objects.filter(resolved_at=None, integration__in=found)
        .values_list("integration_id")
        .annotate(count=Count("pk"))
    )
    pending = InboxItem.objects.filter(source__startswith="alerts:", state__in=[InboxItem.RECEIVED, InboxItem.FAILED])
    counts: dict[tuple[str, str], int] = {}
    for source, state, count in pending.values_list("source", "state").annotate(count=Count("pk")):
        counts[source, state] = count
    return tuple(_integration(row, names, opened, counts, now) for row in found)


def _integration(
    row: Integration, names: dict[str, str], opened: dict[int, int], counts: dict[tuple[str, str], int], now: datetime
) -> IntegrationView:
    waits = row.confirmation.get("url", "") if row.confirmation else ""
    both = row.former_until if row.former_until and row.former_until > now else None
    return IntegrationView(
        uid=row.uid, name=row.name, kind=row.kind, title=KINDS[row.kind], team=row.team.name if row.team else "",
        service=names.get(row.service_uid, row.service_uid), address=words.address(row.kind, settings.PUBLIC_URL),
        setting=words.setting(row.kind, settings.PUBLIC_URL), hint=row.hint, pages_at=row.pages_at,
        quiet_seconds=row.quiet_seconds, silent_seconds=row.silent_seconds, mapping=row.mapping,
        signed=bool(row.certificate), confirm_url=waits,
        confirm_topic=row.confirmation.get("topic", "") if waits else "", last_seen_at=row.last_seen_at,
        silent_since=words.silent_since(row.last_seen_at or row.created_at, row.silent_seconds, now)
        if row.archived_at is None else None,
        both_open_until=both, open=opened.get(row.pk, 0),
        unreadable=counts.get((source_of(row.name), InboxItem.FAILED), 0),
        waiting=counts.get((source_of(row.name), InboxItem.RECEIVED), 0), created_at=row.created_at,
        created_by=row.created_by, archived_at=row.archived_at,
    )  # fmt: skip


def signals(
    *,
    state: str = "",
    service_uid: str = "",
    team: str = "",
    integration: str = "",
    text: str = "",
    cursor: str = "",
    limit: int = 50,
) -> Page[SignalView]:
    """Alerts, newest first; `held` and `listed` are open ones that page nobody."""
    checked_limit(limit)
    rows = _in_state(Signal.objects.order_by("-pk"), state)
    if service_uid:
        rows = rows.filter(service_uid=service_uid)
    if team:
        rows = rows.filter(team__iexact=team)
    if integration:
        rows = rows.filter(integration__name=integration)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(service__icontains=text))
    if cursor:
        (last,) = decode_cursor(cursor, 1)
        if not isinstance(last, int) or not 0 <= last < 2**63:
            raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
        rows = rows.filter(pk__lt=last)
    page = page_of(list(rows.select_related("integration", "page")[: limit + 1]), limit, lambda row: (row.pk,))
    return Page(views(page.items), page.next_cursor)


def _in_state(rows: QuerySet[Signal], state: str) -> QuerySet[Signal]:
    if not state:
        return rows
    if state not in STATES:
        raise Invalid(
            f"{state[:40]!r} is no state of an alert.", remedy=f"{', '.join(STATES)}.", place=Place(field="state")
        )
    if state == "open":
        return rows.filter(resolved_at=None)
    if state in (Signal.HELD, Signal.LISTED):
        return rows.filter(resolved_at=None, stance=state)
    return rows.filter(state=state)


def require_signal(uid: str) -> SignalView:
    """One alert.

    Raises:
        NotFound: naming how to list them.
    """
    row = Signal.objects.select_related("integration", "page").filter(uid=uid[:32]).first()
    if row is None:
        raise NotFound(
            f"There is no alert {uid[:40]}.", remedy="`roadbed alerts list` shows them.", place=Place(field="alert")
        )
    return views((row,))[0]


def views(rows: Iterable[Signal]) -> tuple[SignalView, ...]:
    """Rows with their integration and page as values."""
    rows = tuple(rows)
    held = [row.pk for row in rows if row.held_by]
    why: dict[int, str] = {}
    for pk, reasons in (
        Decision.objects.filter(signal__in=held, outcome=Decision.HELD)
        .order_by("pk")
        .values_list("signal_id", "reasons")
    ):
        why[pk or 0] = reasons[0] if reasons else ""
    return tuple(
        SignalView(
            uid=row.uid, integration=row.integration.name, key=row.given_key, title=row.title, severity=row.severity,
            service=row.service, service_uid=row.service_uid, environment=row.environment, team=row.team,
            state=row.state, stance=row.stance, held_for=why.get(row.pk, ""), page=row.page.uid if row.page else "",
            labels=row.labels, annotations=row.annotations, link=row.link, began_at=row.began_at,
            first_at=row.first_at, last_at=row.last_at, times=row.times, resolved_at=row.resolved_at,
            resolved_by=row.resolved_by,
        )
        for row in rows
    )  # fmt: skip


def signals_of_page(page: Alert, *, limit: int = 50) -> tuple[tuple[SignalView, ...], int]:
    """The alerts in a page, open and worst first, and how many there are."""
    rows = Signal.objects.filter(page=page)
    shown = rows.select_related("integration", "page").order_by("state", "severity", "-pk")[:limit]
    return views(shown), rows.count()


def decisions(*, signal: str = "", page: Alert | None = None, limit: int = 100) -> tuple[DecisionView, ...]:
    """What was decided about an alert or a page, oldest first."""
    rows = Decision.objects.select_related("signal", "page").order_by("pk")
    rows = rows.filter(signal__uid=signal) if signal else rows.filter(page=page)
    return decision_views(rows[:limit])


def decision_views(rows: Iterable[Decision]) -> tuple[DecisionView, ...]:
    """Rows as values, with names of who was on call."""
    rows = tuple(rows)
    uids = {uid for row in rows for uid in row.on_call}
    names = dict(Person.objects.filter(uid__in=uids).values_list("uid", "name"))
    return tuple(
        DecisionView(
            at=row.at, outcome=row.outcome, title=row.title, service=row.service, team=row.team,
            signal=row.signal.uid if row.signal else "", page=row.page.uid if row.page else "",
            reasons=tuple(row.reasons), on_call=tuple(names[uid] for uid in row.on_call if uid in names),
        )
        for row in rows
    )  # fmt: skip


def silences(*, now: datetime, everything: bool = False) -> tuple[SilenceView, ...]:
    """Silences that are in force or come, newest first; with `everything` those of the last 30 days too."""
    open_ones = Q(ended_at=None) & (Q(ends_at__gt=now) | ~Q(rrule=""))
    rows = Silence.objects.filter(open_ones | Q(ends_at__gt=now - OVER) if everything else open_ones)
    held = dict(
        Signal.objects.filter(resolved_at=None, held_by__startswith="silence:")
        .values_list("held_by")
        .annotate(count=Count("pk"))
    )
    troubles = HeldTrouble.objects.filter(ended_at=None).values_list("held_by").annotate(count=Count("pk"))
    for by, count in troubles:
        held[by] = held.get(by, 0) + count
    return tuple(_silence(row, held.get(f"silence:{row.uid}", 0), now) for row in rows.order_by("-pk")[:500])


def _silence(row: Silence, holds: int, now: datetime) -> SilenceView:
    following = quiet_of(row).next_after(now)
    state = "ended" if row.ended_at else "over" if following is None else "active" if following[0] <= now else "coming"
    return SilenceView(
        uid=row.uid, matchers=tuple(row.matchers), starts_at=row.starts_at, ends_at=row.ends_at, rrule=row.rrule,
        zone=row.zone, words=rule_in_words(rule_of(row.rrule)) if row.rrule else "", reason=row.reason, by=row.by,
        made_at=row.made_at, ended_at=row.ended_at, ended_by=row.ended_by, state=state,
        next_from=following[0] if following else None, next_until=following[1] if following else None, holds=holds,
    )  # fmt: skip


def silence(uid: str, *, now: datetime) -> SilenceView:
    """One silence."""
    row = Silence.objects.get(uid=uid)
    by = f"silence:{uid}"
    held = Signal.objects.filter(resolved_at=None, held_by=by).count()
    return _silence(row, held + HeldTrouble.objects.filter(ended_at=None, held_by=by).count(), now)


def hit(matchers: Sequence[str], *, now: datetime) -> HitView:
    """What matchers hit now, and hit in the last seven days."""
    found = silencing.preview(matchers, now=now)
    return HitView(views(found.open), found.open_count, found.past_count, found.pages)
