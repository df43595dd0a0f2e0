"""The journeys of a report: their minutes and weighted events in a period and in the one before, step by step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Min

from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.journeys.live import LiveJourney, Named, live_journey
from roadbed.reliability.objectives.journeys.material import Counted, Material
from roadbed.reliability.objectives.journeys.models import Journey
from roadbed.reliability.objectives.models import Minute
from roadbed.reliability.objectives.rules.journeys.values import EVENTS
from roadbed.reliability.objectives.rules.reporting.lines import MINUTES, Tally, as_data, judged
from roadbed.reliability.objectives.rules.reporting.spans import Span


def journey_lines(rows: Iterable[Journey], span: Span, until: int) -> list[dict[str, Any]]:
    """A line for each journey."""
    wanted = [live_journey(row) for row in rows]
    if not wanted:
        return []
    begin = _kept_from(span.before[0])
    material = Material.of(wanted, Named.now(), first=begin, until=max(until, begin))
    return [_line(one, material, span, until) for one in wanted]


def _kept_from(first: int) -> int:
    """The first minute of which anything is kept, but no earlier than one."""
    oldest = Minute.objects.using(store.ALIAS).aggregate(first=Min("minute"))["first"]
    return first if oldest is None else max(first, oldest + 1)


def _line(one: LiveJourney, material: Material, span: Span, until: int) -> dict[str, Any]:
    now, held = _tally(one, material, span.first, until, to_come=span.end - until)
    before, _ = _tally(one, material, *span.before)
    raw, _ = _tally(one, material, span.first, until, raw=True)
    former = judged(before, one.target)
    allowance = one.target.spare * now.total
    steps = [
        {
            "name": step.name,
            "of": step.of,
            "required": step.required,
            "spent": spent,
            "share": spent * one.target.of / allowance if now.told and allowance else None,
        }
        for step, spent in zip(one.steps, held.by_step if held else [0] * len(one.steps), strict=True)
    ]
    return {
        "uid": one.uid,
        "name": one.name,
        "title": one.title,
        "owner": one.owner,
        "target": one.target.share,
        "target_text": one.target.percent(),
        "unit": "weighted events" if one.method == EVENTS else MINUTES,
        **as_data(now, one.target),
        "raw": as_data(raw, one.target) if now.minutes["excluded"] else None,
        "before": {
            "attainment": former.attainment,
            "share": former.share,
            "coverage": former.coverage,
            "has_data": former.has_data,
            "outside": before.outside,
        },
        "steps": steps,
    }


def _tally(
    one: LiveJourney, material: Material, first: int, until: int, *, to_come: int = 0, raw: bool = False
) -> tuple[Tally, Counted | None]:
    begin, end = max(first, material.first), min(until, material.until)
    nothing = dict.fromkeys(("good", "bad", "idle", "unmeasured", "excluded"), 0)
    if begin >= end:
        return Tally(0, 0, nothing, until - first, to_come), None
    held = material.counted(one, start=begin, until=end, raw=raw)
    counts = held.counts._replace(minutes=until - first, before=held.counts.before + (until - first) - (end - begin))
    if one.method != EVENTS:
        return Tally.of(counts, unit=MINUTES, to_come=to_come), held
    bad, total = int(held.basis.bad), held.basis.total
    return Tally(bad, total, counts.by_state(), counts.before, to_come, held.basis.broken), held
