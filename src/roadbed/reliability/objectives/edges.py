"""The stored sums of many series at the edges of periods, without what is excluded, as far back as they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Min

from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.models import Minute
from roadbed.reliability.objectives.rules.counts import Counts, Cumulative
from roadbed.reliability.objectives.rules.history import NOTHING
from roadbed.reliability.objectives.rules.spans import Cut


@dataclass
class Sums:
    """Sums of some series, read together at the minutes that are asked for first, then one by one."""

    known: Mapping[int, store.StoredHead]
    begins: Mapping[int, int]
    held: dict[int, dict[int, Cumulative]] = field(default_factory=dict)

    @classmethod
    def of(cls, known: Mapping[int, store.StoredHead], minutes: Iterable[int]) -> Sums:
        """Those of all series up to some minutes."""
        return cls(known, _begins(known), store.until(known, set(minutes)) if known else {})

    def fetch(self, series: int, minutes: Iterable[int]) -> None:
        """Read one series at further minutes, all at once."""
        own = self.held.setdefault(series, {})
        missing = {minute for minute in minutes if minute not in own}
        if missing:
            own |= store.until({series: self.known[series]}, missing)[series]

    def counts(self, series: int, first: int, until: int, cut: Cut = NOTHING) -> Counts:
        """What lies from one minute up to, not including, another; what is not known of it is `before`."""
        if until <= first:
            return Counts(0, 0, 0, 0, 0, 0)
        begins = min(max(first, self.begins.get(series, until)), until)
        whole = self._between(series, begins, until)._replace(minutes=until - first, before=begins - first)
        spans = [(max(a, begins), min(b, until)) for a, b in cut.spans if a < until and b > begins]
        if spans:
            self.fetch(series, (minute - 1 for span in spans for minute in span))
        for a, b in spans:
            whole = whole.without(self._between(series, a, b))
        return whole

    def _between(self, series: int, first: int, until: int) -> Counts:
        if until <= first:
            return Counts(0, 0, 0, 0, 0, 0)
        return Counts.between(self._until(series, first - 1), self._until(series, until - 1), minutes=until - first)

    def _until(self, series: int, minute: int) -> Cumulative:
        self.fetch(series, [minute])
        return self.held[series][minute]


def _begins(known: Mapping[int, store.StoredHead]) -> dict[int, int]:
    """The first minute of each series that can be told apart from what lies before it."""
    oldest = Minute.objects.using(store.ALIAS).aggregate(first=Min("minute"))["first"]
    begins = {series: stored.head.first for series, stored in known.items()}
    if oldest is None:
        return begins
    # What lies before the oldest row was forgotten; sums are known from a series' own first row on.
    cut_off = [series for series, first in begins.items() if first < oldest]
    if not cut_off:
        return begins
    there = set(Minute.objects.using(store.ALIAS).filter(minute=oldest).values_list("series", flat=True))
    for series in cut_off:
        row = oldest
        if series not in there:
            rows = Minute.objects.using(store.ALIAS).filter(series=series)
            row = rows.aggregate(first=Min("minute"))["first"] or known[series].head.minute
        begins[series] = row + 1
    return begins
