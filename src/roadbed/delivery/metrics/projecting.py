"""Keeps the projection `delivery-metrics`: what was told, and which services have to be judged again."""

from __future__ import annotations

import secrets
from typing import Any

from roadbed.delivery.metrics.models import Rollup, Stale, Told, Trouble, Verdict
from roadbed.delivery.metrics.rollups.bulk import insert
from roadbed.delivery.metrics.rules import reading
from roadbed.delivery.metrics.settling import settle
from roadbed.ground.ledger.projections import Projection
from roadbed.ground.ledger.rules import FactView

NAME = "delivery-metrics"
_KEPT = frozenset({
    "deployment", "service", "service_uid", "environment", "version", "commit", "commits", "commit_count", "kind", "by",
    "incident", "started_at", "resolved_at", "mitigated_at", "what", "at", "cause_deployment", "severity", "reason",
    "artifact", "seconds", "title", "cause", "mended_by",
    "by_hand",
})  # fmt: skip
"""What the rules and pages read; the rest stays in the ledger."""


def apply(facts: tuple[FactView, ...]) -> None:
    """Take a batch: keep its facts, and mark every service whose history they touch."""
    lines = [
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
    insert(Told, map(_row, lines), ignoring=True)
    # Who judges a service meanwhile sees by the mark that there was news, and judges it again.
    mark = secrets.randbits(62)
    stale = [Stale(service_uid=uid, mark=mark) for uid in sorted(_touched(lines))]
    Stale.objects.bulk_create(stale, update_conflicts=True, unique_fields=["service_uid"], update_fields=["mark"])


def _row(line: reading.Line) -> tuple[Any, ...]:
    """In the order of the table's fields."""
    kept = {name: value for name, value in line.data.items() if name in _KEPT}
    return (
        line.uid, line.kind, line.key, line.service_uid, line.names, line.environment, line.occurred_at,
        line.supersedes, kept,
    )  # fmt: skip


def _touched(lines: list[reading.Line]) -> set[str]:
    """Services of the facts themselves, of their incident's other facts, of the deployments that they name."""
    touched = {line.service_uid for line in lines}
    corrected = [line.supersedes for line in lines if line.supersedes]
    before = list(Told.objects.filter(uid__in=corrected))
    touched |= {row.service_uid for row in before}
    keys = {line.key for line in lines if line.kind not in reading.DEPLOYED} | {row.key for row in before}
    same = list(Told.objects.filter(key__in=keys).values_list("service_uid", "names"))
    touched |= {service for service, _ in same}
    named = {line.names for line in lines} | {row.names for row in before} | {names for _, names in same}
    touched |= set(Told.objects.filter(key__in=named - {""}).values_list("service_uid", flat=True))
    return touched - {""}


def clear() -> None:
    """Empty the tables, before a rebuild."""
    for table in (Rollup, Verdict, Trouble, Stale, Told):
        table.objects.all().delete()


def settle_soon() -> int:
    """Judge what has news, for half a second at most: the figures follow the facts, and the worker its other work."""
    return settle(within=0.5)


METRICS = Projection(name=NAME, version=4, kinds=reading.KINDS, apply=apply, clear=clear, settle=settle_soon)
