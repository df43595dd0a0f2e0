"""Flow as the page says it: stats with the rows behind them and their weeks, tabs, two charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from roadbed.delivery.metrics.flow.rules import figures
from roadbed.delivery.metrics.flow.rules.figures import FlowFigure
from roadbed.delivery.metrics.flow.values import FlowView, FlowWeek
from roadbed.delivery.metrics.flow.words import amount, interval, note
from roadbed.delivery.metrics.rules.drift import FALLING, RISING
from roadbed.ground.shell import words
from roadbed.ground.shell.components import Figure, Stat, Tab, Table

HOUR: Final = 3600
MINUTE: Final = 60
GROUPS: Final = (
    ("Integrating", (figures.FREQUENCY, figures.WITHIN, figures.AGE, figures.EACH)),
    ("Batch size and review", (figures.LINES, figures.FILES, figures.COMMITS, figures.REVIEW, figures.UNREVIEWED)),
    ("Builds", (figures.BUILD, figures.QUEUE, figures.BROKEN, figures.RED)),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure on the page."""

    stat: Stat
    name: str
    url: str
    weeks: tuple[float | None, ...]
    weeks_words: str
    drift: str


def tabs(current: str, asked: dict[str, str]) -> tuple[Tab, ...]:
    """The pages of delivery, for the same scope."""
    scope = {name: text for name, text in asked.items() if name in ("service", "team", "system") and text}
    query = f"?{urlencode(scope)}" if scope else ""
    pages = (("Five metrics", "delivery"), ("Flow", "flow"), ("Tests", "tests"))
    return tuple(Tab(label, f"{reverse(f'metrics:{name}')}{query}", current=name == current) for label, name in pages)


def groups(view: FlowView) -> tuple[tuple[str, tuple[Shown, ...]], ...]:
    """The figures under their headings."""
    return tuple((title, tuple(_shown(view, view.figure(name)) for name in names)) for title, names in GROUPS)


def _shown(view: FlowView, figure: FlowFigure) -> Shown:
    weeks = _weeks(figure.figure, view.weeks)
    moved = view.drifts.get(figure.figure)
    drift = (
        f"{moved.direction.capitalize()} over {moved.n} weeks" if moved and moved.direction in (RISING, FALLING) else ""
    )
    drawn = sum(one is not None for one in weeks) > 1
    return Shown(
        stat(figure), figure.name, f"{reverse('metrics:flow-rows')}?{urlencode(view.asked(figure.figure))}",
        weeks if drawn else (), f"{figure.name} in the last {len(weeks)} weeks" if drawn else "", drift,
    )  # fmt: skip


def _weeks(figure: str, weeks: tuple[FlowWeek, ...]) -> tuple[float | None, ...]:
    drawn: dict[str, tuple[float | None, ...]] = {
        figures.AGE: tuple(week.branch_age for week in weeks),
        figures.LINES: tuple(week.batch_lines for week in weeks),
        figures.REVIEW: tuple(week.first_review for week in weeks),
        figures.BUILD: tuple(week.build for week in weeks),
        figures.FREQUENCY: tuple(None if week.integrations is None else float(week.integrations) for week in weeks),
    }
    return drawn.get(figure, ()) if any(week.integrations or week.passed or week.failed for week in weeks) else ()


def stat(figure: FlowFigure) -> Stat:
    """A figure with its whisker."""
    if figure.value is None:
        return Stat(figure.name, None, note=note(figure))
    value, _, unit = amount(figure.value, figure.unit).partition(" ")
    if figure.unit == "share":
        value, unit = value.removesuffix("%"), "%"
    whisker, said = None, interval(figure)
    if figure.low is not None and figure.high is not None and (said or figure.unit == "share"):
        top = max(figure.high, figure.value) * 1.25 or 1.0
        whisker = figure.low / top, figure.value / top, figure.high / top
    return Stat(
        figure.name, value, unit=unit, note=note(figure), interval=whisker,
        interval_words=f"95% interval {said or note(figure)}" if whisker else "",
    )  # fmt: skip


def charts(view: FlowView) -> tuple[Figure, Figure]:
    """Integrations with the age of branches, and builds with how long they take."""
    days = [f"{week.start.day} {week.start:%b}" for week in view.weeks]
    return _integrations(view.weeks, days), _builds(view.weeks, days)


def _integrations(weeks: tuple[FlowWeek, ...], days: list[str]) -> Figure:
    ages = [None if week.branch_age is None else round(week.branch_age / HOUR, 1) for week in weeks]
    reviews = [None if week.first_review is None else round(week.first_review / HOUR, 1) for week in weeks]
    rows = tuple(
        (day, _count(week.integrations), words.duration(week.branch_age), words.duration(week.first_review))
        for day, week in zip(days, weeks, strict=True)
    )
    line: dict[str, Any] = {"symbol": "circle", "size": 5}
    return Figure(
        id="flow-ages", label="Median branch age and time to first review a week, in hours",
        data={
            "legend": True, "x": days,
            "series": [
                {"name": "First review", "unit": " h", "tone": "ink-3", "dash": "dashed", "values": reviews} | line,
                {"name": "Branch age", "unit": " h", "tone": "ink", "width": 2.5, "values": ages} | line,
            ],
        },
        table=Table(
            ("Week from", "Integrations", "Branch age", "First review"), rows,
            frozenset({"Integrations", "Branch age", "First review"}),
        ),
        caption="Medians of people’s changes that were merged in the week. A week without data is a gap.", short=True,
    )  # fmt: skip


def _count(number: int | None) -> str:
    return words.NO_DATA if number is None else words.count(number)


def _builds(weeks: tuple[FlowWeek, ...], days: list[str]) -> Figure:
    middle = [None if week.build is None else round(week.build / MINUTE, 1) for week in weeks]
    far = [None if week.build_p90 is None else round(week.build_p90 / MINUTE, 1) for week in weeks]
    rows = tuple(
        (day, _count(week.passed), _count(week.failed), words.duration(week.build), words.duration(week.build_p90))
        for day, week in zip(days, weeks, strict=True)
    )
    line: dict[str, Any] = {"symbol": "circle", "size": 5}
    return Figure(
        id="flow-builds", label="Build duration a week, median and p90, in minutes",
        data={
            "legend": True, "x": days,
            "series": [
                {"name": "p90", "unit": " min", "tone": "ink-3", "dash": "dashed", "values": far} | line,
                {"name": "Median", "unit": " min", "tone": "ink", "width": 2.5, "values": middle} | line,
            ],
        },
        table=Table(
            ("Week from", "Passed", "Failed", "Median", "p90"), rows, frozenset({"Passed", "Failed", "Median", "p90"})
        ),
        caption="From a run’s start to its end; waiting for a runner is told apart.", short=True,
    )  # fmt: skip
