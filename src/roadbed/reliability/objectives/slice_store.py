"""Slices on disk: sums of judged slices by series, how far each series was judged, and what has to be judged anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from django.db import connections

from roadbed.reliability.objectives.models import SliceHead, SliceSum
from roadbed.reliability.objectives.putting import ALIAS, put
from roadbed.reliability.objectives.rules.slices import NONE, Sums

_SUMS: Final = SliceSum._meta.db_table  # noqa: SLF001 - _meta is Django's public way to a model's table
_HEADS: Final = SliceHead._meta.db_table  # noqa: SLF001 - as above
_COLUMNS: Final = {
    "until": "int4", "series": "int4", "measured": "int4", "idle": "int4", "bad": "int4", "broken": "int4",
    "spent_high": "int8", "spent_low": "int8",
}  # fmt: skip
_HEAD: Final = {
    "series": "int4", "shape": "text", "length": "int4", "first": "int4", "judged": "int4", "sure": "int4",
}  # fmt: skip
_VALUES: Final = "measured, idle, bad, broken, spent_high, spent_low"
_HALF: Final = 40
_MASK: Final = (1 << _HALF) - 1
_AT_ONCE: Final = 400


class Judged(NamedTuple):
    """How far the slices of a series were judged: from the minute `first` up to `judged`, and surely up to `sure`."""

    shape: str
    length: int
    first: int
    judged: int
    sure: int


def judged(series: Iterable[int]) -> dict[int, Judged]:
    """How far the slices of some series were judged."""
    wanted = set(series)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(f"SELECT series, shape, length, first, judged, sure FROM {_HEADS}")  # noqa: S608 - constants
        return {row[0]: Judged(*row[1:]) for row in cursor.fetchall() if row[0] in wanted}


def keep(heads: Mapping[int, Judged]) -> None:
    """Say how far they were judged."""
    put(_HEADS, _HEAD, [(series, *head) for series, head in heads.items()], key=1)


def _sums(row: Sequence[int]) -> Sums:
    measured, idle, bad, broken, high, low = row
    return Sums(measured, idle, bad, broken, (high << _HALF) + low)


def _flat(sums: Sums) -> tuple[int, ...]:
    return (*sums[:4], sums.spent >> _HALF, sums.spent & _MASK)


def write(rows: Iterable[tuple[int, int, Sums]]) -> None:
    """Write sums by the minute they end at and series; a row that is there is replaced."""
    put(_SUMS, _COLUMNS, [(until, series, *_flat(sums)) for until, series, sums in rows], key=2)


def at(untils: Iterable[int], series: Iterable[int]) -> dict[int, dict[int, Sums]]:
    """The sums of several series up to several minutes; a row that is not there is left out."""
    wanted, found = set(series), dict[int, dict[int, Sums]]()
    if len(wanted) == 1:
        (only,) = wanted
        return {until: {only: sums} for until, sums in of(only, untils).items()}
    with connections[ALIAS].cursor() as cursor:
        for until in set(untils):
            cursor.execute(f"SELECT series, {_VALUES} FROM {_SUMS} WHERE until = %s", [until])  # noqa: S608 - constants
            found[until] = {row[0]: _sums(row[1:]) for row in cursor.fetchall() if row[0] in wanted}
    return found


def of(series: int, untils: Iterable[int]) -> dict[int, Sums]:
    """The sums of one series up to several minutes."""
    wanted, found = sorted(set(untils)), dict[int, Sums]()
    with connections[ALIAS].cursor() as cursor:
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            places = ", ".join(["%s"] * len(part))
            query = f"SELECT until, {_VALUES} FROM {_SUMS} WHERE until IN ({places}) AND series = %s"  # noqa: S608 - constants
            cursor.execute(query, [*part, series])
            found |= {row[0]: _sums(row[1:]) for row in cursor.fetchall()}
    return found


def before(series: int, until: int) -> Sums:
    """The sums up to a minute of which no row is kept: those of the row before it."""
    with connections[ALIAS].cursor() as cursor:
        query = f"SELECT {_VALUES} FROM {_SUMS} WHERE series = %s AND until <= %s ORDER BY until DESC LIMIT 1"  # noqa: S608 - constants
        cursor.execute(query, [series, until])
        found = cursor.fetchone()
    return _sums(found) if found else NONE


def shift(series: int, untils: Iterable[int], more: Sums) -> None:
    """Add to all sums of a series that end at these minutes."""
    if more == NONE:
        return
    held = of(series, untils)
    write((until, series, sums.plus(more)) for until, sums in held.items())


def drop(series: int, untils: Iterable[int]) -> None:
    """Forget the sums of a series that end at these minutes."""
    with connections[ALIAS].cursor() as cursor:
        # Named one by one they are found by their key.
        cursor.executemany(f"DELETE FROM {_SUMS} WHERE until = %s AND series = %s", [(one, series) for one in untils])  # noqa: S608 - constants


def forget(*, before: int) -> None:
    """Drop sums that no window reaches any more."""
    SliceSum.objects.using(ALIAS).filter(until__lt=before).delete()
