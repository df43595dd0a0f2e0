"""Judging slices once they are over, and again where their minutes changed; the sums of slices follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from django.db import transaction

from roadbed.reliability.objectives import broken, slice_due, slice_store, store
from roadbed.reliability.objectives.live import Live
from roadbed.reliability.objectives.rules.counts import Cumulative
from roadbed.reliability.objectives.rules.grids import Grid
from roadbed.reliability.objectives.rules.history import NOTHING
from roadbed.reliability.objectives.rules.slices import NONE, Sums, judged
from roadbed.reliability.objectives.rules.spans import Cut, Span
from roadbed.reliability.objectives.slice_store import Judged

DAY: Final = 1440
AT_ONCE: Final = 20_000
"""Slices that are judged in one transaction: the write lock on the samples is the sampler's too."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An objective's slices: how they lie, the number of the first that a window looks at, and the minute that is."""

    one: Live
    grid: Grid
    low: int
    now: int

    @property
    def shape(self) -> str:
        """What the slices are judged by; what is judged otherwise is another."""
        target, grid = self.one.judged, self.grid
        kept = f"{target.good}/{target.of}" if target is not None else "all"
        return f"{grid.length}m+{grid.phase % grid.length} {kept}"


def bring_up(asked: Iterable[Asked], known: Mapping[int, store.StoredHead]) -> dict[int, Judged]:
    """Judge every slice that is over and was not judged, or whose minutes changed; answers how far each series is."""
    wanted = {one.one.series: one for one in asked if one.one.series in known}
    heads = slice_store.judged(wanted)
    due = slice_due.due() if wanted else {}
    cuts = broken.spans(wanted)
    together: dict[tuple[int, Grid], list[int]] = {}
    for series, one in wanted.items():
        head = heads.get(series)
        if head is not None and head.sure > one.now:
            # The clock was set back: what is counted until then again may change what was judged.
            edge = max(head.first, one.grid.start(one.grid.number(one.now)))
            head = heads[series] = head._replace(judged=edge, sure=edge)
            slice_store.keep({series: head})
        if head is None or series in due or head.shape != one.shape or _reaches_back(one, head, known[series]):
            judging = _Judging(one, known[series], cuts.get(series, NOTHING))
            head = heads[series] = judging.again(head, due.get(series, ()))
        if head.sure < one.grid.start(one.grid.over):
            together.setdefault((head.sure, one.grid), []).append(series)
    for (since, grid), members in together.items():
        group = {series: wanted[series] for series in members}
        step = max(1, AT_ONCE // len(group))
        for first in range(grid.number(since), grid.over, step):
            _go_on(group, known, heads, cuts, (first, min(first + step, grid.over)))
    return heads


def _reaches_back(one: Asked, head: Judged, stored: store.StoredHead) -> bool:
    """Whether a window looks at slices before the first that was judged, as after it was made longer."""
    return max(one.low, one.grid.number(stored.head.first)) < one.grid.number(head.first)


def _go_on(
    group: Mapping[int, Asked],
    known: Mapping[int, store.StoredHead],
    heads: dict[int, Judged],
    cuts: Mapping[int, Cut],
    span: Span,
) -> None:
    """Judge the next slices of several series that stand at the same place, in one transaction."""
    first, until = span
    with transaction.atomic(using=store.ALIAS):
        store.lock()
        grid, now = next((one.grid, one.now) for one in group.values())
        edges = [grid.start(number) for number in range(first, until + 1)]
        minutes = store.until({series: known[series] for series in group}, [edge - 1 for edge in edges])
        begins = slice_store.at([edges[0]], group).get(edges[0], {})
        rows: list[tuple[int, int, Sums]] = []
        for series, one in group.items():
            held = begins.get(series, NONE) if edges[0] > heads[series].first else NONE
            for edge, own in zip(
                edges[1:], _owned(one, minutes[series], edges, cuts.get(series, NOTHING)), strict=True
            ):
                held = held.plus(own)
                rows.append((edge, series, held))
            # A slice whose last minute still goes on is judged again.
            sure = edges[-1] if edges[-1] <= now else edges[-2]
            heads[series] = heads[series]._replace(judged=edges[-1], sure=sure)
        slice_store.write(rows)
        slice_store.keep({series: heads[series] for series in group})


def _owned(one: Asked, sums: Mapping[int, Cumulative], edges: Sequence[int], cut: Cut) -> list[Sums]:
    """What each slice between two edges holds by itself, given the sums up to the minute before every edge."""
    found = []
    for start, end in pairwise(edges):
        held = sums[end - 1] - sums[start - 1]
        if not held.measured:
            found.append(NONE)
            continue
        mixed = bool(cut.spans) and cut.between(start, end) > 0
        found.append(judged(held.good, held.total, broken=mixed, target=one.one.judged))
    return found


@dataclass(frozen=True, slots=True)
class _Judging:
    """Judges slices of one series that were judged before, or lie before those that were."""

    asked: Asked
    stored: store.StoredHead
    cut: Cut

    def again(self, head: Judged | None, changed: Iterable[tuple[int, Span]]) -> Judged:
        """Bring what was judged in line with what the minutes hold now; answers how far that is."""
        grid, series = self.asked.grid, self.asked.one.series
        with transaction.atomic(using=store.ALIAS):
            store.lock()
            changed = list(changed)
            if head is not None and (head.shape != self.asked.shape or grid.start(grid.number(head.sure)) != head.sure):
                slice_store.drop(series, [*range(head.first, head.judged, head.length), head.judged])
                head = None
            if head is None:
                first = min(max(self.asked.low, grid.number(self.stored.head.first)), grid.over)
                begin = grid.start(first)
                head = Judged(self.asked.shape, grid.length, begin, begin, begin)
            else:
                since, begin = grid.number(head.sure), grid.number(self.stored.head.first)
                spans = [(grid.number(first), min(since, grid.number(until - 1) + 1)) for _, (first, until) in changed]
                spans.append((begin, grid.number(head.first)))
                # A little more than windows look at now, for a clock that is set back; no more than is kept.
                low = self.asked.low - DAY // grid.length
                for span in Cut.of((max(low, first), until) for first, until in spans).spans:
                    head = self._span(head, *span)
            slice_store.keep({series: head})
            slice_due.done(number for number, _ in changed)
        return head

    def _span(self, head: Judged, first: int, until: int) -> Judged:
        grid, series = self.asked.grid, self.asked.one.series
        if grid.start(first) < head.first:
            until = max(until, grid.number(head.first))
        edges = [grid.start(number) for number in range(first, until + 1)]
        sums = store.until({series: self.stored}, [edge - 1 for edge in edges])[series]
        before, former = (self._sums(head, edge) for edge in (edges[0], edges[-1]))
        rows, held = [], before
        for edge, own in zip(edges[1:], _owned(self.asked, sums, edges, self.cut), strict=True):
            held = held.plus(own)
            rows.append((edge, series, held))
        slice_store.write(rows)
        later = [*range(edges[-1] + grid.length, head.judged, grid.length), head.judged]
        slice_store.shift(series, (edge for edge in later if edge > edges[-1]), held.minus(former))
        return head._replace(first=min(head.first, edges[0]))

    def _sums(self, head: Judged, edge: int) -> Sums:
        if edge <= head.first:
            return NONE
        series = self.asked.one.series
        found = slice_store.of(series, [edge]).get(edge)
        return found if found is not None else slice_store.before(series, edge)
