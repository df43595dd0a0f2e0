"""Figures as the page says them: values with units, intervals, counts, and the benchmark's clusters in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from roadbed.delivery.metrics.queries import DeliveryView, Part
from roadbed.delivery.metrics.rules import benchmarks
from roadbed.delivery.metrics.rules.drift import FALLING, RISING
from roadbed.delivery.metrics.rules.figures import (
    ENOUGH,
    FAIL_RATE,
    FREQUENCY,
    LEAD_TIME,
    NAMES,
    RECOVERY,
    REWORK_RATE,
    Figure,
)
from roadbed.delivery.metrics.rules.trends import Week
from roadbed.delivery.metrics.rules.words import interval, note, rate, value
from roadbed.ground.shell import words
from roadbed.ground.shell.components import Stat

ROOM: Final = 1.25
"""How much further than its interval an axis reaches."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure on the page: its stat, the rows behind it, twelve weeks as a line."""

    stat: Stat
    url: str
    name: str
    weeks: tuple[float | None, ...]
    weeks_words: str
    drift: str


def stat(figure: Figure) -> Stat:
    """A figure with its whisker."""
    shown = value(figure)
    number, unit = _split(figure, shown) if shown else (None, "")
    return Stat(
        figure.name, number, unit=unit, note=note(figure), interval=_whisker(figure), interval_words=_aria(figure)
    )


def _split(figure: Figure, shown: str) -> tuple[str, str]:
    if figure.metric == FREQUENCY:
        return shown, "a week"
    if figure.unit == "share":
        return shown.removesuffix("%"), "%"
    number, _, unit = shown.partition(" ")
    return number, unit


def _aria(figure: Figure) -> str:
    said = interval(figure)
    return said if figure.metric == FREQUENCY else f"95% interval {said}"


def _whisker(figure: Figure) -> tuple[float, float, float] | None:
    if figure.value is None or figure.low is None or figure.high is None:
        return None
    top = max(figure.high, figure.value) * ROOM or 1.0
    return figure.low / top, figure.value / top, figure.high / top


def rows_url(view: DeliveryView, metric: str) -> str:
    """Where the rows behind a figure are."""
    return f"{reverse('metrics:rows')}?{urlencode(view.asked(metric))}"


def shown(view: DeliveryView) -> tuple[Shown, ...]:
    """The five with twelve weeks each; recovery has too few a week to draw."""
    return tuple(
        Shown(
            stat(one),
            rows_url(view, one.metric),
            one.name,
            *_weeks(one.metric, view.weeks),
            drift_words(view, one.metric),
        )
        for one in view.measured.five
    )


def drift_words(view: DeliveryView, metric: str) -> str:
    """Whether a figure moved, where the test says so; nothing of one that did not, or of too few weeks."""
    found = view.drifts.get(metric)
    if found is None or found.direction not in (RISING, FALLING):
        return ""
    return f"{found.direction.capitalize()} over {found.n} weeks"


def _weeks(metric: str, weeks: tuple[Week, ...]) -> tuple[tuple[float | None, ...], str]:
    known = [week.deployments > 0 for week in weeks]
    if metric == RECOVERY or sum(known) < 2:  # noqa: PLR2004 - a line has two points
        return (), ""
    drawn: dict[str, list[float | None]] = {
        FREQUENCY: [float(week.deployments) for week in weeks],
        LEAD_TIME: [week.lead_median for week in weeks],
        FAIL_RATE: [week.failed / week.deployments if week.deployments else None for week in weeks],
        REWORK_RATE: [week.rework / week.deployments if week.deployments else None for week in weeks],
    }
    line = drawn[metric]
    return tuple(line), f"{NAMES[metric]}, the last 12 weeks, oldest first"


def benchmark_words(view: DeliveryView) -> str:
    """Which clusters the figures lie in, by which edition."""
    edition = view.edition
    if edition is None:
        return "No benchmark is laid beside these figures."
    lying = [
        f"{_what(metric)} falls in the {benchmarks.in_words(names)} {'cluster' if len(names) == 1 else 'clusters'}"
        for metric, names in view.clusters.items()
        if names
    ]
    outside = [_what(metric) for metric, names in view.clusters.items() if not names and metric in edition.metrics]
    few = (
        [one.name.lower() for one in view.measured.five if one.value is not None and not one.may_be_banded]
        if edition.metrics
        else []
    )
    parts = [
        "; ".join(lying),
        f"between its clusters: {', '.join(outside)}" if outside else "",
        f"no cluster under {ENOUGH} observations: {', '.join(few)}" if few else "",
    ]
    said = "; ".join(part for part in parts if part)
    return f"{edition.title}{': ' + said if said else ''}. {edition.note}" + (
        " Clusters describe groups; they are not targets." if edition.metrics else ""
    )


def _what(metric: str) -> str:
    name = NAMES[metric].lower()
    return f"{name} of each service" if metric == FREQUENCY else name


@dataclass(frozen=True, slots=True)
class Line:
    """A team or service in the table; every cell is words, empty ones said."""

    name: str
    url: str
    deployments: str
    each: str
    lead: str
    fail: str
    fail_interval: str
    recovery: str
    rework: str


def line(part: Part, url: str) -> Line:
    """One row of the table."""
    measured = part.measured
    weekly = measured.frequency.value
    return Line(
        name=part.name,
        url=url,
        deployments=words.count(measured.deployments) if measured.deployments else words.NO_DATA,
        each=rate(weekly / max(1, part.services)) if weekly is not None else "",
        lead=_cell(measured.lead_time),
        fail=_cell(measured.fail_rate),
        fail_interval=interval(measured.fail_rate),
        recovery=_recovery(measured.recovery),
        rework=_cell(measured.rework_rate),
    )


def _cell(figure: Figure) -> str:
    return value(figure) or ""


def _recovery(figure: Figure) -> str:
    if figure.value is None:
        return f"{figure.open} of {figure.n} open" if figure.n else ""
    return value(figure) or ""
