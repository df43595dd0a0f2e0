"""Reading the facts that an incident's page is made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from roadbed.ground.ledger.queries import fact, facts_between
from roadbed.ground.ledger.rules import FactView
from roadbed.reliability.incidents.models import Incident, Pinned, Sealed
from roadbed.reliability.incidents.rules import suspects, timeline

MOST = 500


def services_of(row: Incident) -> tuple[str, ...]:
    """Uids of what it harms, the first of them where it was seen first."""
    return (row.service_uid, *row.affected.order_by("pk").values_list("service_uid", flat=True))


def of_incident(row: Incident, *, now: datetime) -> tuple[FactView, ...]:
    """What happened to its services from two hours before harm began until the end, and to the incident itself.

    What it was merged from tells with it; what a split moved elsewhere is told there.
    """
    since, seen_at = row.started_at - timeline.BEFORE, row.detected_at
    until = max(row.resolved_at or now, seen_at)
    around = _read(services_of(row), timeline.KINDS, since=since, until=until)
    # What people write after the end belongs to it too.
    own_uids = (row.uid, *row.merged.values_list("uid", flat=True))
    latest = max(now, seen_at)
    own = facts_between(own_uids, kinds=timeline.KINDS, since=since, until=latest, limit=MOST)
    marks = dict(row.marks.filter(kind__in=(Pinned.MOVED, Pinned.AWAY)).values_list("fact", "kind"))
    moved = [fact(uid) for uid, kind in marks.items() if kind == Pinned.MOVED]
    near = (one for one in around if one.environment in ("", row.environment))
    found = {one.uid: one for one in (*own, *near, *(one for one in moved if one is not None))}
    kept = tuple(one for one in found.values() if marks.get(one.uid) != Pinned.AWAY)
    return _unsealed(kept)


def _unsealed(facts: tuple[FactView, ...]) -> tuple[FactView, ...]:
    """With what the facts of a private incident say, for who was let in to read it."""
    hidden = [one.uid for one in facts if one.data.get("private")]
    if not hidden:
        return facts
    said = dict(Sealed.objects.filter(fact__in=hidden).values_list("fact", "data"))
    return tuple(replace(one, data=said[one.uid]) if one.uid in said else one for one in facts)


def near(service_uid: str, *, started_at: datetime, until: datetime) -> tuple[FactView, ...]:
    """What happened to a service that an incident is opened on, from two hours before."""
    kinds = suspects.CHANGES | {"gate.asked", "gate.overridden"}
    return _read((service_uid,), kinds, since=started_at - suspects.NEAR, until=until)


def _read(
    subjects: tuple[str, ...], kinds: frozenset[str], *, since: datetime, until: datetime
) -> tuple[FactView, ...]:
    # Changes are read apart, so that a gate that is asked all the time pushes no suspect out.
    changes = facts_between(subjects, kinds=suspects.CHANGES, since=since, until=until, limit=MOST)
    return changes + facts_between(subjects, kinds=kinds - suspects.CHANGES, since=since, until=until, limit=MOST)
