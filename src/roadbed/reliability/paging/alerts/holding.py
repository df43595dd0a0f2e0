"""Troubles of facts that a silence holds back: the budget burns on, its page waits until the silence is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from roadbed.ground.ledger.models import Fact
from roadbed.reliability.paging.alerts import deciding
from roadbed.reliability.paging.alerts.looking import quiets
from roadbed.reliability.paging.alerts.models import Decision, HeldTrouble
from roadbed.reliability.paging.rules.alerts.placing import Withheld
from roadbed.reliability.paging.rules.alerts.silencing import Quiet, silenced
from roadbed.reliability.paging.rules.alerts.troubling import labels_of
from roadbed.reliability.paging.rules.troubles import Trouble

ENVIRONMENT = "production"


def labels_for(fact: Fact, trouble: Trouble, *, service: str, team: str) -> dict[str, str]:
    """What matchers are held against."""
    return labels_of(
        fact.kind, fact.data, service=service, environment=fact.environment or ENVIRONMENT, team=team,
        severity=trouble.severity,
    )  # fmt: skip


def withheld(labels: Mapping[str, str], *, now: datetime, by: Iterable[Quiet] | None = None) -> Withheld | None:
    """The silence in force that fits; of all, or of some."""
    return silenced(labels, quiets(now=now) if by is None else by, now=now)


def hold(fact: Fact, trouble: Trouble, labels: Mapping[str, str], why: Withheld, *, now: datetime) -> HeldTrouble:
    """Hold one back, in the open transaction; the decision tells whoever asks why nobody was paged."""
    row, _ = HeldTrouble.objects.update_or_create(
        fact=fact.uid,
        defaults={
            "service_uid": fact.subject, "service": labels["service"], "what": trouble.what, "labels": dict(labels),
            "held_by": why.by, "held_at": now, "ended_at": None,
        },
    )  # fmt: skip
    said = f"{why.said} Its budget burns on." if trouble.objective_uid else why.said
    deciding.of_trouble(Decision.HELD, row, trouble.title, [said], now=now).save()
    return row


def was_held(fact: Fact) -> bool:
    """Whether a fact's trouble is held back, or was: then only the end of the silence pages it."""
    return HeldTrouble.objects.filter(fact=fact.uid).exists()


def end(service_uid: str, what: str, *, now: datetime) -> int:
    """Note that troubles ended while they were held back: nobody is paged about them."""
    ended = 0
    for row in HeldTrouble.objects.filter(service_uid=service_uid, what=what, ended_at=None):
        if HeldTrouble.objects.filter(pk=row.pk, ended_at=None).update(ended_at=now):
            title = row.decisions.order_by("pk").values_list("title", flat=True).first() or row.what
            said = ["It ended while it was silenced."]
            deciding.of_trouble(Decision.RESOLVED, row, title, said, now=now).save()
            ended += 1
    return ended
