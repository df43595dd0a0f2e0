"""The reader of one objective's counts over a stretch of minutes, without what is excluded from it."""

from __future__ import annotations

from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.counting import Reader
from roadbed.reliability.objectives.excluded import Excluded
from roadbed.reliability.objectives.live import since_of
from roadbed.reliability.objectives.models import Objective


def reader_of(row: Objective, *, first: int, until: int, excluded: Excluded | None = None) -> Reader | None:
    """A reader of the minutes from `first` up to, not including, `until`; None where nothing was ever counted.

    Args:
        row: the objective.
        first: the first minute that will be asked for, in minutes since 1970.
        until: the minute after the last one.
        excluded: what does not count; None for what is excluded now.
    """
    stored = store.heads([row.series]).get(row.series)
    if stored is None:
        return None
    held = Excluded.of(row.service_uid) if excluded is None else excluded
    cut = held.cut(row.service_uid, row.uid, first=first, until=until)
    return Reader(row.series, stored, since_of(row), cut)
