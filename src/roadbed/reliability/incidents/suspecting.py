"""Who is suspected of an incident: reads the changes around it and what earlier incidents found out, for the rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from roadbed.ground.catalog.depending import needed_by, needs
from roadbed.ground.ledger.queries import facts_between, facts_with
from roadbed.ground.ledger.rules import FactView
from roadbed.reliability.incidents.models import Incident, Judged
from roadbed.reliability.incidents.rules.evidence import Scene, track_of
from roadbed.reliability.incidents.rules.suspects import CHANGES, LOOKED_AT, Suspicion, suspects

MOST: Final = 500
REMEMBERED: Final = 50
"""Verdicts of earlier incidents of the service that are looked at, the newest first."""


def suspicion(row: Incident, known: Iterable[FactView], *, harmed: tuple[str, ...], now: datetime) -> Suspicion:
    """The suspects of an incident; `known` are the facts of its harmed services that were read already."""
    below = {uid: way for uid, way in needs(row.service_uid).items() if uid not in harmed}
    above = {uid: name for uid, name in needed_by(row.service_uid).items() if uid not in harmed and uid not in below}
    scene = Scene(
        started_at=row.started_at, detected_at=row.detected_at, below=below, above=above,
        ended_at=row.ended_at or row.mitigated_at or row.resolved_at, now=now, record=_record(row),
        service_uid=row.service_uid,
    )  # fmt: skip
    around = facts_between(
        (*harmed, *below, *above), kinds=CHANGES, since=row.started_at - LOOKED_AT,
        until=max(row.resolved_at or now, row.detected_at), limit=MOST,
    )  # fmt: skip
    facts = {one.uid: one for one in (*around, *known)}
    return suspects(facts.values(), scene, environment=row.environment)


def _record(row: Incident) -> dict[str, tuple[int, int]]:
    """What people found out about changes of these kinds in earlier incidents of the service."""
    rows = Judged.objects.filter(incident__service_uid=row.service_uid, incident__private=False)
    if row.pk is not None:
        rows = rows.exclude(incident=row.pk)
    said = dict(rows.order_by("-at").values_list("fact", "verdict")[:REMEMBERED])
    found: dict[str, tuple[int, int]] = {}
    for fact in facts_with(said) if said else ():
        confirmed, dismissed = found.get(track_of(fact), (0, 0))
        was_it = said[fact.uid] == "confirmed"
        found[track_of(fact)] = (confirmed + was_it, dismissed + (not was_it))
    return found
