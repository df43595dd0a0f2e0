"""Owns the reading of minutes from PromQL: raw samples of every counter asked for, exact counts by the minute out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from roadbed.adapters.promql.grouping import Group, groups_of, selected
from roadbed.adapters.promql.server import Access, Down, Server, TooMuch
from roadbed.adapters.promql.tracks import Track, begin_from, covered, summed, target_of, track_of
from roadbed.ground.ports.counts import Abilities, Answer, Counted, Counters, CountQuery, Side, SourceFailed, Trouble

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
        self.abilities = Abilities(backfill=True, chunk=chunk, settles=settles)
        self.requests = 0

    def read(self, asked: Sequence[CountQuery], *, first: int, until: int) -> Answer:
        """The minutes of all that is asked, several counters to a request. Raises SourceFailed."""
        wanted = [counters for query in asked for counters in _counters_of(query)]
        groups = list(groups_of(wanted))
        server = Server(self.access)
        try:
            with ThreadPoolExecutor(min(LANES, len(groups)) or 1, thread_name_prefix="promql") as pool:
                turn = _Turn(time.monotonic() + PATIENCE)
                read = list(pool.map(lambda group: self._group(server, group, turn, first, until), groups))
        finally:
            server.close()
        if read and all(one.trouble is not None for one in read):
            first_trouble = next(one.trouble for one in read if one.trouble)
            raise SourceFailed(first_trouble.reason, first_trouble.remedy)
        found: dict[Counters, list[Track]] = {}
        troubles: dict[Counters, Trouble] = {}
        for group, one in zip(groups, read, strict=True):
            found |= one.tracks
            if trouble := one.trouble or self._partial(one):
                troubles |= dict.fromkeys(group.members, trouble)
        counted = {query.key: self._counted(query, found, troubles, first, until) for query in asked}
        return Answer(counted, min((one.at for one in read if one.at), default=0.0))

    def _partial(self, read: _Read) -> Trouble | None:
        if not read.warnings or self.accept_partial:
            return None
        return Trouble(
            f"{self.access.name} answers in part: {read.warnings[0]}",
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
            if time.monotonic() > turn.ends:
                slow = f"{self.access.name} answers too slowly; this objective's turn did not come."
                raise SourceFailed(slow, "Relieve the server, or count fewer objectives by it.")
            try:
                self.requests += 1
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
        self._follow(server, group, series, begin, read)
        return read

    def _too_much(self, group: Group) -> SourceFailed:
        return SourceFailed(
            f"{self.access.name} has too many samples of {group.selector[:200]} for one answer.",
            "Select fewer series, or raise `megabytes` of it in sources.toml.",
        )

    def _follow(
        self, server: Server, group: Group, series: Mapping[Any, tuple[Labels, list[Any]]], begin: float, read: _Read
    ) -> None:
        followed = [(labels, track_of(samples)) for labels, samples in series.values()]
        seen = begin + self.gap
        new = [(labels, track) for labels, track in followed if seen < track.begins]
        if new:
            self._begin(server, group, new, followed, begin)
        apart: dict[str, list[tuple[Labels, Track]]] = {}
        for labels, track in followed:
            apart.setdefault(labels.get(group.split_by, ""), []).append((labels, track))
        for one in group.members:
            if len(group.members) == 1:
                read.tracks[one] = [track for _, track in followed]
                continue
            named = next((value for label, sign, value in one.matchers if sign == "=" and label == group.split_by), "")
            near = apart.get(named, ()) if group.split_by else followed
            read.tracks[one] = [track for labels, track in near if selected(one, labels)]

    def _begin(
        self,
        server: Server,
        group: Group,
        new: Iterable[tuple[Labels, Track]],
        followed: Iterable[tuple[Labels, Track]],
        begin: float,
    ) -> None:
        """Count the first samples of series that were not seen just before.

        One that was there within a day goes on from its value then. One that is new on a target that was scraped
        before was born since, so it counts from zero. Of any other nobody knows when its counting began.
        """
        self.requests += 1
        said = server.query(f"last_over_time({group.selector}[{FORMERLY}])", at=begin - 0.001, shape="vector")
        former = {
            _key({k: v for k, v in one["metric"].items() if k != "__name__"}): one["value"][1] for one in said.result
        }
        alive: dict[tuple[str, str], float] = {}
        for labels, track in followed:
            if target := target_of(labels):
                alive[target] = min(alive.get(target, track.begins), track.begins)
        for one in said.result:
            if target := target_of(one["metric"]):
                alive[target] = begin
        for labels, track in new:
            before = former.get(_key({k: v for k, v in labels.items() if k != "__name__"}))
            target = target_of(labels)
            if before is not None and _finite(before):
                begin_from(track, round(float(before)))
            elif target and alive[target] < track.begins:
                begin_from(track, 0)

    def _counted(
        self,
        query: CountQuery,
        found: Mapping[Counters, list[Track]],
        troubles: Mapping[Counters, Trouble],
        first: int,
        until: int,
    ) -> Counted:
        trouble = next((troubles[one] for one in _counters_of(query) if one in troubles), None)
        if trouble is not None:
            return Counted(trouble=trouble, settled=False)
        total, known = self._side(query.total, found)
        minutes = {minute for minute in known if first <= minute < until}
        if query.good is not None:
            good, there = self._side(query.good, found)
            lacking = query.good if minutes and not minutes & there else None
            minutes &= there
            counts = {minute: (good.get(minute, 0), total.get(minute, 0)) for minute in minutes}
        else:
            lacking = None
            bad = self._side(query.bad, found)[0] if query.bad else {}
            counts = {minute: (total.get(minute, 0) - bad.get(minute, 0), total.get(minute, 0)) for minute in minutes}
        return Counted(counts, self._why(query, lacking, found, counts))

    def _side(self, side: Side, found: Mapping[Counters, list[Track]]) -> tuple[dict[int, int], set[int]]:
        sums: dict[int, int] = {}
        known: set[int] | None = None
        for one in side.counters:
            tracks = found.get(one, [])
            summed(tracks, sums, sign=one.sign)
            if not one.or_zero:
                there = covered(tracks, gap=self.gap)
                known = there if known is None else known & there
        return sums, known or set()

    def _why(
        self,
        query: CountQuery,
        lacking: Side | None,
        found: Mapping[Counters, list[Track]],
        counts: Mapping[int, tuple[int, int]],
    ) -> Trouble | None:
        if any(track.broken for one in _counters_of(query) for track in found.get(one, ())):
            return Trouble(
                f"{self.access.name} has samples that are no counts (NaN, Inf or below zero).",
                "Those minutes are unmeasured. Mend what the service exposes.",
            )
        if lacking is not None:
            return Trouble(
                f"{self.access.name} has no series for good: {lacking.query}.",
                "Compare the selector with what is scraped; bad may be absent, good may not.",
            )
        if not counts:
            return Trouble(
                f"{self.access.name} has no series for total: {query.total.query}.",
                "Compare the selector with what is scraped, and look whether the target is up.",
            )
        return None


def _counters_of(query: CountQuery) -> list[Counters]:
    return [one for side in (query.total, query.good, query.bad) if side is not None for one in side.counters]


def _key(labels: Labels) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))


def _take(one: Any, start: float, stop: float, series: dict[Any, tuple[Labels, list[Any]]]) -> None:
    # Both ends of a range belong to it in some versions, so that what two pieces share is taken once.
    labels, samples = one.get("metric", {}), one.get("values", [])
    kept = [sample for sample in samples if start <= sample[0] < stop]
    if kept:
        series.setdefault(_key(labels), (labels, []))[1].extend(kept)


def _finite(text: str) -> bool:
    return text not in ("NaN", "+Inf", "-Inf", "Inf") and float(text) >= 0
