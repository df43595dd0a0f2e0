"""Owns the reading of minutes from PromQL: raw samples of every counter asked for, exact counts by the minute out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from roadbed.adapters.promql.counted import counted as counted_of
from roadbed.adapters.promql.counted import counters_of
from roadbed.adapters.promql.grouping import Group, groups_of, selected
from roadbed.adapters.promql.histograms import samples_of, value_of
from roadbed.adapters.promql.server import Access, Down, Server, TooMuch
from roadbed.adapters.promql.tracks import Track, begin_from, target_of, track_of
from roadbed.adapters.promql.values import read_values
from roadbed.ground.ports.counts import (
    Abilities,
    Answer,
    Counted,
    Counters,
    CountQuery,
    SourceFailed,
    Trouble,
    ValueQuery,
)

LANES: Final = 4
PATIENCE: Final = 40.0
"""Seconds in which requests of one reading begin."""

SHORTEST: Final = 10
"""Minutes; a request that is too large is halved down to this."""

FORMERLY: Final = "1d"
"""How far back the former value of a series is looked for that was not seen lately."""

Labels = dict[str, str]


@dataclass
class _Read:
    """What one group of counters gave, by counter, with what the server warned of."""

    tracks: dict[Counters, list[Track]] = field(default_factory=dict)
    at: float = 0.0
    warnings: tuple[str, ...] = ()
    trouble: Trouble | None = None
    formerly: list[Any] | None = None


@dataclass
class _Turn:
    """Until when groups are asked for, and why none is any more."""

    ends: float
    down: Trouble | None = None


class PromqlSource:
    """Counts from raw samples, so that no extrapolation and no average comes between a counter and its count.

    Args:
        access: the server.
        gap: seconds between two samples up to which the time between them counts as measured.
        accept_partial: whether an answer with warnings counts, such as Thanos gives while a store is away.
        chunk, settles: see Abilities.
    """

    def __init__(
        self,
        access: Access,
        *,
        gap: float = 90.0,
        accept_partial: bool = False,
        chunk: int = 360,
        settles: float = 120.0,
    ) -> None:
        self.access, self.gap, self.accept_partial = access, gap, accept_partial
        self.abilities = Abilities(backfill=True, chunk=chunk, settles=settles, values=True)
        self.requests = 0

    def read(self, asked: Sequence[CountQuery | ValueQuery], *, first: int, until: int) -> Answer:
        """The minutes of all that is asked, several counters to a request. Raises SourceFailed."""
        counts = [query for query in asked if isinstance(query, CountQuery)]
        values = [query for query in asked if isinstance(query, ValueQuery)]
        groups = list(groups_of(counters for query in counts for counters in counters_of(query)))
        server, turn = Server(self.access), _Turn(time.monotonic() + PATIENCE)
        try:
            with ThreadPoolExecutor(min(LANES, len(groups) + len(values)) or 1, thread_name_prefix="promql") as pool:
                numbers = pool.map(lambda query: self._values(server, query, turn, first, until), values)
                read = list(pool.map(lambda group: self._group(server, group, turn, first, until), groups))
                given = list(numbers)
        finally:
            server.close()
        troubles_of = [*(one.trouble for one in read), *(one.trouble if not one.settled else None for one, _ in given)]
        if troubles_of and all(troubles_of):
            found_first = next(one for one in troubles_of if one)
            raise SourceFailed(found_first.reason, found_first.remedy)
        found: dict[Counters, list[Track]] = {}
        troubles: dict[Counters, Trouble] = {}
        name = self.access.name
        for group, one in zip(groups, read, strict=True):
            found |= one.tracks
            if trouble := one.trouble or self._partial(one.warnings):
                troubles |= dict.fromkeys(group.members, trouble)
        counted = {
            query.key: counted_of(name, query, found, troubles, gap=self.gap, first=first, until=until)
            for query in counts
        }
        counted |= {query.key: one for query, (one, _) in zip(values, given, strict=True)}
        times = [*(one.at for one in read), *(at for _, at in given)]
        return Answer(counted, min((at for at in times if at), default=0.0))

    def _values(self, server: Server, query: ValueQuery, turn: _Turn, first: int, until: int) -> tuple[Counted, float]:
        def asks() -> None:
            self._take_turn(turn)

        try:
            if turn.down is not None:
                return Counted(trouble=turn.down, settled=False), 0.0
            read = read_values(server, query, gap=self.gap, first=first, until=until, asks=asks)
        except SourceFailed as fault:
            if isinstance(fault, Down):
                turn.down = fault.trouble
            return Counted(trouble=fault.trouble, settled=False), 0.0
        if trouble := self._partial(read.warnings):
            return Counted(trouble=trouble, settled=False), read.at
        return read.counted(query, self.access.name), read.at

    def _take_turn(self, turn: _Turn) -> None:
        if time.monotonic() > turn.ends:
            slow = f"{self.access.name} answers too slowly; this objective's turn did not come."
            raise SourceFailed(slow, "Relieve the server, or count fewer objectives by it.")
        self.requests += 1

    def _partial(self, warnings: Sequence[str]) -> Trouble | None:
        if not warnings or self.accept_partial:
            return None
        return Trouble(
            f"{self.access.name} answers in part: {warnings[0]}",
            'Mend what it warns of, or write partial = "accept" in sources.toml to count what it has.',
        )

    def _group(self, server: Server, group: Group, turn: _Turn, first: int, until: int) -> _Read:
        if turn.down is not None:
            return _Read(trouble=turn.down)
        try:
            return self._samples(server, group, turn, first, until)
        except SourceFailed as fault:
            if isinstance(fault, Down):
                turn.down = fault.trouble
            return _Read(trouble=fault.trouble)

    def _samples(self, server: Server, group: Group, turn: _Turn, first: int, until: int) -> _Read:
        """Raw samples of the span and a little before it, in as few requests as the server lets."""
        begin, end = first * 60 - 2 * self.gap, until * 60.0
        pieces, read = [(begin, end)], _Read()
        series: dict[tuple[tuple[str, str], ...], tuple[Labels, list[Any]]] = {}
        while pieces:
            start, stop = pieces.pop()
            self._take_turn(turn)
            try:
                query = f"{group.selector}[{round((stop - start) * 1000)}ms]"
                said = server.query(query, at=stop - 0.001, shape="matrix")
            except TooMuch:
                if stop - start <= SHORTEST * 60:
                    raise self._too_much(group) from None
                middle = (start + stop) // 2
                pieces += [(middle, stop), (start, middle)]
                continue
            read.at, read.warnings = said.at, read.warnings + said.warnings
            for one in said.result:
                _take(one, start, stop, series)
        for one_part in group.apart():
            self._follow(server, one_part, series, begin, read)
        return read

    def _too_much(self, group: Group) -> SourceFailed:
        return SourceFailed(
            f"{self.access.name} has too many samples of {group.selector[:200]} for one answer.",
            "Select fewer series, or raise `megabytes` of it in sources.toml.",
        )

    def _follow(
        self,
        server: Server,
        group: Group,
        series: Mapping[Any, tuple[Labels, list[Any]]],
        begin: float,
        read: _Read,
    ) -> None:
        part = group.part
        followed = [
            (labels, track_of(samples_of(samples, part) if part else samples)) for labels, samples in series.values()
        ]
        seen = begin + self.gap
        new = [(labels, track) for labels, track in followed if seen < track.begins]
        if new:
            if read.formerly is None:
                self.requests += 1
                query = f"last_over_time({group.selector}[{FORMERLY}])"
                read.formerly = server.query(query, at=begin - 0.001, shape="vector").result
            _begin(read.formerly, part, new, followed, begin)
        apart: dict[str, list[tuple[Labels, Track]]] = {}
        for labels, track in followed:
            apart.setdefault(labels.get(group.split_by, ""), []).append((labels, track))
        for one in group.members:
            if part or len(group.members) == 1:
                read.tracks[one] = [track for _, track in followed]
                continue
            named = next((value for label, sign, value in one.matchers if sign == "=" and label == group.split_by), "")
            near = apart.get(named, ()) if group.split_by else followed
            read.tracks[one] = [track for labels, track in near if selected(one, labels)]


def _begin(
    formerly: Iterable[Any],
    part: str,
    new: Iterable[tuple[Labels, Track]],
    followed: Iterable[tuple[Labels, Track]],
    begin: float,
) -> None:
    """Count the first samples of series that were not seen just before.

    One that was there within a day goes on from its value then. One that is new on a target that was scraped
    before was born since, so it counts from zero. Of any other nobody knows when its counting began.
    """
    former = {_key(_unnamed(one["metric"])): _value(one, part) for one in formerly}
    alive: dict[tuple[str, str], float] = {}
    for labels, track in followed:
        if target := target_of(labels):
            alive[target] = min(alive.get(target, track.begins), track.begins)
    for one in formerly:
        if target := target_of(one["metric"]):
            alive[target] = begin
    for labels, track in new:
        before = former.get(_key(_unnamed(labels)))
        target = target_of(labels)
        if before is not None and _finite(before):
            begin_from(track, round(float(before)))
        elif target and alive[target] < track.begins:
            begin_from(track, 0)


def _unnamed(labels: Labels) -> Labels:
    return {label: value for label, value in labels.items() if label != "__name__"}


def _key(labels: Labels) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))


def _take(one: Any, start: float, stop: float, series: dict[Any, tuple[Labels, list[Any]]]) -> None:
    # Both ends of a range belong to it in some versions, so that what two pieces share is taken once.
    labels, samples = one.get("metric", {}), one.get("histograms") or one.get("values", [])
    kept = [sample for sample in samples if start <= sample[0] < stop]
    if kept:
        series.setdefault(_key(labels), (labels, []))[1].extend(kept)


def _value(one: Any, part: str) -> str:
    if part:
        return value_of(one["histogram"][1], part) if "histogram" in one else "NaN"
    return str(one["value"][1]) if "value" in one else "NaN"


def _finite(text: str) -> bool:
    return text not in ("NaN", "+Inf", "-Inf", "Inf") and float(text) >= 0
