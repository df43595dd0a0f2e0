"""Budgets in slices of time as they stand: read from the sums of judged slices, without what is excluded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from roadbed.reliability.objectives import broken, slice_store, store
from roadbed.reliability.objectives.counting import Reader
from roadbed.reliability.objectives.excluded import Excluded
from roadbed.reliability.objectives.live import Live
from roadbed.reliability.objectives.rules.budgeting import RATIO_TIMESLICES, Budgeting
from roadbed.reliability.objectives.rules.evaluation import Sliced
from roadbed.reliability.objectives.rules.forecast import returns_after
from roadbed.reliability.objectives.rules.grids import Grid, Stretch
from roadbed.reliability.objectives.rules.history import NOTHING
from roadbed.reliability.objectives.rules.kept import SlicesKept
from roadbed.reliability.objectives.rules.minutes import promised_from
from roadbed.reliability.objectives.rules.periods import Period, Window
from roadbed.reliability.objectives.rules.slices import NONE, WHOLE, SliceCounts, Sums, counted, judged
from roadbed.reliability.objectives.rules.spans import Cut, merged
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.slice_judging import Asked, bring_up
from roadbed.reliability.objectives.slice_store import Judged


@dataclass(frozen=True, slots=True)
class Slicing:
    """The slices of an objective's windows.

    Attributes:
        period: those of the whole window, `raw` the same with what is excluded; None where nothing is.
        windows: by length in minutes.
        sliced: what is judged.
    """

    period: SliceCounts
    raw: SliceCounts | None
    windows: Mapping[int, SliceCounts]
    sliced: Sliced
    reader: SliceReader

    def kept(self) -> SlicesKept:
        """What is kept of it."""
        return SlicesKept(self.sliced, self.period, self.raw)

    def returns_after(self, target: Target) -> int | None:
        """Minutes until a spent budget of a rolling window is above zero again, as its first slices leave it."""
        grid, whole, until = self.reader.grid, self.reader.grid.of_period(), self.reader.until

        def bad_of_first(minutes: int) -> float:
            gone = grid.number(until + minutes) - grid.number(until)
            parts = self.reader.parts(self.reader.sums(whole.first, min(whole.first + gone, whole.until)))
            return parts / self.reader.of

        return returns_after(self.period.budgeted, target, bad_of_first, period=grid.minutes)


def measure(
    objectives: Iterable[Live],
    known: Mapping[int, store.StoredHead],
    periods: Mapping[int, Period],
    windows: Mapping[int, tuple[int, ...]],
    excluded: Excluded,
    *,
    end: int,
) -> dict[int, Slicing]:
    """Judge what is due, and read the slices of every window; by the objective's key. `windows` are by series."""
    grids: dict[tuple[Budgeting, Window, Period], Grid] = {}
    asked: dict[tuple[Grid, tuple[int, ...]], list[Asked]] = {}
    for one in objectives:
        if one.series not in known:
            continue
        period, lengths = periods[one.pk], windows[one.series]
        key = (one.budgeting, one.window, period)
        if (grid := grids.get(key)) is None:
            grid = grids[key] = Grid.of(*key)
        stretches = grid.of_windows(lengths)
        low = min(grid.of_period().first, *(stretch.first for stretch in stretches.values()))
        asked.setdefault((grid, lengths), []).append(Asked(one, grid, low, end))
    heads = bring_up((one for several in asked.values() for one in several), known) if asked else {}
    found: dict[int, Slicing] = {}
    for (grid, lengths), several in asked.items():
        stretches, whole = grid.of_windows(lengths), grid.of_period()
        held = _read_ahead(several, (*stretches.values(), whole))
        for member in several:
            series = member.one.series
            mine = {edge: rows[series] for edge, rows in held.items() if series in rows}
            cut = _cut(member, excluded)
            reader = SliceReader(member.one, grid, known[series], heads[series], end + 1, cut, mine)
            found[member.one.pk] = _slicing(reader, whole, stretches)
    return found


def _read_ahead(several: Iterable[Asked], stretches: Iterable[Stretch]) -> dict[int, dict[int, Sums]]:
    """The sums at the edges of all windows of objectives whose slices lie alike."""
    grid = next(one.grid for one in several)
    edges = {grid.start(number) for stretch in stretches for number in (stretch.first, stretch.until)}
    return slice_store.at(edges, {one.one.series for one in several})


def _slicing(reader: SliceReader, whole: Stretch, stretches: Mapping[int, Stretch]) -> Slicing:
    period = reader.counts(whole)
    windows = {length: reader.counts(stretch) for length, stretch in stretches.items()}
    measures = {length: held.judged for length, held in windows.items()}
    grid = reader.grid
    measures[grid.minutes if grid.end is None else reader.until - grid.phase] = period.judged
    return Slicing(
        period=period,
        raw=reader.counts(whole, raw=True) if reader.cut.spans else None,
        windows=windows,
        sliced=Sliced(period.budgeted, measures, whole=not reader.shares),
        reader=reader,
    )


def reader_of(
    one: Live, stored: store.StoredHead, excluded: Excluded, *, end: int, since: int | None = None
) -> SliceReader | None:
    """Reads an objective's slices as of a minute that was evaluated; None where its budget is one of other things.

    `since` is the first minute that is looked at, where that lies before the window.
    """
    head = slice_store.judged([one.series]).get(one.series) if one.budgeting.longer else None
    if head is None:
        return None
    grid = Grid.of(one.budgeting, one.window, one.window.at(end))
    low = grid.of_period().first
    asked = Asked(one, grid, low if since is None else min(low, grid.number(since)), end)
    return SliceReader(one, grid, stored, head, end + 1, _cut(asked, excluded))


