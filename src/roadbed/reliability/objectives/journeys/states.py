"""The states of steps' minutes, read from their sums once and kept by the day and the hour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.db import connections, transaction

from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.journeys.models import MinuteStates
from roadbed.reliability.objectives.rules.journeys.minutes import Bits, bits_of_sums

DAY: Final = 1440
HOUR: Final = 60
YOUNG: Final = 20
"""Minutes after which a stretch is kept: younger ones are still written, and would only be made again and again."""

FEW: Final = 40
"""So many series are read one by one; more are read together, minute by minute."""

_AT_ONCE: Final = 400
_TOGETHER: Final = 2
"""So many stretches are made under one lock: a day takes some 4 to 8 ms, and the lock is the sampler's too."""
_TABLE: Final = MinuteStates._meta.db_table  # noqa: SLF001 - _meta is Django's public way to a model's table

Stretch = tuple[int, int]
"""The first minute, and the minute after the last."""


def states(known: Mapping[int, store.StoredHead], *, first: int, until: int) -> dict[int, Bits]:
    """The states of each series' minutes from `first` up to, not including, `until`; bit 0 is the first."""
    whole, rest = _stretches(first, until)
    kept = _kept(known, first, until)
    found = dict.fromkeys(known, Bits())
    for series in known:
        mine, held = kept.get(series, {}), found[series]
        missing = [stretch for stretch in whole if stretch not in mine]
        for start in range(0, len(missing), _TOGETHER):
            mine |= _make(series, missing[start : start + _TOGETHER])
        for stretch in whole:
            held |= mine[stretch].shifted(stretch[0] - first)
        found[series] = held
    for series, part in _read(known, rest).items():
        found[series] |= part.shifted(rest[0] - first)
    return {series: held.within(until - first) for series, held in found.items()}


def _stretches(first: int, until: int) -> tuple[tuple[Stretch, ...], Stretch]:
    """Whole days, then whole hours, as stretches that are kept, and the rest that is read anew each time."""
    sure = max(first, until - YOUNG)
    days_end = sure // DAY * DAY
    begin = first // DAY * DAY
    days = tuple((at, at + DAY) for at in range(begin, days_end, DAY))
    start = max(begin, days_end)
    hours_end = max(start, sure // HOUR * HOUR)
    hours = tuple((at, at + HOUR) for at in range(start, hours_end, HOUR))
    return (*days, *hours), (hours_end, until)


def _kept(known: Mapping[int, object], first: int, until: int) -> dict[int, dict[Stretch, Bits]]:
    found: dict[int, dict[Stretch, Bits]] = {}
    series = sorted(known)
    with connections[store.ALIAS].cursor() as cursor:
        for start in range(0, len(series), _AT_ONCE):
            part = series[start : start + _AT_ONCE]
            cursor.execute(
                f"SELECT series, first, until, measured, idle, bad FROM {_TABLE} "  # noqa: S608 - constants
                f"WHERE series IN ({', '.join(['%s'] * len(part))}) AND first > %s AND first < %s",
                [*part, first - DAY, until],
            )
            for number, begins, ends, *sets in cursor.fetchall():
                found.setdefault(number, {})[begins, ends] = Bits(*map(_number, sets))
    return found


def _number(stored: bytes | memoryview) -> int:
    return int.from_bytes(bytes(stored), "little")


def _bytes(bits: int) -> bytes:
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def _make(series: int, stretches: Sequence[Stretch]) -> dict[Stretch, Bits]:
    # Read and kept under the lock of the samples, so that no minute changes between the two.
    with transaction.atomic(using=store.ALIAS):
        store.lock()
        known = store.heads([series])
        made = {stretch: _read(known, stretch).get(series, Bits()) for stretch in stretches}
        MinuteStates.objects.using(store.ALIAS).bulk_create(
            [
                MinuteStates(
                    series=series, first=first, until=until, measured=_bytes(bits.measured), idle=_bytes(bits.idle),
                    bad=_bytes(bits.bad),
                )
                for (first, until), bits in made.items()
            ],
            ignore_conflicts=True,
        )  # fmt: skip
    return made


def _read(known: Mapping[int, store.StoredHead], stretch: Stretch) -> dict[int, Bits]:
    """The states of a stretch from the stored sums; what is not there is of no state."""
    first, until = stretch
    found: dict[int, Bits] = {}
    for group in _groups(known):
        begins = max(first, min(stored.head.first for stored in group.values()))
        ends = min(until, max(stored.head.minute for stored in group.values()) + 1)
        if begins >= ends:
            continue
        sums = store.until(group, range(begins - 1, ends))
        for series, held in sums.items():
            rows = [held[minute][2:5] for minute in range(begins - 1, ends)]
            found[series] = bits_of_sums(rows).shifted(begins - first)
    return found


def _groups(known: Mapping[int, store.StoredHead]) -> Iterator[Mapping[int, store.StoredHead]]:
    if len(known) > FEW:
        yield known
        return
    for series, stored in known.items():
        yield {series: stored}
