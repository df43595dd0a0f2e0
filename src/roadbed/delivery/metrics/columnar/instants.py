"""Reads instants by the thousand: the usual ways of writing one as digits of a table, any other one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadbed.delivery.metrics.rollups.columns import NEVER, Ints, instant
from roadbed.delivery.metrics.rules.reading import instant_of

_SHAPES: Final = {
    len(shape): shape
    for shape in (
        "0000-00-00 00:00:00",
        "0000-00-00T00:00:00Z",
        "0000-00-00T00:00:00+00:00",
        "0000-00-00 00:00:00.000000",
        "0000-00-00T00:00:00.000000Z",
        "0000-00-00T00:00:00.000000+00:00",
    )
}
_DAYS: Final = np.array((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31))
_ZERO: Final = ord("0")
_FRACTION: Final = 20
"""Where the digits after the point begin."""
Table = NDArray[np.uint8]


def instants_of(told: Sequence[object]) -> Ints:
    """Microseconds since 1970 of what somebody told as instants; NEVER where that is none, or lacks its offset."""
    return _read(told, _by_itself, zoned=True)


def stored_instants(rows: Sequence[int | str]) -> Ints:
    """The same of instants as a database has them: numbers already, or texts that are UTC without saying so."""
    if not rows or isinstance(rows[0], int):
        return np.array(rows, np.int64)
    return _read(rows, lambda text: instant(datetime.fromisoformat(f"{text}+00:00")), zoned=False)


def _by_itself(text: object) -> int:
    at = instant_of(text)
    return NEVER if at is None else instant(at)


def _read(told: Sequence[object], by_itself: Callable[[object], int], *, zoned: bool) -> Ints:
    if len(set(map(type, told))) == 1 and type(told[0]) is str and len(lengths := set(map(len, told))) == 1:  # type: ignore[arg-type]
        # Whoever writes instants writes all of them alike.
        shape = _SHAPES.get(lengths.pop())
        if shape is not None and ("+" in shape or "Z" in shape) == zoned and (text := "".join(told)).isascii():  # type: ignore[arg-type]
            micros, sound = _micros(np.frombuffer(text.encode(), np.uint8).reshape(len(told), len(shape)), shape)
            if sound.all():
                return micros
    found = np.full(len(told), NEVER, np.int64)
    of_length: dict[int, list[int]] = defaultdict(list)
    for place, length in enumerate([len(one) if type(one) is str else -(one is not None) for one in told]):
        if length:
            of_length[length].append(place)
    for length, places in of_length.items():
        shape = _SHAPES.get(length)
        rest: Sequence[int] = places
        if shape is not None and ("+" in shape or "Z" in shape) == zoned:
            rest = _tabled(found, told, places, shape)
        for place in rest:
            found[place] = by_itself(told[place])
    return found


def _tabled(found: Ints, told: Sequence[object], places: list[int], shape: str) -> list[int]:
    """Read all of one shape; answers those that only look alike."""
    text = "".join([told[place] for place in places])  # type: ignore[misc]
    if not text.isascii():
        return places
    table = np.frombuffer(text.encode(), np.uint8).reshape(len(places), len(shape))
    micros, sound = _micros(table, shape)
    if sound.all():
        found[places] = micros
        return []
    known = np.array(places)
    found[known[sound]] = micros[sound]
    rest: list[int] = known[~sound].tolist()
    return rest


def _micros(table: Table, shape: str) -> tuple[Ints, NDArray[np.bool_]]:
    digits = np.array([one == "0" for one in shape])
    if shape.endswith("+00:00"):
        digits[-6:] = False
    marks = np.frombuffer(shape.encode(), np.uint8)
    figures = table - np.uint8(_ZERO)
    sound = (table[:, ~digits] == marks[~digits]).all(axis=1) & (figures[:, digits] <= 9).all(axis=1)  # noqa: PLR2004

    def number(begin: int, end: int) -> Ints:
        value = np.zeros(len(table), np.int64)
        for at in range(begin, end):
            value = value * 10 + figures[:, at]
        return value

    year, month, day = number(0, 4), number(5, 7), number(8, 10)
    hour, minute, second = number(11, 13), number(14, 16), number(17, 19)
    fraction = number(_FRACTION, _FRACTION + 6) if "." in shape else 0
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = _DAYS[np.clip(month, 1, 12) - 1] - ((month == 2) & ~leap)  # noqa: PLR2004 - February
    sound &= (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= longest)  # noqa: PLR2004
    sound &= (hour < 24) & (minute < 60) & (second < 60)  # noqa: PLR2004
    seconds = ((_days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
    return seconds * 1_000_000 + fraction, sound


def _days(year: Ints, month: Ints, day: Ints) -> Ints:
    """Days since 1970 of the Gregorian calendar, with years that begin in March."""
    year = year - (month <= 2)  # noqa: PLR2004
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return year * 365 + year // 4 - year // 100 + year // 400 + of_year - 719468
