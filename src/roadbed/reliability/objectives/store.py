"""The minutes on disk: writing heads and rows, and reading cumulative counts at any minute of any series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from django.db import connections

from roadbed.reliability.objectives import late
from roadbed.reliability.objectives.journeys import changed
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
_OF_SUMS: Final = {"good": "int8", "total": "int8", "measured": "int4", "idle": "int4", "bad_minutes": "int4"}
_MINUTE: Final = {"minute": "int4", "series": "int4", **_OF_SUMS}
_HEAD: Final = {
    "first": "int4", "minute": "int4", **_OF_SUMS, "own_good": "int8", "own_total": "int8", "own_state": "text",
    "read_at": "timestamptz", "reason": "text",
}  # fmt: skip


Held = tuple[int, ...]
"""Begins with the five sums of a series up to a minute, as they come from the database."""


class StoredHead(NamedTuple):
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
    wanted = None if series is None else set(series)
    # As text an instant is read once however many heads share it; a column of instants is converted row by row.
    read_at = "read_at || ''" if connections[ALIAS].vendor == "sqlite" else "read_at"
    columns = ", ".join(read_at if column == "read_at" else column for column in _HEAD)
    query, values = f"SELECT series, {columns} FROM {_HEADS}", []  # noqa: S608 - constants
    if wanted is not None and len(wanted) <= _AT_ONCE:
        query, values = f"{query} WHERE series IN ({', '.join(['%s'] * len(wanted)) or 'NULL'})", list(wanted)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(query, values)
        rows = cursor.fetchall()
    make, found = tuple.__new__, {}
    for number, first, minute, good, total, measured, idle, bad, own_good, own_total, state, read, reason in rows:
        if wanted is None or number in wanted:
            held = make(Cumulative, (good, total, measured, idle, bad))
            head = make(Head, (first, minute, held, own_good, own_total, state))
            found[number] = make(StoredHead, (head, _instant(read), reason))
    return found


@lru_cache(maxsize=4096)
def _instant(stored: datetime | str | None) -> datetime | None:
    """An instant as it comes from either database; SQLite keeps text in UTC."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC) if isinstance(stored, str) else stored


def write(stored: Mapping[int, StoredHead], rows: Mapping[int, Sequence[Row]]) -> None:
    """Write heads and rows of the open transaction; a row that is there is replaced."""
    adapt = connections[ALIAS].ops.adapt_datetimefield_value
    instants: dict[datetime | None, Any] = {}
    flat: list[tuple[Any, ...]] = []
    for series, (head, read_at, reason) in stored.items():
        if read_at not in instants:
            instants[read_at] = adapt(read_at) if read_at else None
        first, minute, held, good, total, state = head
        flat.append((series, first, minute, *held, good, total, state, instants[read_at], reason))
    written = [(minute, series, *held) for series, own in rows.items() for minute, held in own]
    put_minutes(written)
    changed.written(rows)
    put(_HEADS, {"series": "int4", **_HEAD}, flat, key=1)


