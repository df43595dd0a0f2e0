"""The minutes on disk: writing heads and rows, and reading cumulative counts at any minute of any series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import connections

from roadbed.reliability.objectives.models import Head as HeadRow
from roadbed.reliability.objectives.models import Minute
from roadbed.reliability.objectives.rules.counts import ZERO, Counts, Cumulative
from roadbed.reliability.objectives.rules.minutes import Head, Increment, Row, advance, amend
from roadbed.reliability.objectives.rules.targets import Target

ALIAS: Final = "samples"
_MINUTES: Final = Minute._meta.db_table  # noqa: SLF001 - _meta is Django's public way to a model's table
_HEADS: Final = HeadRow._meta.db_table  # noqa: SLF001 - as above
_SUMS: Final = "good, total, measured, idle, bad_minutes"
_LOCK: Final = 7_246_734
_AT_ONCE: Final = 400
"""Values in one IN list, well under every limit on parameters."""


@dataclass(frozen=True, slots=True)
class StoredHead:
    """A head with when its source was last read, and why it is not read now."""

    head: Head
    read_at: datetime | None
    reason: str


def lock() -> None:
    """Let one writer of samples in at a time. On SQLite the open transaction is that lock already."""
    connection = connections[ALIAS]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def heads(series: Iterable[int] | None = None) -> dict[int, StoredHead]:
    """The heads of some series, or of all."""
    columns = f"series, first, minute, {_SUMS}, own_good, own_total, own_state, read_at, reason"
    found: dict[int, StoredHead] = {}
    rows = HeadRow.objects.using(ALIAS) if series is None else HeadRow.objects.using(ALIAS).filter(series__in=series)
    for row in rows.values_list(*columns.split(", ")):
        number, first, minute, *rest = row
        head = Head(first, minute, Cumulative(*rest[:5]), rest[5], rest[6], rest[7])
        found[number] = StoredHead(head, rest[8], rest[9])
    return found


def write(stored: Mapping[int, StoredHead], rows: Mapping[int, Sequence[Row]]) -> None:
    """Write heads and rows of the open transaction; a row that is there is replaced."""
    put([(row.minute, series, *_sums(row.cumulative)) for series, written in rows.items() for row in written])
    with connections[ALIAS].cursor() as cursor:
        columns = ["first", "minute", *_SUMS.split(", "), "own_good", "own_total", "own_state", "read_at", "reason"]
        cursor.executemany(
            f"INSERT INTO {_HEADS} (series, {', '.join(columns)}) VALUES (%s{', %s' * len(columns)}) "  # noqa: S608 - constants
            f"ON CONFLICT (series) DO UPDATE SET {_set(columns)}",
            [_head_values(series, one) for series, one in stored.items()],
        )


def put(rows: Sequence[tuple[int, ...]]) -> None:
    """Write rows as tuples: the minute, the series, and the five sums."""
    with connections[ALIAS].cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {_MINUTES} (minute, series, {_SUMS}) VALUES (%s, %s, %s, %s, %s, %s, %s) "  # noqa: S608 - constants
            f"ON CONFLICT (minute, series) DO UPDATE SET {_set(_SUMS.split(', '))}",
            rows,
        )


def _set(columns: Iterable[str]) -> str:
    return ", ".join(f"{column} = excluded.{column}" for column in columns)


def _sums(held: Cumulative) -> tuple[int, int, int, int, int]:
    return held.good, held.total, held.measured, held.idle, held.bad_minutes


def _head_values(series: int, stored: StoredHead) -> tuple[Any, ...]:
    head = stored.head
    read_at = connections[ALIAS].ops.adapt_datetimefield_value(stored.read_at) if stored.read_at else None
    own = (head.good, head.total, head.state)
    return (series, head.first, head.minute, *_sums(head.cumulative), *own, read_at, stored.reason)


def grow(
    former: StoredHead | None, increment: Increment, target: Target, *, series: int
) -> tuple[Head, tuple[Row, ...]]:
    """Add an increment: at the head as a rule, in the past when the clock was set back."""
    if former is not None and increment.minute < former.head.minute:
        return change_past(former.head, increment, target, series=series), ()
    return advance(former.head if former else None, increment, target)


def change_past(head: Head, increment: Increment, target: Target, *, series: int) -> Head:
    """Add to a minute before the head, and to every later row, so that all windows are as if it had come in time."""
    stored = StoredHead(head, None, "")
    until = _until(series, stored, increment.minute)
    before = _until(series, stored, increment.minute - 1)
    more = amend(until - before, increment, target)
    total = head.cumulative + more
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_MINUTES} (minute, series, {_SUMS}) VALUES (%s, %s, %s, %s, %s, %s, %s) "  # noqa: S608 - constants
            "ON CONFLICT (minute, series) DO NOTHING",
            [increment.minute, series, *_sums(until)],
        )
    raise_from(series, increment.minute, more)
    return replace(head, first=min(head.first, increment.minute), cumulative=total)


def raise_from(series: int, minute: int, by: Cumulative) -> None:
    """Add to every row of a series from a minute on, for counts that came in before it."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            f"UPDATE {_MINUTES} SET good = good + %s, total = total + %s, measured = measured + %s, "  # noqa: S608 - constants
            "idle = idle + %s, bad_minutes = bad_minutes + %s WHERE series = %s AND minute >= %s",
            [*_sums(by), series, minute],
        )


