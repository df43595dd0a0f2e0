"""Keeps the projection `delivery-metrics`: what was told of incidents, and which services have to be judged again.

What was told of deployments stays in the ledger, where a service's whole history is found by its subject; the rest is
kept, since it is told of incidents and looked for by service.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from typing import Any

from roadbed.delivery.metrics.models import Rollup, Stale, Told, Trouble, Verdict
from roadbed.delivery.metrics.rollups.bulk import insert
from roadbed.delivery.metrics.rules import reading
from roadbed.delivery.metrics.settling import settle_some
from roadbed.ground.ledger.plain import subjects_of
from roadbed.ground.ledger.projections import Projection
from roadbed.ground.ledger.queries import facts_with
from roadbed.ground.ledger.rules import FactView

NAME = "delivery-metrics"
_KEPT = frozenset({
    "deployment", "service", "service_uid", "environment", "commit", "by", "incident", "started_at", "resolved_at",
    "mitigated_at", "what", "at", "cause_deployment", "severity", "reason", "artifact", "title", "cause", "mended_by",
})  # fmt: skip
"""What the rules and pages read; the rest stays in the ledger."""


def apply(facts: tuple[FactView, ...]) -> None:
    """Take a batch: keep what is not told of deployments, and mark every service whose history it touches."""
    lines = _lines(facts)
    _keep(lines)
    _mark(_touched(lines))


def apply_anew(facts: tuple[FactView, ...]) -> None:
    """Take a batch of a rebuild, at whose beginning every service with deployments was marked."""
    lines = _lines(facts)
    _keep(lines)
    _mark({line.service_uid for line in lines})


def _lines(facts: Iterable[FactView]) -> list[reading.Line]:
    return [
        reading.line_of(
            uid=fact.uid,
            kind=fact.kind,
            subject=fact.subject,
            environment=fact.environment,
            occurred_at=fact.occurred_at,
            supersedes=fact.supersedes,
            data=fact.data,
        )
        for fact in facts
    ]


def _keep(lines: Iterable[reading.Line]) -> None:
    insert(Told, [_row(line) for line in lines if line.kind not in reading.OF_DEPLOYMENTS], ignoring=True)


def _row(line: reading.Line) -> tuple[Any, ...]:
    """In the order of the table's fields."""
    kept = {name: value for name, value in line.data.items() if name in _KEPT}
    return (
        line.uid, line.kind, line.key, line.service_uid, line.names, line.environment, line.occurred_at,
        line.supersedes, kept,
    )  # fmt: skip


def _mark(services: Collection[str]) -> None:
    # Who judges a service meanwhile sees by the mark that there was news, and judges it again.
    mark = secrets.randbits(62)
    stale = [Stale(service_uid=uid, mark=mark) for uid in sorted(services) if uid]
    Stale.objects.bulk_create(stale, update_conflicts=True, unique_fields=["service_uid"], update_fields=["mark"])


def _touched(lines: list[reading.Line]) -> set[str]:
    """Services of the facts themselves, of their incident's other facts, of the deployments that they name."""
    before = _lines(facts_with({line.supersedes for line in lines if line.supersedes}))
    touched = {line.service_uid for line in (*lines, *before)}
    about = [line for line in (*lines, *before) if line.kind not in reading.OF_DEPLOYMENTS]
    same = list(Told.objects.filter(key__in={line.key for line in about}).values_list("service_uid", "names"))
    touched |= {service for service, _ in same}
    named = ({line.names for line in about} | {names for _, names in same}) - {""}
    return touched | _carriers(named) if named else touched


def _carriers(deployments: set[str]) -> set[str]:
    """Services of deployments that incidents name."""
    # One that is not judged yet is of a service that waits for it, or that is being judged right now: those judge once
    # more. Only then is looked for them, so that whoever wrote before this is seen.
    waiting = set(Stale.objects.values_list("service_uid", flat=True))
    if waiting:
        _mark(waiting)
    return set(Verdict.objects.filter(uid__in=deployments).values_list("service_uid", flat=True))


def clear() -> None:
    """Before a rebuild: forget what was told, and have every service judged again; until then its old figures stand."""
    Told.objects.all().delete()
    known = {
        uid for table in (Rollup, Trouble) for uid in table.objects.values_list("service_uid", flat=True).distinct()
    }
    _mark(known | set(subjects_of(reading.OF_DEPLOYMENTS)))


METRICS = Projection(
    name=NAME,
    version=5,
    kinds=reading.KINDS,
    apply=apply,
    clear=clear,
    settle=settle_some,
    anew=apply_anew,
    marked=reading.OF_DEPLOYMENTS,
)
