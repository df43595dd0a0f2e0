"""Writes what was judged of a service: only the four weeks in which something is another than before."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db.models import QuerySet

from roadbed.delivery.metrics.models import Rollup, Trouble, Verdict
from roadbed.delivery.metrics.rollups.blocks import Block, begin_of_block, blocks_of
from roadbed.delivery.metrics.rollups.bulk import insert
from roadbed.delivery.metrics.rollups.columns import columns_of, instant, packed
from roadbed.delivery.metrics.rules.values import Incident, Judged


def keep(service_uid: str, judged: Sequence[Judged], incidents: Sequence[Incident]) -> int:
    """Bring the tables to a service's whole history, in the caller's transaction; answers how many blocks changed."""
    blocks = blocks_of(judged, incidents)
    before = dict(Rollup.objects.filter(service_uid=service_uid).values_list("block", "digest"))
    digests = {number: block.digest() for number, block in blocks.items()}
    changed = {number for number in before.keys() | digests.keys() if before.get(number) != digests.get(number)}
    for number in sorted(changed & before.keys()):
        _forget(service_uid, number)
    for number in sorted(changed & digests.keys()):
        _write(service_uid, number, blocks[number], digests[number])
    return len(changed)


def _forget(service_uid: str, number: int) -> None:
    begin, end = begin_of_block(number), begin_of_block(number + 1)
    of_block: tuple[QuerySet[Verdict] | QuerySet[Trouble] | QuerySet[Rollup], ...] = (
        Verdict.objects.filter(service_uid=service_uid, at__gte=begin, at__lt=end),
        Trouble.objects.filter(service_uid=service_uid, started_at__gte=begin, started_at__lt=end),
        Rollup.objects.filter(service_uid=service_uid, block=number),
    )
    for rows in of_block:
        rows.delete()


def _write(service_uid: str, number: int, block: Block, digest: str) -> None:
    told = zip(block.judged, block.carried, strict=True)
    insert(Verdict, (_values(one, Verdict, carried=carried) for one, carried in told))
    insert(Trouble, (_values(one, Trouble) for one in block.incidents))
    first = instant(block.judged[0].at) if block.judged else None
    data = packed(columns_of(block.judged, block.incidents))
    insert(Rollup, [(service_uid, number, digest, first, data)])


def _values(one: Judged | Incident, table: type[Verdict | Trouble], **instead: Any) -> tuple[Any, ...]:
    return tuple(instead[name] if name in instead else getattr(one, name) for name in _names(table))


@cache
def _names(table: type[Verdict | Trouble]) -> tuple[str, ...]:
    meta = table._meta  # noqa: SLF001 - Django's documented way to a model's fields
    return tuple(field.name for field in meta.local_concrete_fields if not field.primary_key)