def _until(series: int, stored: StoredHead, minute: int) -> Cumulative:
    return until({series: stored}, [minute])[series][minute]


def until(known: Mapping[int, StoredHead], minutes: Iterable[int]) -> dict[int, dict[int, Cumulative]]:
    """Everything of each series up to each minute. A minute without a row has what the row before it has."""
    wanted = sorted(set(minutes))
    only = next(iter(known)) if len(known) == 1 else None
    present = _rows_at(wanted, only)
    for minute in wanted:
        if not present[minute]:
            nearest = _nearest(minute)
            if nearest is not None:
                present[minute] = _rows_at([nearest], only)[nearest]
    found: dict[int, dict[int, Cumulative]] = {}
    for series, stored in known.items():
        mine = found[series] = {}
        for minute in wanted:
            held = present[minute].get(series)
            if minute >= stored.head.minute:
                held = stored.head.cumulative
            elif minute < stored.head.first:
                held = ZERO
            mine[minute] = held if held is not None else _searched(series, minute, stored.head.first)
    return found


def _rows_at(minutes: Sequence[int], series: int | None) -> dict[int, dict[int, Cumulative]]:
    found: dict[int, dict[int, Cumulative]] = {minute: {} for minute in minutes}
    for part in _parts(minutes):
        where = f"minute IN ({', '.join(['%s'] * len(part))})" + ("" if series is None else " AND series = %s")
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(
                f"SELECT minute, series, {_SUMS} FROM {_MINUTES} WHERE {where}",  # noqa: S608 - constants
                [*part, *([] if series is None else [series])],
            )
            for minute, number, *sums in cursor.fetchall():
                found[minute][number] = Cumulative(*sums)
    return found


def _parts(values: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]


def _nearest(minute: int) -> int | None:
    # All series are written together, so the newest minute of any is the newest of each.
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(f"SELECT max(minute) FROM {_MINUTES} WHERE minute <= %s", [minute])  # noqa: S608 - constant
        found = cursor.fetchone()
    return None if found is None or found[0] is None else int(found[0])


def _searched(series: int, minute: int, first: int) -> Cumulative:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            f"SELECT {_SUMS} FROM {_MINUTES} WHERE series = %s AND minute <= %s AND minute >= %s "  # noqa: S608 - constants
            "ORDER BY minute DESC LIMIT 1",
            [series, minute, first],
        )
        found = cursor.fetchone()
    return Cumulative(*found) if found else ZERO


def counts(stored: StoredHead, series: int, *, end: int, windows: Iterable[int]) -> dict[int, Counts]:
    """The counts of windows of one series that end with a minute."""
    return all_counts({series: stored}, end=end, windows={series: tuple(windows)})[series]


def all_counts(
    known: Mapping[int, StoredHead], *, end: int, windows: Mapping[int, Sequence[int]]
) -> dict[int, dict[int, Counts]]:
    """The counts of each series' windows, read together."""
    lengths = {length for one in windows.values() for length in one}
    sums = until(known, [end, *(end - length for length in lengths)])
    return {
        series: {
            length: Counts.between(sums[series][end - length], sums[series][end], minutes=length)
            for length in lengths_of
        }
        for series, lengths_of in windows.items()
        if series in known
    }


def forget(*, before: int) -> int:
    """Drop minutes that no window reaches any more, and answer how many rows that were.

    The newest minute at or before the limit stays: a window that begins in a gap is counted from it.
    """
    anchor = _nearest(before)
    return 0 if anchor is None else Minute.objects.using(ALIAS).filter(minute__lt=anchor).delete()[0]
