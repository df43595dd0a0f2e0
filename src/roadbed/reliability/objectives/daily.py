"""How each of the last days went for a service: its bad minutes, and how many minutes anybody measured."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Final

from roadbed.ground.asks.counted import DayKept, DaysKept
from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.counting import Reader
from roadbed.reliability.objectives.excluded import Excluded
from roadbed.reliability.objectives.live import SINCE
from roadbed.reliability.objectives.models import Objective
from roadbed.reliability.objectives.rules.clock import instant, minute_of

DAY: Final = 24 * 60


def days_kept(asked: DaysKept) -> dict[str, tuple[DayKept, ...]]:
    """Of several objectives the one with the most bad minutes stands for the day; services without one are left out."""
    rows = Objective.objects.filter(service_uid__in=asked.service_uids, removed_at=None).annotate(since=SINCE)
    found = list(rows.order_by("service_uid", "name"))
    stored = store.heads([row.series for row in found]) if found else {}
    last = minute_of(asked.now)
    midnight = last - last % DAY
    starts = [midnight - DAY * number for number in range(asked.days - 1, -1, -1)]
    worst: dict[str, list[DayKept]] = defaultdict(list)
    cuts: dict[str, Excluded] = {}
    for row in found:
        head = stored.get(row.series)
        excluded = cuts.get(row.service_uid) or cuts.setdefault(row.service_uid, Excluded.of(row.service_uid))
        own = [_nothing(at) for at in starts]
        if head is not None:
            cut = excluded.cut(row.service_uid, row.uid, first=starts[0], until=last + 1)
            own = _days(Reader(row.series, head, minute_of(row.since), cut), starts, last)
        known = worst[row.service_uid]
        worst[row.service_uid] = [max(pair, key=_weight) for pair in zip(known, own, strict=True)] if known else own
    return {uid: tuple(days) for uid, days in worst.items()}


def _days(reader: Reader, starts: list[int], last: int) -> list[DayKept]:
    edges = [start - 1 for start in starts] + [last]
    reader.fetch(edges)
    spans = [reader.between(first, until) for first, until in pairwise(edges)]
    return [DayKept(instant(start), span.bad_minutes, span.measured) for start, span in zip(starts, spans, strict=True)]


def _nothing(start: int) -> DayKept:
    return DayKept(instant(start), 0, 0)


def _weight(day: DayKept) -> tuple[int, int]:
    return day.bad_minutes, day.measured_minutes
