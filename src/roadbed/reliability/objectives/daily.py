"""How each of the last days went for a service by what it promises, and how much of the day anybody measured."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from roadbed.ground.asks.counted import DayKept, DaysKept
from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.counting import Reader
from roadbed.reliability.objectives.excluded import Excluded
from roadbed.reliability.objectives.live import SINCE
from roadbed.reliability.objectives.models import Objective
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.targets import Target

DAY: Final = 24 * 60


def days_kept(asked: DaysKept) -> dict[str, tuple[DayKept, ...]]:
    """Of several objectives the one that spent most of its allowance stands for the day; who has none is left out."""
    rows = Objective.objects.filter(service_uid__in=asked.service_uids, removed_at=None).annotate(since=SINCE)
    found = list(rows.order_by("service_uid", "name"))
    stored = store.heads([row.series for row in found]) if found else {}
    last = minute_of(asked.now)
    midnight = last - last % DAY
    starts = [midnight - DAY * number for number in range(asked.days - 1, -1, -1)]
    worst: dict[str, list[_Day]] = {}
    cuts = {uid: Excluded.of(uid) for uid in {row.service_uid for row in found}}
    for row in found:
        own, head = [(-1.0, _nothing(at)) for at in starts], stored.get(row.series)
        if head is not None:
            cut = cuts[row.service_uid].cut(row.service_uid, row.uid, first=starts[0], until=last + 1)
            reader = Reader(row.series, head, minute_of(row.since), cut)
            own = _days(reader, Target.exactly(row.target), starts, last)
        known = worst.get(row.service_uid)
        worst[row.service_uid] = [max(pair, key=_weight) for pair in zip(known, own, strict=True)] if known else own
    return {uid: tuple(day for _, day in days) for uid, days in worst.items()}


def _days(reader: Reader, target: Target, starts: list[int], last: int) -> list[_Day]:
    edges = [start - 1 for start in starts] + [last]
    reader.fetch(edges)
    spans = [reader.between(first, until) for first, until in pairwise(edges)]
    return [_day(start, span, target) for start, span in zip(starts, spans, strict=True)]


def _day(start: int, span: Counts, target: Target) -> _Day:
    if not span.measured:
        return -1.0, _nothing(start)
    kept = span.bad * target.of <= target.spare * span.total
    spent = span.bad * target.of / (target.spare * span.total) if span.total else 0.0
    return spent, DayKept(instant(start), span.bad, span.total, span.measured, kept)


def _nothing(start: int) -> DayKept:
    return DayKept(instant(start), 0, 0, 0, None)


def _weight(day: _Day) -> tuple[float, int]:
    return day[0], day[1].measured_minutes


_Day = tuple[float, DayKept]
"""A day with how much of its own allowance it spent; less than nothing where nothing is known."""