def sliced_of(reader: SliceReader, lengths: tuple[int, ...]) -> Sliced:
    """The slices of the whole window and of shorter ones, as they are judged."""
    stretches, whole = reader.grid.of_windows(lengths), reader.grid.of_period()
    reader.fetch((*stretches.values(), whole))
    return _slicing(reader, whole, stretches).sliced


def _cut(one: Asked, excluded: Excluded) -> Cut:
    if not excluded.rows:
        return NOTHING
    first = one.grid.start(one.low)
    return excluded.cut(one.one.service_uid, one.one.uid, first=first, until=max(first + 1, one.now + 1))


@dataclass
class SliceReader:
    """Reads the slices of one objective, each sum once."""

    one: Live
    grid: Grid
    stored: store.StoredHead
    head: Judged
    until: int
    cut: Cut = NOTHING
    known: dict[int, Sums] = field(default_factory=dict)
    _minutes: Reader | None = None
    _broken: Cut | None = None
    _own: dict[int, Sums] = field(default_factory=dict)

    @property
    def shares(self) -> bool:
        return self.one.budgeting.method == RATIO_TIMESLICES

    @property
    def begins(self) -> int:
        """The number of the slice in which the promise began."""
        return self.grid.number(self.promised)

    @property
    def promised(self) -> int:
        """The first minute of the promise."""
        return promised_from(self.stored.head, self.one.since)

    def fetch(self, stretches: Iterable[Stretch]) -> None:
        """Read the sums at the edges of several stretches at once."""
        edges = {self.grid.start(number) for one in stretches for number in (one.first, one.until)}
        self.known |= slice_store.of(self.one.series, edges - self.known.keys())

    def ending(self, minute: int, length: int) -> Stretch:
        """The slices of so many minutes that were over at the end of an earlier minute."""
        if minute + 1 >= self.until:
            return self.grid.of_window(length)
        return replace(self.grid, over=self.grid.number(minute + 1)).of_window(length)

    def counts(self, stretch: Stretch, *, raw: bool = False) -> SliceCounts:
        """The slices of a stretch, with what is excluded or without."""
        wholly = None if raw or not self.cut.spans else self.grid.wholly(self.cut, begins=self.promised)
        sums = self.raw if raw else self.sums
        return counted(stretch, sums, shares=self.shares, begins=self.begins, excluded=wholly)

    def raw(self, first: int, until: int) -> Sums:
        """What slices add up to, from one number up to another, with what is excluded."""
        return self._at(self.grid.start(until)).minus(self._at(self.grid.start(first))) if first < until else NONE

    def sums(self, first: int, until: int) -> Sums:
        """The same without it: slices that it touches are judged by their other minutes."""
        held = self.raw(first, until)
        if not self.cut.spans:
            return held
        number = self.grid.number
        edges = {n for a, b in self.cut.spans for n in (number(a), number(b - 1))}
        for a, b in merged((number(start), number(end - 1) + 1) for start, end in self.cut.spans):
            held = held.minus(self.raw(max(first, a), min(until, b)))
        for one in sorted(edges):
            if first <= one < until:
                held = held.plus(self._judged(one))
        return held

    @property
    def of(self) -> int:
        """How many parts a whole slice has in what is spent."""
        return WHOLE if self.shares else 1

    def parts(self, sums: Sums) -> int:
        """What slices spend, in parts of a slice."""
        return sums.spent if self.shares else sums.bad

    def spent(self, start: int, end: int) -> int:
        """What slices of the window spend whose last minute lies after one minute and up to another, in parts."""
        whole = self.grid.of_period()
        lowest = max(self.begins, whole.first)
        first, until = (min(max(lowest, self._over(minute)), whole.until) for minute in (start, end))
        return self.parts(self.sums(first, until))

    def _over(self, minute: int) -> int:
        grid = self.grid
        if grid.end is not None and minute + 1 >= grid.end:
            return -(-(grid.end - grid.phase) // grid.length)
        return grid.number(minute + 1)

    def _at(self, edge: int) -> Sums:
        if edge <= self.head.first:
            return NONE
        found = self.known.get(edge)
        if found is None:
            found = slice_store.of(self.one.series, [edge]).get(edge)
            if found is None:
                found = slice_store.before(self.one.series, edge)
            self.known[edge] = found
        return found

    def _judged(self, number: int) -> Sums:
        """A slice of which a part is excluded."""
        found = self._own.get(number)
        if found is None:
            start, end = self.grid.start(number), self.grid.start(number + 1)
            if self._minutes is None:
                self._minutes = Reader(self.one.series, self.stored, self.one.since, self.cut)
                self._broken = broken.spans([self.one.series]).get(self.one.series, NOTHING)
            held = self._minutes.between(start - 1, end - 1)
            mixed = self._broken is not None and any(
                not self.cut.holds(minute) for minute in range(start, end) if self._broken.holds(minute)
            )
            found = judged(held.good, held.total, broken=mixed, target=self.one.judged) if held.measured else NONE
            self._own[number] = found
        return found
