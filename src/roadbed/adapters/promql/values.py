"""Owns the reading of numbers that are no counts: thresholds on gauges, shares of errors, and flags, by the minute."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from roadbed.adapters.promql.server import Said, Server, TooMuch
from roadbed.ground.ports.counts import FLAG, THRESHOLD, WHOLE, Counted, SourceFailed, Trouble, ValueQuery

SHORTEST: Final = 10
"""Minutes; a request that is too large is halved down to this."""

_OPERATORS: Final[dict[str, Callable[[Decimal, Decimal], bool]]] = {
    "lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge,
}  # fmt: skip
_ROUNDING: Final = Decimal("1e-9")
"""So far beside 0 or 1 a share may lie by the rounding of floats."""

Pair = tuple[int, int]


@dataclass
class ValuesRead:
    """What one query gave: its minutes, the server's own time, what it warned of and in which minutes it was wrong."""

    minutes: dict[int, Pair] = field(default_factory=dict)
    at: float = 0.0
    warnings: tuple[str, ...] = ()
    wrong: dict[int, str] = field(default_factory=dict)

    def counted(self, query: ValueQuery, name: str) -> Counted:
        """The same as an answer, with why minutes are missing."""
        minutes = {minute: pair for minute, pair in self.minutes.items() if minute not in self.wrong}
        trouble = None
        if self.wrong:
            said = next(iter(self.wrong.values()))
            trouble = Trouble(
                f"{name} gives {said} as a share of errors, which is none from 0 to 1.",
                "Those minutes are unmeasured. Divide the bad events by all of them.",
            )
        elif not minutes:
            trouble = Trouble(
                f"{name} has no value for {query.query}.",
                "Compare the query with what is scraped, and look whether the target is up.",
            )
        return Counted(minutes, trouble)


def read_values(
    server: Server, query: ValueQuery, *, gap: float, first: int, until: int, asks: Callable[[], None]
) -> ValuesRead:
    """The minutes of one query; `asks` is called before each request. Raises SourceFailed."""
    read, pieces = ValuesRead(), [(first, until)]
    while pieces:
        start, stop = pieces.pop()
        try:
            asks()
            said = _asked(server, query, gap, start, stop)
        except TooMuch:
            if stop - start <= SHORTEST:
                raise SourceFailed(
                    f"{server.access.name} has too many values of {query.query[:200]} for one answer.",
                    "Select fewer series, or raise `megabytes` of it in sources.toml.",
                ) from None
            middle = (start + stop) // 2
            pieces += [(middle, stop), (start, middle)]
            continue
        read.at, read.warnings = said.at, read.warnings + said.warnings
        for minute, text in _values(said, query, gap, start, stop):
            _judge(query, minute, text, read)
    return read


def _asked(server: Server, query: ValueQuery, gap: float, first: int, until: int) -> Said:
    if query.kind == FLAG:
        return server.query(f"{query.query}[{(until - first) * 60}s]", at=until * 60 - 0.001, shape="matrix")
    # A plain series is taken as it was within the last gap, so that a target which is gone is not read on from memory.
    text = f"last_over_time({query.query}[{gap:g}s])" if query.plain else query.query
    return server.range(text, start=(first + 1) * 60, end=until * 60, step=60)


def _values(said: Said, query: ValueQuery, gap: float, first: int, until: int) -> Iterator[tuple[int, str]]:
    for one in said.result:
        before = None
        for stamp, text in one.get("values", ()):
            # A value at the end of a minute is that minute's; the one that goes on has the newest there is.
            minute = int(float(stamp) // 60) - (query.kind != FLAG)
            if not first <= minute < until or minute * 60 > said.at:
                continue
            if query.kind == FLAG and before is not None and float(stamp) - before <= gap:
                yield from ((between, "") for between in range(int(before // 60) + 1, minute))
            before = float(stamp)
            yield minute, str(text)


def _judge(query: ValueQuery, minute: int, text: str, read: ValuesRead) -> None:
    good, total = read.minutes.get(minute, (0, 0))
    value = _number(text)
    if query.kind == THRESHOLD:
        if value is not None:
            holds = _OPERATORS[query.operator](value, Decimal(query.limit))
            read.minutes[minute] = (good + holds, total + 1)
        return
    if query.kind == FLAG:
        more = (0, 0) if value is None else (int(value != 0), 1)
        if value is not None or not text:
            read.minutes[minute] = (good + more[0], total + more[1])
        return
    if value is None:
        # Nothing divided by nothing: there was no traffic.
        read.minutes[minute] = (good, total)
    elif not -_ROUNDING <= value <= 1 + _ROUNDING:
        read.wrong[minute] = text
    else:
        bad = min(WHOLE, max(0, round(value * WHOLE)))
        read.minutes[minute] = (good + WHOLE - bad, total + WHOLE)


def _number(text: Any) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return None if value.is_nan() else value
