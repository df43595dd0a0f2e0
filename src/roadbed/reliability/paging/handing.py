"""Handing a page on: to the next step at once by a person, or by time, when a snooze or an acknowledgement runs out."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from roadbed.ground.errors import Conflict, NotFound, Place
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import ROADBED, Caller, authorise
from roadbed.reliability.paging.escalating import drop_waiting, locked, take_step, turn_of
from roadbed.reliability.paging.intake import close_if_over
from roadbed.reliability.paging.models import Alert
from roadbed.reliability.paging.policies.renewing import begin_anew, give_back
from roadbed.reliability.paging.rules.escalation import following, frozen, is_fallback

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
        _go_on(page, why, writing, anew=page.state == Alert.EXHAUSTED or _is_last(page))


def _is_last(page: Alert) -> bool:
    policy, turn = frozen(page.policy), turn_of(page)
    return following(policy, turn) is None or (bool(policy.rounds) and is_fallback(policy, turn))


def _go_on(page: Alert, why: str, writing: Unit, *, anew: bool) -> None:
    page.why = [*page.why, why]
    if page.state == Alert.ACKNOWLEDGED:
        drop_waiting(page, "Not sent: it was acknowledged before it was paged anew.", now=writing.now)
    if anew:
        begin_anew(page, now=writing.now)
    else:
        give_back(page)
    take_step(page, writing, because=why)


def overdue(now: datetime) -> QuerySet[Alert]:
    """Pages that are to be paged again."""
    return Alert.objects.filter(state=Alert.ACKNOWLEDGED, again_at__lte=now)


def page_again(*, now: datetime) -> int:
    """Page again what was snoozed until now, or acknowledged and not ended in its time; answers how many."""
    again = 0
    for uid in list(overdue(now).order_by("again_at").values_list("uid", flat=True)[:200]):
        if close_if_over(uid, now=now):
            continue
        with unit(ROADBED, now=now) as writing:
            page = locked(uid)
            if page is None or page.state != Alert.ACKNOWLEDGED or page.again_at is None or page.again_at > now:
                continue
            _go_on(page, _why_again(page, now), writing, anew=True)
            again += 1
    return again


def _why_again(page: Alert, now: datetime) -> str:
    if page.snoozed_by:
        return f"{page.snoozed_by} snoozed it until now and it goes on, so it is paged again."
    minutes = round((now - (page.acknowledged_at or now)).total_seconds() / 60)
    return f"{page.acknowledged_name or 'Somebody'} has had it for {minutes} min and it goes on, so it is paged again."
