"""The charts of burn rates and of events: what is drawn, what is said instead, and the table under each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from roadbed.ground.shell import words
from roadbed.ground.shell.components import Figure, Table
from roadbed.reliability.objectives.burn_down import BurnDown, Point
from roadbed.reliability.objectives.burning import BurnRates
from roadbed.reliability.objectives.marks import Marks, bands
from roadbed.reliability.objectives.rules.windows import in_words

CLOCK: Final = timedelta(days=2)
BARS: Final = 60
ROWS: Final = 24
"""Rows of a table under a chart: one can read them out."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Events from one instant to the next; None of them where nothing was measured."""

    start: datetime
    end: datetime
    good: int | None
    total: int | None

    @property
    def bad(self) -> int | None:
        return None if self.total is None or self.good is None else self.total - self.good


def burn_rates(rates: BurnRates, drawn: BurnDown | None, marks: Marks) -> Figure:
    """Both windows of an alert with its threshold, deployments, incidents, and what was not measured."""
    known = [rate for point in rates.points for rate in (point.short, point.long) if rate is not None]
    top = _nice(max([rates.factor * 1.25, *known]))
    short, long = in_words(rates.short), in_words(rates.long)
    series = [
        {"name": f"Over {short}", "tone": "ink", "width": 2,
         "values": [[words.utc(point.at), _rounded(point.short)] for point in rates.points]},
        {"name": f"Over {long}", "tone": "link", "width": 2, "dash": "dashed",
         "values": [[words.utc(point.at), _rounded(point.long)] for point in rates.points]},
        *marks.triangles(rates.start, top * 0.04),
    ]  # fmt: skip
    data = {
        "min": 0,
        "max": top,
        "top": 44,
        "right": 24,
        "legend": True,
        "clock": rates.end - rates.start <= CLOCK,
        "series": series,
        "lines": [{"at": rates.factor, "label": f"{rates.factor:.3g}: fires above", "tone": "bad"}],
        "events": marks.lines(rates.start),
        "bands": bands(drawn),
    }
    return Figure(
        id="burn-rates",
        label=_said(rates),
        data=data,
        table=_rates_table(rates, short, long),
        summary="Show burn rates as a table",
        caption=f"{marks.legend(rates.start)}{rates.name} fires while both lines are above {rates.factor:.3g}. "
        f"The last {in_words(rates.minutes)}; a gap is time in which nothing was counted.",
    )


def _said(rates: BurnRates) -> str:
    if all(point.short is None and point.long is None for point in rates.points):
        return "No data: nothing was counted in these windows"
    last = rates.points[-1]
    peaks = [point.short for point in rates.points if point.short is not None]
    peak = f", at most {words.times(max(peaks))}" if peaks else ""
    return (
        f"{rates.name}: burn over {in_words(rates.short)} is {words.times(last.short)}{peak}, "
        f"over {in_words(rates.long)} {words.times(last.long)}; it fires above {rates.factor:.3g}"
    )


def _rates_table(rates: BurnRates, short: str, long: str) -> Table:
    every = max(1, math.ceil(len(rates.points) / ROWS))
    said = _clock_of(rates.end - rates.start)
    rows = tuple(
        (timezone.localtime(point.at).strftime(said), words.times(point.short), words.times(point.long))
        for point in rates.points[::-1][::every]
    )
    columns = ("At", f"Burn over {short}", f"Burn over {long}")
    return Table(columns, rows, frozenset(columns[1:]))


def events(drawn: BurnDown | None, marks: Marks) -> tuple[Figure, ...]:
    """Bad events, and all of them: two scales, so two charts."""
    held = buckets(drawn)
    if drawn is None or not any(one.total for one in held):
        return ()
    length = (held[0].end - held[0].start) if len(held) == 1 else held[1].end - held[1].start
    each = in_words(max(1, round(length.total_seconds() / 60)))
    bad = _bars("events-bad", "Bad events", [(one.start, one.bad) for one in held], drawn, each=each, marks=marks)
    whole = _bars("events-all", "All events", [(one.start, one.total) for one in held], drawn, each=each)
    return (bad, replace(whole, table=_events_table(held)))


def _bars(
    name: str,
    title: str,
    values: Sequence[tuple[datetime, int | None]],
    drawn: BurnDown,
    *,
    each: str,
    marks: Marks | None = None,
) -> Figure:
    known = [value for _, value in values if value is not None]
    top = _nice(max([1, *known]))
    tone = "ink-3" if marks is None else "bad-mark"
    series: list[dict[str, Any]] = [
        {"name": title, "type": "bar", "tone": tone, "values": [[words.utc(at), value] for at, value in values]}
    ]
    data = {
        "min": 0,
        "max": top,
        "top": 28 if marks else 12,
        "right": 24,
        "left": 64,
        "clock": drawn.end - drawn.start <= CLOCK,
        "series": [*series, *(marks.triangles(drawn.start, top * 0.05) if marks else [])],
        "events": marks.lines(drawn.start) if marks else [],
        "bands": bands(drawn),
    }
    rows = tuple((_day(at, drawn), words.count(value)) for at, value in values)
    return Figure(
        id=name,
        label=f"{title}, {each} each: {words.count(sum(known))} in all, at most {words.count(max(known, default=0))}",
        data=data,
        table=Table(("From", title), rows, frozenset({title})),
        summary=f"Show {title.lower()} as a table",
        caption=f"{title}, {each} each.",
        short=True,
    )


def _events_table(held: Sequence[Bucket]) -> Table:
    said = _clock_of(held[-1].end - held[0].start)
    rows = tuple(
        (
            timezone.localtime(one.start).strftime(said),
            words.count(one.total),
            words.count(one.bad),
            words.percent(None if not one.total or one.bad is None else one.bad / one.total, 2),
        )
        for one in reversed(held)
    )
    columns = ("From", "All events", "Bad events", "Share that was bad")
    return Table(columns, rows, frozenset(columns[1:]))


def buckets(drawn: BurnDown | None) -> tuple[Bucket, ...]:
    """The events of what is drawn in at most 60 parts; they add up to what was counted in it."""
    points = drawn.points if drawn else ()
    together = max(1, math.ceil((len(points) - 1) / BARS))
    found = []
    for place in range(1, len(points), together):
        part = points[place : place + together]
        measured = [one for one in part if _measured(one)]
        counts = (sum(one.good for one in measured), sum(one.total for one in measured)) if measured else (None, None)
        found.append(Bucket(points[place - 1].at, part[-1].at, *counts))
    return tuple(found)


def _measured(point: Point) -> bool:
    return point.remaining is not None or point.total > 0


def _clock_of(length: timedelta) -> str:
    return "%-d %B %H:%M" if length <= timedelta(days=14) else "%-d %B"


def _day(at: datetime, drawn: BurnDown) -> str:
    return timezone.localtime(at).strftime(_clock_of(drawn.end - drawn.start))


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 2)


def _nice(highest: float) -> float:
    """A round number not below this one, for the top of an axis."""
    size = 10.0 ** math.floor(math.log10(highest)) if highest > 0 else 1.0
    return next(step * size for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * size >= highest * 0.999)
