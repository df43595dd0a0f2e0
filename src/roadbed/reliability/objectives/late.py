"""Counts that came late: noted beside the sums, added when these are read, and put into them when they grow many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.db import connections, transaction

from roadbed.reliability.objectives.journeys import changed
from roadbed.reliability.objectives.models import Late, Minute
from roadbed.reliability.objectives.rules.counts import Cumulative

ALIAS: Final = "samples"
MOST: Final = 200
"""So many are read with every evaluation; more are put into the sums by the hourly job."""
_TABLE: Final = Late._meta.db_table  # noqa: SLF001 - _meta is Django's public way to a model's table
_MINUTES: Final = Minute._meta.db_table  # noqa: SLF001 - as above
_COLUMNS: Final = "series, minute, until, good, total, measured, idle, bad_minutes"

Noted = tuple[int, int, Cumulative]
"""From which minute, up to which other, how much."""


def note(series: int, minute: int, more: Cumulative, *, until: int) -> None:
    """Say what a minute before `until` holds more than its stored sums say."""
    with connections[ALIAS].cursor() as cursor:
        values = [series, minute, until, *more]
        cursor.execute(f"INSERT INTO {_TABLE} ({_COLUMNS}) VALUES ({', '.join(['%s'] * 8)})", values)  # noqa: S608 - constants
    changed.changed(series, minute)


def of(series: Mapping[int, object]) -> dict[int, list[Noted]]:
    """What came late for some series; nothing as a rule."""
    query = f"SELECT {_COLUMNS} FROM {_TABLE}"  # noqa: S608 - constants
    with connections[ALIAS].cursor() as cursor:
        if len(series) == 1:
            cursor.execute(f"{query} WHERE series = %s", [next(iter(series))])
        else:
            cursor.execute(query)
        rows = cursor.fetchall()
    found: dict[int, list[Noted]] = {}
    for number, minute, until, *more in rows:
        if number in series:
            found.setdefault(number, []).append((minute, until, Cumulative(*more)))
    return found


def added(held: Cumulative, noted: Iterable[Noted], minute: int) -> Cumulative:
    """A series' sums up to a minute with what came late for it or for one before it."""
    for first, until, more in noted:
        if first <= minute < until:
            held += more
    return held


def settle(*, most: int = MOST) -> int:
    """Put the oldest of what came late into the sums until no more than `most` are left; answers how many it were."""
    surplus = Late.objects.using(ALIAS).count() - most
    rows = list(Late.objects.using(ALIAS).order_by("pk")[: max(0, surplus)])
    for row in rows:
        with transaction.atomic(using=ALIAS):
            _settle(row)
    return len(rows)


def forget(*, before: int) -> None:
    """Drop what touches no sum from a minute on."""
    Late.objects.using(ALIAS).filter(until__lte=before).delete()


def _settle(row: Late) -> None:
    with connections[ALIAS].cursor() as cursor:
        # A minute without a row has the sums of the row before it, so the first one needs a row of its own.
        cursor.execute(
            f"INSERT INTO {_MINUTES} (minute, series, good, total, measured, idle, bad_minutes) "  # noqa: S608 - constants
            f"SELECT %s, %s, coalesce(max(good), 0), coalesce(max(total), 0), coalesce(max(measured), 0), "
            f"coalesce(max(idle), 0), coalesce(max(bad_minutes), 0) FROM (SELECT * FROM {_MINUTES} "
            f"WHERE series = %s AND minute <= %s ORDER BY minute DESC LIMIT 1) AS nearest "
            "WHERE true ON CONFLICT (minute, series) DO NOTHING",
            [row.minute, row.series, row.series, row.minute],
        )
        more = [row.good, row.total, row.measured, row.idle, row.bad_minutes]
        # Named one by one, the rows are found by their key; as a range every other series would be passed over.
        cursor.executemany(
            f"UPDATE {_MINUTES} SET good = good + %s, total = total + %s, measured = measured + %s, idle = idle + %s, "  # noqa: S608 - constants
            "bad_minutes = bad_minutes + %s WHERE minute = %s AND series = %s",
            [(*more, minute, row.series) for minute in range(row.minute, row.until)],
        )
    row.delete(using=ALIAS)


def end(series: int, minute: int) -> None:
    """Let nothing be added from a minute on, where the sums were written anew."""
    changed.changed_from(series, minute)
    rows = Late.objects.using(ALIAS).filter(series=series)
    rows.filter(minute__gte=minute).delete()
    rows.filter(until__gt=minute).update(until=minute)
