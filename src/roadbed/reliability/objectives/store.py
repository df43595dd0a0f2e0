"""The minutes on disk: writing heads and rows, and reading cumulative counts at any minute of any series."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import repeat
from typing import Any, Final, NamedTuple

from django.db import connections

from roadbed.reliability.objectives import late, putting
from roadbed.reliability.objectives.journeys import changed
from roadbed.reliability.objectives.models import Head as HeadRow
from roadbed.reliability.objectives.models import Minute
from roadbed.reliability.objectives.putting import array_of, put
from roadbed.reliability.objectives.rules.counts import ZERO, Cumulative
from roadbed.reliability.objectives.rules.minutes import Head, Increment, Row, advance, amend
from roadbed.reliability.objectives.rules.targets import Target

ALIAS: Final = putting.ALIAS
MINUTES: Final = Minute._meta.db_table  # noqa: SLF001 - _meta is Django's public way to a model's table
_HEADS: Final = HeadRow._meta.db_table  # noqa: SLF001 - as above
SUMS: Final = ("good", "total", "measured", "idle", "bad_minutes")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LOCK: Final = 7_246_734
_AT_ONCE: Final = 400
"""Values in one IN list, well under every limit on parameters."""
_OF_SUMS: Final = dict(zip(SUMS, ("int8", "int8", "int4", "int4", "int4"), strict=True))
_MINUTE: Final = {"minute": "int4", "series": "int4", **_OF_SUMS}
_HEAD: Final = {
    "first": "int4", "minute": "int4", **_OF_SUMS, "own_good": "int8", "own_total": "int8", "own_state": "text",
    "read_at": "timestamptz", "reason": "text",
}  # fmt: skip


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
    where, values = "", []
    if wanted is not None and len(wanted) <= _AT_ONCE:
        where, values = f" WHERE series IN ({', '.join(['%s'] * len(wanted)) or 'NULL'})", list(wanted)
    make, found = tuple.__new__, {}
    for row in _head_rows(where, values):
        number, first, minute, good, total, measured, idle, bad, own_good, own_total, state, read, reason = row
        if wanted is None or number in wanted:
            held = make(Cumulative, (good, total, measured, idle, bad))
            head = make(Head, (first, minute, held, own_good, own_total, state))
            found[number] = make(StoredHead, (head, _instant(read), reason))
    return found


def _head_rows(where: str, values: Sequence[int]) -> Iterable[tuple[Any, ...]]:
    # An instant is read once however many heads share it; as one it would be converted row by row.
    arrays = connections[ALIAS].vendor == "postgresql"
    raw = "(extract(epoch FROM read_at) * 1000000)::int8" if arrays else "read_at || ''"
    names = ["series", *(raw if column == "read_at" else column for column in _HEAD)]
    if arrays:
        names = [f"array_agg({name})" for name in names]
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} FROM {_HEADS}{where}", values)  # noqa: S608 - constants
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    if not arrays:
        return rows
    return zip(*rows[0], strict=True) if rows[0][0] is not None else ()


@lru_cache(maxsize=4096)
def _instant(stored: int | str | None) -> datetime | None:
    """An instant as it is read here: text in UTC of SQLite, microseconds since 1970 of PostgreSQL."""
    if isinstance(stored, int):
        return EPOCH + timedelta(microseconds=stored)
    return datetime.fromisoformat(stored).replace(tzinfo=UTC) if stored is not None else None


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
    put(MINUTES, _MINUTE, rows, key=2)


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
    first = head.first
    if increment.measured:
        first = min(first, increment.minute) if head.cumulative.measured else increment.minute
    head = head._replace(first=first, cumulative=head.cumulative + more)
    return head, (Row(head.minute, head.cumulative),)


def until(known: Mapping[int, StoredHead], minutes: Iterable[int]) -> dict[int, dict[int, Cumulative]]:
    """Everything of each series up to each minute. A minute without a row has what the row before it has."""
    wanted = sorted(set(minutes))
    return {series: _sums_of(series, stored[0], wanted) for series, stored in known.items()}


def _sums_of(series: int, head: Head, wanted: Sequence[int]) -> dict[int, Cumulative]:
    behind = [minute for minute in wanted if head.first <= minute < head.minute]
    present = _rows_of(series, behind)
    close = nearest([minute for minute in behind if minute not in present])
    present |= _rows_of(series, sorted(set(close.values()) - present.keys()))
    noted = late.of({series: head}).get(series, ())
    found: dict[int, Cumulative] = {}
    for minute in wanted:
        if minute >= head.minute:
            found[minute] = head.cumulative
            continue
        held = ZERO
        if minute >= head.first:
            row = present.get(close.get(minute, minute))
            held = row if row is not None else searched(series, minute, head.first)
        found[minute] = late.added(held, noted, minute) if noted else held
    return found


def _rows_of(series: int, minutes: Sequence[int]) -> dict[int, Cumulative]:
    if not minutes:
        return {}
    # The minutes are one value: a statement with a mark for each would be read anew for every number of them.
    if connections[ALIAS].vendor == "postgresql":
        wanted, values = "= ANY(%s::int4[])", array_of(minutes)
    else:
        wanted, values = "IN (SELECT value FROM json_each(%s))", str(list(minutes))
    minute, *sums = read_columns(("minute", *SUMS), f"series = %s AND minute {wanted}", [series, values])
    return dict(zip(minute, map(tuple.__new__, repeat(Cumulative), zip(*sums, strict=True)), strict=False))


def read_columns(names: Sequence[str], where: str, values: Sequence[Any]) -> tuple[Sequence[int], ...]:
    """Columns of the minutes' rows; one that comes as one value is read faster than as many rows."""
    arrays = connections[ALIAS].vendor == "postgresql"
    columns = ", ".join(f"array_agg({name})" if arrays else f"json_group_array({name})" for name in names)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {MINUTES} WHERE {where}", values)  # noqa: S608 - constants
        found: tuple[Any, ...] = cursor.fetchone()
    return tuple(column or () for column in found) if arrays else tuple(map(json.loads, found))


def nearest(minutes: Sequence[int]) -> dict[int, int]:
    """The newest minute at or before each that has a row of any series; one without is left out.

    All series are written together, so that is as a rule the newest of each.
    """
    if not minutes:
        return {}
    if connections[ALIAS].vendor == "postgresql":
        wanted, values = "unnest(%s::int4[]) AS wanted(value)", array_of(minutes)
    else:
        wanted, values = "json_each(%s) AS wanted", str(list(minutes))
    query = f"SELECT value, (SELECT max(minute) FROM {MINUTES} WHERE minute <= value) FROM {wanted}"  # noqa: S608 - constants
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(query, [values])
        return {minute: row for minute, row in cursor.fetchall() if row is not None}


def searched(series: int, minute: int, first: int) -> Cumulative:
    """What the newest row of one series at or before a minute holds."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(SUMS)} FROM {MINUTES} WHERE series = %s AND minute <= %s AND minute >= %s "  # noqa: S608 - constants
            "ORDER BY minute DESC LIMIT 1",
            [series, minute, first],
        )
        found = cursor.fetchone()
    return Cumulative(*found) if found else ZERO


def forget(*, before: int) -> int:
    """Drop minutes that no window reaches any more, and answer how many rows that were.

    The newest minute at or before the limit stays: a window that begins in a gap is counted from it.
    """
    anchor = nearest([before]).get(before)
    if anchor is None:
        return 0
    late.forget(before=anchor)
    return Minute.objects.using(ALIAS).filter(minute__lt=anchor).delete()[0]
