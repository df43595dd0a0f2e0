"""How far an objective's counts were read from their source, for its page and the API."""

from __future__ import annotations

from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.answers import CountsView
from roadbed.reliability.objectives.models import Objective, Pull
from roadbed.reliability.objectives.rules.clock import instant, minute_of


def reached(row: Objective) -> CountsView | None:
    """What was read so far; None for an objective that no source counts, or whose first reading is still to come."""
    pull = Pull.objects.using(store.ALIAS).filter(series=row.series).first()
    if pull is None:
        return None
    end = minute_of(pull.tried_at or pull.begun_at)
    share = 1.0 if pull.filled_at else min(1.0, (pull.cursor - pull.first) / max(1, end - pull.first))
    return CountsView(
        since=instant(pull.first),
        until=instant(pull.cursor),
        share=share,
        begun_at=pull.begun_at,
        filled_at=pull.filled_at,
        tried_at=pull.tried_at,
        problem=pull.problem,
        remedy=pull.remedy,
    )
