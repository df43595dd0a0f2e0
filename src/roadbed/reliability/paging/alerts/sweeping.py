"""What time alone decides: alerts that their sender stopped repeating, and those whose reason to wait is gone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging.alerts import deciding, resuming
from roadbed.reliability.paging.alerts.gathering import close_where_over, gather, weigh
from roadbed.reliability.paging.alerts.looking import WHAT, View
from roadbed.reliability.paging.alerts.models import Decision, HeldTrouble, Integration, Signal
from roadbed.reliability.paging.alerts.storms import is_calm, open_storms
from roadbed.reliability.paging.alerts.taking import one_at_a_time
from roadbed.reliability.paging.escalating import locked
from roadbed.reliability.paging.intake import close_locked
from roadbed.reliability.paging.models import Alert

AT_ONCE: Final = 300
KEPT: Final = timedelta(days=90)
"""How long what is over is kept, with its decisions."""


def open_rows(_: object) -> tuple[QuerySet[Signal], QuerySet[HeldTrouble], QuerySet[Alert]]:
    """What time could end or release: without any of it there is nothing to look at."""
    return Signal.objects.filter(resolved_at=None), HeldTrouble.objects.filter(ended_at=None), open_storms()


def has_work(now: datetime) -> bool:
    """Whether anything waits, or could have gone quiet."""
    return (
        _waiting().exists()
        or resuming.has_held()
        or any(_quiet(row, now).exists() for row in _repeating())
        or any(is_calm(page, now=now) for page in open_storms())
    )


def _waiting() -> QuerySet[Signal]:
    # Held back, or in a page of something else that ended while they go on.
    held = Q(stance=Signal.HELD)
    left = Q(stance=Signal.PAGES, page__closed_at__isnull=False) & ~Q(page__what__startswith=WHAT)
    return Signal.objects.filter(held | left, resolved_at=None)


def _repeating() -> list[Integration]:
    return list(Integration.objects.filter(quiet_seconds__isnull=False, archived_at=None))


def _quiet(row: Integration, now: datetime) -> QuerySet[Signal]:
    until = now - timedelta(seconds=row.quiet_seconds or 0)
    return Signal.objects.filter(integration=row, resolved_at=None, last_at__lte=until)


def sweep(*, now: datetime) -> int:
    """End what went quiet and page what waits for nothing any more; answers how many alerts changed."""
    return _end_quiet(now=now) + _calm(now=now) + _release(now=now) + resuming.resume(now=now)


def _calm(*, now: datetime) -> int:
    """Give what is left of storms that are over pages by service again."""
    changed = 0
    for uid in [page.uid for page in open_storms() if is_calm(page, now=now)]:
        with unit(ROADBED, now=now) as writing:
            one_at_a_time()
            page = locked(uid)
            if page is not None and page.closed_at is None and is_calm(page, now=now):
                changed += _taken_apart(page, writing)
    return changed


def _taken_apart(page: Alert, writing: Unit) -> int:
    rows = Signal.objects.filter(page=page, resolved_at=None, stance=Signal.PAGES)
    heads: dict[tuple[str, str, int], int] = {}
    parts = ("service_uid", "environment", "integration_id", "pk")
    for service, environment, integration, pk in rows.order_by("severity", "pk").values_list(*parts):
        # Of one service alerts of several integrations have one page; without a service each has its own.
        heads.setdefault((service, environment, 0 if service else integration), pk)
    worst = list(Signal.objects.filter(pk__in=heads.values()).select_related("integration__team"))
    for row in worst:
        row.page = None
    reason = f"the storm is over: what still fires of {len(worst)} has pages of its own again"
    close_locked(page, reason if worst else "its alerts are over", writing)
    made = gather(worst, View.at(writing.now), writing, after=page)
    for one in made:
        one.reasons = [f"The storm of {page.team} is over, and it still fires.", *one.reasons]
    for row in worst:
        same = rows.filter(service_uid=row.service_uid, environment=row.environment)
        same = same if row.service_uid else same.filter(integration=row.integration)
        same.update(page=row.page, stance=row.stance, held_by=row.held_by)
    Decision.objects.bulk_create(
        [*made, deciding.of_page(Decision.RESOLVED, page, [f"It is closed: {reason}."], now=writing.now)]
    )
    return len(worst)


def _end_quiet(*, now: datetime) -> int:
    ended = 0
    for integration in _repeating():
        if not _quiet(integration, now).exists():
            continue
        with unit(ROADBED, now=now) as writing:
            one_at_a_time()
            rows = list(_quiet(integration, now).select_related("page").order_by("pk")[:AT_ONCE])
            said = f"{integration.name} has not repeated it for {integration.quiet_seconds} s."
            for row in rows:
                row.state, row.resolved_at, row.resolved_by, row.held_by = Signal.RESOLVED, now, Signal.BY_QUIET, ""
            Signal.objects.bulk_update(rows, ["state", "resolved_at", "resolved_by", "held_by"])
            Decision.objects.bulk_create(
                [deciding.of_signal(Decision.RESOLVED, row, [f"It is over: {said}"], now=now) for row in rows]
            )
            close_where_over({row.page_id for row in rows if row.page_id}, writing, reason="its alerts went quiet")
            ended += len(rows)
    return ended


def _release(*, now: datetime) -> int:
    last, changed = 0, 0
    while True:
        with unit(ROADBED, now=now) as writing:
            one_at_a_time()
            waiting = _waiting().filter(pk__gt=last).select_related("integration__team", "page")
            rows = list(waiting.order_by("pk")[:AT_ONCE])
            if rows:
                changed += _weighed(rows, View.at(now), writing)
        if len(rows) < AT_ONCE:
            return changed
        last = rows[-1].pk


def _weighed(rows: list[Signal], view: View, writing: Unit) -> int:
    changed, paging, made = [], [], []
    for row in rows:
        before = (row.stance, row.held_by)
        outcome, reason = weigh(row, view, row.integration.name, row.integration.pages_at)
        if outcome == Decision.PAGED:
            row.page = None
            paging.append(row)
        elif (row.stance, row.held_by) != before:
            changed.append(row)
            made.append(deciding.of_signal(outcome, row, [reason], now=view.now))
    for one in gather(paging, view, writing):
        one.reasons = ["What held it back is over, and it still fires.", *one.reasons]
        one.outcome = Decision.RELEASED if one.outcome == Decision.PAGED else one.outcome
        made.append(one)
    changed += paging
    Signal.objects.bulk_update(changed, ["stance", "held_by", "page"])
    Decision.objects.bulk_create(made)
    return len(changed)


def forget(*, now: datetime, limit: int = 2_000) -> int:
    """Delete what has been over for 90 days, with its decisions; facts stay."""
    old = Signal.objects.filter(resolved_at__lt=now - KEPT).order_by("pk").values_list("pk", flat=True)
    gone = Signal.objects.filter(pk__in=list(old[:limit])).delete()[0]
    gone += HeldTrouble.objects.filter(ended_at__lt=now - KEPT).delete()[0]
    ancient = (
        Decision.objects.filter(at__lt=now - KEPT, signal=None, trouble=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return gone + Decision.objects.filter(pk__in=list(ancient[:limit])).delete()[0]
