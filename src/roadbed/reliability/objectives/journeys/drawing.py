"""A journey's burn-down as the figure that its page draws, with the table that says the same."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Final

from django.utils import timezone

from roadbed.ground.shell import words
from roadbed.ground.shell.components import Figure, Table
from roadbed.reliability.objectives.journeys.chart import JourneyBurnDown
from roadbed.reliability.objectives.rules.evaluation import LOW_BUDGET

WHOLE: Final = 100
CLOCK: Final = timedelta(days=2)
TONES: Final = {"unmeasured": "unknown-mark", "excluded": "idle-mark"}


def figure_of(drawn: JourneyBurnDown) -> Figure:
    """The budget as a line, with bands where nothing was known or nothing was promised."""
    known = [point.remaining for point in drawn.points if point.remaining is not None]
    floor = max(-2 * WHOLE, min(-25, math.floor(min(known, default=0.0) * 4) * 25))
    values = [
        [words.utc(one.at), None if one.remaining is None else round(max(one.remaining * WHOLE, floor), 2)]
        for one in drawn.points
    ]
    data = {
        "unit": "%",
        "min": floor,
        "max": WHOLE,
        "interval": 25 if floor >= -WHOLE else 50,
        "top": 20,
        "right": 24,
        "clock": drawn.end - drawn.start <= CLOCK,
        "series": [{"name": "Budget left", "tone": "ink", "width": 2, "area": True, "values": values}],
        "lines": [{"at": 0, "label": "", "tone": "bad"}, {"at": LOW_BUDGET * WHOLE, "label": "25%", "tone": "warn"}],
        "bands": [
            {
                "from": words.utc(one.start),
                "to": words.utc(one.start + timedelta(minutes=one.minutes)),
                "tone": TONES[one.state],
            }
            for one in drawn.stretches
        ],
    }
    said = "No data: nothing of this window was measured"
    if known:
        said = f"Budget left went from {words.percent(known[0])} to {words.percent(known[-1])}"
    caption = "Purple: a required step was unmeasured, the budget stands still. The last point is what is left."
    return Figure(id="journey-burn-down", label=said, data=data, table=_table(drawn), caption=caption)


def _table(drawn: JourneyBurnDown) -> Table:
    shape = "%-d %B %H:00" if drawn.end - drawn.start <= CLOCK else "%-d %B"
    last: dict[str, float | None] = {}
    bad: dict[str, int] = {}
    for one in drawn.points:
        name = timezone.localtime(one.at).strftime(shape)
        last[name], bad[name] = one.remaining, bad.get(name, 0) + one.bad
    rows = tuple((name, words.percent(left), words.count(bad[name])) for name, left in last.items())
    head = ("Until", "Budget left at its end", f"Bad {drawn.unit}")
    return Table(head, rows, frozenset(head[1:]))
