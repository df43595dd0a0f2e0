"""Asking a source of counts for minutes of many objectives at once; a source that fails answers with why."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from roadbed.ground.errors import Unavailable
from roadbed.ground.ports import board
from roadbed.ground.ports.counts import Answer, Counted, Counters, CountQuery, CountSource, Side, SourceFailed
from roadbed.reliability.objectives.live import Live
from roadbed.reliability.objectives.rules.indicators import Connection
from roadbed.reliability.objectives.rules.promql.sums import summands_of
from roadbed.reliability.objectives.rules.selectors import SelectorError, selector_of


def chunk_of(connection: Connection) -> int:
    """How many minutes of the past a source gives at once; 0 where it knows none."""
    try:
        abilities = source_of(connection).abilities
    except SourceFailed:
        return 60
    return abilities.chunk if abilities.backfill else 0


def source_of(connection: Connection) -> CountSource:
    try:
        sources = board.count_sources()
    except Unavailable as fault:
        raise SourceFailed(str(fault)) from None
    return sources.find(connection.kind, name=connection.name, url=connection.url)


def read_counts(connection: Connection, objectives: Iterable[Live], *, first: int, until: int) -> Answer:
    objectives = list(objectives)
    try:
        return source_of(connection).read([_asked(one) for one in objectives], first=first, until=until)
    except SourceFailed as fault:
        failed = Counted(trouble=fault.trouble, settled=False)
        return Answer({one.uid: failed for one in objectives}, 0.0)


def _asked(one: Live) -> CountQuery:
    sides = {name: _side(query) for name, query in one.indicator.sides}
    return CountQuery(one.uid, sides["total"], sides.get("good"), sides.get("bad"))


@lru_cache(maxsize=4096)
def _side(query: str) -> Side:
    return Side(query, tuple(_counters(one.selector, one.sign, one.or_zero) for one in summands_of(query)))


def _counters(text: str, sign: int, or_zero: bool) -> Counters:  # noqa: FBT001 - a summand's own three parts
    try:
        found = selector_of(text)
    except SelectorError:
        return Counters(text, sign=sign, or_zero=or_zero)
    matchers = tuple((one.label, one.operator, one.value) for one in found.matchers)
    return Counters(text, found.metric, matchers, sign, or_zero)


def settles_after(connection: Connection) -> float | None:
    """Seconds after a minute from which its counts stand; None while the source is not there."""
    try:
        return source_of(connection).abilities.settles
    except SourceFailed:
        return None
