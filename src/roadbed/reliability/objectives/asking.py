"""Asking a source of counts for minutes of many objectives at once; a source that fails answers with why."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from roadbed.ground.errors import Unavailable
from roadbed.ground.ports import board
from roadbed.ground.ports.counts import (
    Answer,
    Counted,
    Counters,
    CountQuery,
    CountSource,
    Side,
    SourceFailed,
    Trouble,
    ValueQuery,
)
from roadbed.reliability.objectives.live import Live
from roadbed.reliability.objectives.rules.generating.counting import RATE_WINDOW
from roadbed.reliability.objectives.rules.indicators import Connection, Judged
from roadbed.reliability.objectives.rules.promql.queries import selectors_of, with_window
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
        source = source_of(connection)
        able = [one for one in objectives if one.indicator.judged is None or source.abilities.values]
        lacking = Trouble(f"{connection} counts events, and gives no numbers.", "Measure it by counts of events.")
        unable = {one.uid: Counted(trouble=lacking, settled=False) for one in objectives if one not in able}
        answer = source.read([_asked(one) for one in able], first=first, until=until) if able else Answer({}, 0.0)
        return Answer({**answer.counted, **unable}, answer.as_of)
    except SourceFailed as fault:
        failed = Counted(trouble=fault.trouble, settled=False)
        return Answer({one.uid: failed for one in objectives}, 0.0)


def _asked(one: Live) -> CountQuery | ValueQuery:
    if one.indicator.judged is not None:
        return _value(one.uid, one.indicator.judged)
    sides = {name: _side(query) for name, query in one.indicator.sides}
    return CountQuery(one.uid, sides["total"], sides.get("good"), sides.get("bad"))


def _value(key: str, judged: Judged) -> ValueQuery:
    query = with_window(judged.query, RATE_WINDOW)
    (chosen, *more) = selectors_of(query) or (None,)
    plain = chosen is not None and not more and not chosen.ranged and chosen.text == query.strip()
    return ValueQuery(key, query, judged.kind, judged.operator, judged.limit, plain=plain)


@lru_cache(maxsize=4096)
def _side(query: str) -> Side:
    return Side(query, tuple(_counters(one.selector, one.sign, one.or_zero, one.part) for one in summands_of(query)))


def _counters(text: str, sign: int, or_zero: bool, part: str) -> Counters:  # noqa: FBT001 - a summand's own parts
    try:
        found = selector_of(text)
    except SelectorError:
        return Counters(text, sign=sign, or_zero=or_zero, part=part)
    matchers = tuple((one.label, one.operator, one.value) for one in found.matchers)
    return Counters(text, found.metric, matchers, sign, or_zero, part)


def settles_after(connection: Connection) -> float | None:
    """Seconds after a minute from which its counts stand; None while the source is not there."""
    try:
        return source_of(connection).abilities.settles
    except SourceFailed:
        return None
