"""Troubles of facts and silences that come and go: an open page is closed by one, and paged anew after it."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging import intake
from roadbed.reliability.paging.alerts import deciding, holding
from roadbed.reliability.paging.alerts.looking import quiets
from roadbed.reliability.paging.alerts.models import Decision, HeldTrouble
from roadbed.reliability.paging.alerts.taking import one_at_a_time
from roadbed.reliability.paging.escalating import locked
from roadbed.reliability.paging.models import Alert
from roadbed.reliability.paging.rules.alerts.silencing import Quiet
from roadbed.reliability.paging.rules.troubles import BEGINNINGS, trouble_of


def has_held() -> bool:
    """Whether a trouble waits behind a silence."""
    return HeldTrouble.objects.filter(ended_at=None).exists()


def hit_by(quiet: Quiet, *, now: datetime) -> list[Alert]:
    """Open pages of facts that a silence fits."""
    return [page for page, _, labels in _open() if holding.withheld(labels, now=now, by=(quiet,))]


def silence_open(quiet: Quiet, reason: str, writing: Unit) -> int:
    """Close the open pages that a silence fits, in its transaction, and hold back what they are about."""
    closed = 0
    for page, fact, labels in _open():
        why = holding.withheld(labels, now=writing.now, by=(quiet,))
        row = locked(page.uid) if why is not None else None
        if why is None or row is None or row.closed_at is not None:
            continue
        trouble = trouble_of(fact.kind, fact.data, service=page.service)
        holding.hold(fact, trouble, labels, why, now=writing.now)
        # The fact is the held trouble's from now on, so that what opens after the silence can have it.
        row.fact = row.uid
        intake.close_locked(row, reason, writing)
        deciding.of_page(Decision.RESOLVED, row, [f"It is closed: {reason}."], now=writing.now).save()
        closed += 1
    return closed


def _open() -> list[tuple[Alert, Fact, dict[str, str]]]:
    pages = list(Alert.objects.filter(closed_at=None, fact_position__gt=0).order_by("pk"))
    facts = {row.uid: row for row in Fact.objects.filter(uid__in=[page.fact for page in pages], kind__in=BEGINNINGS)}
    found = []
    for page in pages:
        if (fact := facts.get(page.fact)) is not None:
            trouble = trouble_of(fact.kind, fact.data, service=page.service)
            found.append((page, fact, holding.labels_for(fact, trouble, service=page.service, team=page.team)))
    return found


def resume(*, now: datetime) -> int:
    """Page what was held back by a silence that is over and still goes on; answers how many."""
    rows = list(HeldTrouble.objects.filter(ended_at=None).order_by("pk"))
    if not rows:
        return 0
    known, resumed = quiets(now=now), 0
    for row in rows:
        if holding.withheld(row.labels, now=now, by=known) is not None:
            continue
        fact = Fact.objects.filter(uid=row.fact).first()
        if fact is None or intake.is_over(fact):
            holding.end(row.service_uid, row.what, now=now)
            continue
        with unit(ROADBED, now=now):
            one_at_a_time()
            if HeldTrouble.objects.filter(pk=row.pk, ended_at=None).update(ended_at=now):
                title = row.decisions.order_by("pk").values_list("title", flat=True).first() or row.what
                said = ["What held it back is over, and it goes on."]
                deciding.of_trouble(Decision.RELEASED, row, title, said, now=now).save()
                intake.begin_again(fact, now=now)
                resumed += 1
    return resumed
