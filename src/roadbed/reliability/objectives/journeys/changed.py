"""Saying which stored minutes changed, in the transaction that changes them: no kept state outlives its minute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.db import connections

from roadbed.reliability.objectives.journeys.models import MinuteStates

_ALIAS: Final = "samples"
_TABLE: Final = MinuteStates._meta.db_table  # noqa: SLF001 - _meta is Django's public way to a model's table


def changed(series: int, minute: int) -> None:
    """A minute of a series changed."""
    _delete("series = %s AND first <= %s AND until > %s", [series, minute, minute])


def changed_from(series: int, minute: int) -> None:
    """Minutes of a series changed from one on."""
    _delete("series = %s AND until > %s", [series, minute])


def written(rows: Mapping[int, Sequence[tuple[int, object]]]) -> None:
    """Rows are written anew, each series' oldest first; as a rule they are younger than anything that is kept."""
    firsts = {series: own[0][0] for series, own in rows.items() if own}
    if not firsts:
        return
    with connections[_ALIAS].cursor() as cursor:
        cursor.execute(f"SELECT max(until) FROM {_TABLE}")  # noqa: S608 - constant
        newest = cursor.fetchone()[0]
    if newest is None or min(firsts.values()) >= newest:
        return
    for series, minute in firsts.items():
        if minute < newest:
            changed_from(series, minute)


def forget(*, before: int) -> None:
    """Drop what ends before a minute."""
    MinuteStates.objects.using(_ALIAS).filter(until__lte=before).delete()


def forget_series(series: Iterable[int]) -> int:
    """Drop everything of some series; answers how many rows that were."""
    return MinuteStates.objects.using(_ALIAS).filter(series__in=list(series)).delete()[0]


def _delete(where: str, values: list[int]) -> None:
    with connections[_ALIAS].cursor() as cursor:
        cursor.execute(f"DELETE FROM {_TABLE} WHERE {where}", values)  # noqa: S608 - constants
