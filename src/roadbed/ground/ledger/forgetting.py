"""How the facts of a demo leave: the only facts that ever do, since they told of a company that is not real."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import Q

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.ground.ledger.models import Fact

AT_ONCE: Final = 500
"""Rows a transaction: the write lock of SQLite is everybody's."""


def forget(held: Belongings) -> Gone:
    """Delete what was recorded while the demo was made, and what was recorded since about its things or by its people.

    Positions of what stays do not move, so every reader goes on from where it is.
    """
    theirs = Q(position__gte=held.first, position__lte=held.last) if held.last else Q(pk=None)
    theirs |= Q(actor__in=held.people)
    rows = _delete(theirs)
    for some in _parts(sorted(held.uids)):
        rows += _delete(Q(subject__in=some))
    return Gone(rows)


def _parts(uids: list[str]) -> list[list[str]]:
    return [uids[at : at + AT_ONCE] for at in range(0, len(uids), AT_ONCE)]


def _delete(theirs: Q) -> int:
    rows = 0
    while True:
        with transaction.atomic(using="default"):
            some = list(Fact.objects.filter(theirs).order_by("position").values_list("pk", flat=True)[:AT_ONCE])
            rows += Fact.objects.filter(pk__in=some).delete()[0]
        if len(some) < AT_ONCE:
            return rows