def put_minutes(rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows as tuples: the minute, the series, and the five sums."""
    put(_MINUTES, _MINUTE, rows, key=2)


def put(table: str, columns: Mapping[str, str], rows: Sequence[tuple[Any, ...]], *, key: int) -> None:
    """Write rows; one whose first `key` columns are there is replaced. `columns` have their PostgreSQL types."""
    if not rows:
        return
    names = list(columns)
    into = f"INSERT INTO {table} ({', '.join(names)})"
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[key:])
    otherwise = f"ON CONFLICT ({', '.join(names[:key])}) DO UPDATE SET {changes}"
    connection = connections[ALIAS]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Whole columns in one statement cost a quarter of as many statements as there are rows.
            arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
            query = f"{into} SELECT * FROM unnest({arrays}) {otherwise}"  # noqa: S608 - constants
            cursor.execute(query, [_array(one) for one in zip(*rows, strict=True)])
        else:
            cursor.executemany(f"{into} VALUES ({', '.join(['%s'] * len(names))}) {otherwise}", rows)


def _array(values: tuple[Any, ...]) -> str:
    """A column as PostgreSQL writes an array: one text is passed on many times faster than a thousand values."""
    if all(type(value) is int for value in values):
        return f"{{{str(list(values))[1:-1]}}}"
    return f"{{{','.join([_element(value) for value in values])}}}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return repr(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def grow(
    former: StoredHead | None, increment: Increment, target: Target | None, *, series: int
) -> tuple[Head, tuple[Row, ...]]:
    """Add an increment: at the head as a rule, in the past when it comes late or the clock was set back."""
    if former is not None and increment.minute < former.head.minute:
        return change_past(former.head, increment, target, series=series)
    return advance(former.head if former else None, increment, target)


def change_past(
    head: Head, increment: Increment, target: Target | None, *, series: int
) -> tuple[Head, tuple[Row, ...]]:
    """Add to a minute before the head, so that all windows are as if it had come in time."""
    known = {series: StoredHead(head, None, "")}
    around = until(known, [increment.minute - 1, increment.minute])[series]
    more = amend(around[increment.minute] - around[increment.minute - 1], increment, target)
    late.note(series, increment.minute, more, until=head.minute)
    head = head._replace(first=min(head.first, increment.minute), cumulative=head.cumulative + more)
    return head, (Row(head.minute, head.cumulative),)


def until(known: Mapping[int, StoredHead], minutes: Iterable[int]) -> dict[int, dict[int, Cumulative]]:
    """Everything of each series up to each minute. A minute without a row has what the row before it has."""
    found = sums(known, minutes)
    return {series: {minute: Cumulative(*held[series][:5]) for minute, held in found.items()} for series in known}


def sums(known: Mapping[int, StoredHead], minutes: Iterable[int]) -> dict[int, Mapping[int, Held]]:
    """The same by minute first, of many series together."""
    wanted = sorted(set(minutes))
    only = next(iter(known)) if len(known) == 1 else None
    newest = [stored[0].minute for stored in known.values()] or [0]
    oldest = [stored[0].first for stored in known.values()] or [0]
    most_new, least_new, most_old, least_old = max(newest), min(newest), max(oldest), min(oldest)
    behind = [minute for minute in wanted if least_old <= minute < most_new]
    present = _rows_at(behind, only)
    nearest = _nearest([minute for minute in behind if not present[minute]])
    present |= _rows_at(sorted(set(nearest.values()) - present.keys()), only)
    late_ones = late.of(known)
    found: dict[int, Mapping[int, Held]] = {}
    for minute in wanted:
        held = present.get(nearest.get(minute, minute), {})
        if minute < most_old or minute >= least_new or not known.keys() <= held.keys():
            held = _completed(known, minute, held)
        found[minute] = late.added(held, late_ones, minute) if late_ones else held
    return found


def _completed(known: Mapping[int, StoredHead], minute: int, held: Mapping[int, Held]) -> dict[int, Held]:
    found: dict[int, Held] = {}
    for series, (head, _, _) in known.items():
        if minute >= head.minute:
            found[series] = head.cumulative
        elif minute < head.first:
            found[series] = ZERO
        else:
            row = held.get(series)
            found[series] = row if row is not None else _searched(series, minute, head.first)
    return found


def _rows_at(minutes: Sequence[int], series: int | None) -> dict[int, dict[int, Held]]:
    found: dict[int, dict[int, Held]] = {minute: {} for minute in minutes}
    with connections[ALIAS].cursor() as cursor:
        if series is None:
            # One minute's rows lie together, and each minute is one range: no list to look up in.
            columns = [*_OF_SUMS, "series"]
            if arrays := connections[ALIAS].vendor == "postgresql":
                columns = [f"array_agg({column})" for column in columns]
            query = f"SELECT {', '.join(columns)} FROM {_MINUTES} WHERE minute = %s"  # noqa: S608 - constants
            for minute in minutes:
                cursor.execute(query, [minute])
                rows = cursor.fetchall()
                # On PostgreSQL a column comes as one value, which is read several times faster than as many rows.
                pieces = zip(*rows[0], strict=True) if arrays and rows[0][0] is not None else () if arrays else rows
                found[minute] = {row[5]: row for row in pieces}
            return found
        for part in _parts(minutes):
            cursor.execute(
                f"SELECT {_SUMS}, minute FROM {_MINUTES} WHERE minute IN ({', '.join(['%s'] * len(part))}) "  # noqa: S608 - constants
                "AND series = %s",
                [*part, series],
            )
            for row in cursor.fetchall():
                found[row[5]][series] = row
    return found


def _parts(values: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]


def _nearest(minutes: Sequence[int]) -> dict[int, int]:
    # All series are written together, so the newest minute of any is as a rule the newest of each.
    found: dict[int, int] = {}
    with connections[ALIAS].cursor() as cursor:
        for part in _parts(minutes):
            each = f"SELECT %s, (SELECT max(minute) FROM {_MINUTES} WHERE minute <= %s)"  # noqa: S608 - constant
            cursor.execute(" UNION ALL ".join([each] * len(part)), [minute for one in part for minute in (one, one)])
            found |= {minute: row for minute, row in cursor.fetchall() if row is not None}
    return found


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
    lengths = sorted({length for one in windows.values() for length in one})
    held = sums(known, [end, *(end - length for length in lengths)])
    before, last = {length: held[end - length] for length in lengths}, held[end]
    make = tuple.__new__
    found: dict[int, dict[int, Counts]] = {}
    for series, lengths_of in windows.items():
        if series not in known:
            continue
        good, total, measured, idle, bad = last[series][:5]
        mine = found[series] = {}
        for length in lengths_of:
            a = before[length][series]
            counts = (length, good - a[0], total - a[1], measured - a[2], idle - a[3], bad - a[4], 0, 0, 0)
            mine[length] = make(Counts, counts)
    return found


def forget(*, before: int) -> int:
    """Drop minutes that no window reaches any more, and answer how many rows that were.

    The newest minute at or before the limit stays: a window that begins in a gap is counted from it.
    """
    anchor = _nearest([before]).get(before)
    if anchor is None:
        return 0
    late.forget(before=anchor)
    return Minute.objects.using(ALIAS).filter(minute__lt=anchor).delete()[0]
