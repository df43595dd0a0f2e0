"""What each objective of a service spent between two instants, counted from the stored minutes."""

from __future__ import annotations

from roadbed.ground.asks import BudgetSpent, SpentBudget
from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.counting import Reader
from roadbed.reliability.objectives.excluded import Excluded
from roadbed.reliability.objectives.live import SINCE, window_kept
from roadbed.reliability.objectives.models import Objective
from roadbed.reliability.objectives.rules.clock import minute_of
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.targets import Target


def spent(asked: BudgetSpent) -> tuple[SpentBudget, ...]:
    """The minutes in which the two instants lie count whole; the share is of the window that ends with the last one."""
    rows = Objective.objects.filter(service_uid=asked.service_uid, removed_at=None).annotate(since=SINCE)
    found = list(rows.order_by("name"))
    known = store.heads([row.series for row in found]) if found else {}
    excluded = Excluded.of(asked.service_uid)
    return tuple(_of(row, minute_of(row.since), known.get(row.series), asked, excluded) for row in found)


def _of(
    row: Objective, since: int, stored: store.StoredHead | None, asked: BudgetSpent, excluded: Excluded
) -> SpentBudget:
    before, last = minute_of(asked.start) - 1, max(minute_of(asked.start), minute_of(asked.end))
    if stored is None:
        return SpentBudget(row.uid, row.title, 0, 0, None, bad_minutes=0, measured_minutes=0)
    period = window_kept(row.window, row.window_minutes).at(last)
    begin = period.first - 1
    cut = excluded.cut(row.service_uid, row.uid, first=min(begin, before) + 1, until=last + 1)
    reader = Reader(row.series, stored, since, cut)
    reader.fetch([begin, before, last])
    span, whole = reader.between(before, last), reader.between(begin, last)
    in_slices = period.length if row.budgeting else None
    return SpentBudget(
        objective_uid=row.uid,
        title=row.title,
        bad=span.bad,
        total=span.total,
        share=_share(span, whole, Target.exactly(row.target), in_slices),
        bad_minutes=span.bad_minutes,
        measured_minutes=span.measured,
    )


def _share(span: Counts, whole: Counts, target: Target, slices: int | None) -> float | None:
    allowance = target.spare * (whole.total if slices is None else slices - whole.excluded)
    if not span.measured or not allowance or whole.broken:
        return None
    return (span.bad if slices is None else span.bad_minutes) * target.of / allowance
