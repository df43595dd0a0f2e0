"""Writes what was judged of services: only the four weeks in which something is another than before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from roadbed.delivery.metrics.models import Rollup, Trouble, Verdict
from roadbed.delivery.metrics.rollups.blocks import Kept, begin_of_block
from roadbed.delivery.metrics.rollups.bulk import insert
from roadbed.delivery.metrics.rollups.columns import packed

History = Mapping[int, Kept]
"""What a service did, by four weeks."""


def keep(histories: Iterable[tuple[str, History]]) -> int:
    """Bring the tables to services' whole histories, in the caller's transaction; answers how many blocks changed."""
    written: list[tuple[str, int, str, Kept]] = []
    changes = 0
    for service_uid, history in histories:
        before = dict(Rollup.objects.filter(service_uid=service_uid).values_list("block", "digest"))
        digests = {number: kept.digest() for number, kept in history.items()}
        changed = {number for number in before.keys() | digests.keys() if before.get(number) != digests.get(number)}
        changes += len(changed)
        for number in sorted(changed & before.keys()):
            _forget(service_uid, number)
        written += ((service_uid, at, digests[at], history[at]) for at in sorted(changed & digests.keys()))
    insert(Verdict, (row for _, _, _, kept in written for row in kept.judged))
    insert(Trouble, (row for _, _, _, kept in written for row in kept.incidents))
    insert(Rollup, [(uid, at, digest, _first(kept), packed(kept.columns)) for uid, at, digest, kept in written])
    return changes


def _first(kept: Kept) -> int | None:
    return int(kept.columns.at[0]) if len(kept.columns.at) else None


def _forget(service_uid: str, number: int) -> None:
    begin, end = begin_of_block(number), begin_of_block(number + 1)
    of_block: tuple[QuerySet[Verdict] | QuerySet[Trouble] | QuerySet[Rollup], ...] = (
        Verdict.objects.filter(service_uid=service_uid, at__gte=begin, at__lt=end),
        Trouble.objects.filter(service_uid=service_uid, started_at__gte=begin, started_at__lt=end),
        Rollup.objects.filter(service_uid=service_uid, block=number),
    )
    for rows in of_block:
        rows.delete()
