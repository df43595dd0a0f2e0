"""Handing a page on: to the next step at once by a person, or by time when whoever has it never ends it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from roadbed.ground.errors import Conflict, NotFound, Place
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import ROADBED, Caller, authorise
from roadbed.reliability.paging.escalating import locked, take_step
from roadbed.reliability.paging.intake import close_if_over
from roadbed.reliability.paging.models import Alert
from roadbed.reliability.paging.rules.escalation import Turn, following, frozen

LONGEST_REASON: Final = 160


def escalate(caller: Caller, uid: str, *, reason: str = "", now: datetime) -> None:
    """Page the next step now, also from whoever has it; after the last one it begins with the first again.

    Raises:
        NotFound: for an unknown page.
        Conflict: when it is closed.
    """
    authorise(caller, "page.acknowledge")
    said = " ".join(reason.replace("\x00", "").split())[:LONGEST_REASON]
    with unit(caller, now=now) as writing:
        page = locked(uid[:32])
        if page is None:
            raise NotFound(
                f"There is no page {uid[:40]}.", remedy="`roadbed page list` shows them.", place=Place(field="page")
            )
        if page.state == Alert.CLOSED:
            raise Conflict(f"It is closed already, {page.closed_for}.", remedy="There is nothing to do.")
        why = f"{caller.name} hands it on to the next step{f': {said}' if said else ''}."
        last = following(frozen(page.policy), Turn(page.cycle, page.step)) is None
        _go_on(page, why, writing, anew=last or page.state == Alert.EXHAUSTED)


def _go_on(page: Alert, why: str, writing: Unit, *, anew: bool) -> None:
    page.state, page.acknowledged_at, page.acknowledged_by, page.acknowledged_name = Alert.PAGING, None, "", ""
    if anew:
        page.cycle, page.step = page.cycle + 1, -1
    page.why = [*page.why, why]
    take_step(page, writing)


def limit() -> timedelta | None:
    """How long somebody may have a page before it is paged again; None for ever."""
    return timedelta(minutes=settings.ACKNOWLEDGED_MINUTES) if settings.ACKNOWLEDGED_MINUTES else None


def overdue(now: datetime) -> QuerySet[Alert]:
    """Pages that somebody had for too long."""
    longest = limit()
    rows = Alert.objects.filter(state=Alert.ACKNOWLEDGED)
    return rows.none() if longest is None else rows.filter(acknowledged_at__lte=now - longest)


def page_again(*, now: datetime) -> int:
    """Page again what somebody acknowledged and nobody ended in the time that is set; answers how many."""
    again, longest = 0, limit()
    for uid in list(overdue(now).order_by("pk").values_list("uid", flat=True)[:200]):
        if longest is None or close_if_over(uid, now=now):
            continue
        with unit(ROADBED, now=now) as writing:
            page = locked(uid)
            if page is None or page.state != Alert.ACKNOWLEDGED or page.acknowledged_at is None:
                continue
            if page.acknowledged_at > now - longest:
                continue
            minutes = round((now - page.acknowledged_at).total_seconds() / 60)
            who = page.acknowledged_name or "Somebody"
            _go_on(
                page, f"{who} has had it for {minutes} min and it goes on, so it is paged again.", writing, anew=True
            )
            again += 1
    return again
