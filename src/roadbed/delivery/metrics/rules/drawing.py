"""Charts as SVG by themselves: printable, without scripts or fonts of their own, readable aloud by their titles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDE, HIGH = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 48, 8, 10, 30
LABELS: Final = 8
"""Labels along the time at most."""


@dataclass(frozen=True, slots=True)
class Series:
    """Values along the time; None is a gap. `tone` is a class of the page's style."""

    name: str
    tone: str
    values: Sequence[float | None]


def bars(series: Sequence[Series], labels: Sequence[str], title: str) -> str:
    """Stacked bars."""
    sums = [sum(one.values[at] or 0 for one in series) for at in range(len(labels))]
    top = nice(max(sums, default=0))
    step = (WIDE - LEFT - RIGHT) / max(1, len(labels))
    drawn = []
    for at in range(len(labels)):
        bottom = 0.0
        for one in series:
            value = one.values[at] or 0.0
            if value:
                x, y = LEFT + at * step + step * 0.12, _y(bottom + value, top)
                height = _y(bottom, top) - y
                said = f"{labels[at]}: {value:g} {one.name}"
                drawn.append(
                    f'<rect class="{one.tone}" x="{x:.1f}" y="{y:.1f}" width="{step * 0.76:.1f}" height="{height:.1f}">'
                    f"<title>{escape(said)}</title></rect>"
                )
            bottom += value
    return _framed("".join(drawn), labels, step, top, title)


def lines(series: Sequence[Series], labels: Sequence[str], title: str) -> str:
    """Lines with a dot at each value and gaps where there is none."""
    known = [value for one in series for value in one.values if value is not None]
    top = nice(max(known, default=0))
    step = (WIDE - LEFT - RIGHT) / max(1, len(labels))
    drawn = []
    for one in series:
        points = [
            None if value is None else (LEFT + (at + 0.5) * step, _y(value, top)) for at, value in enumerate(one.values)
        ]
        for run in _runs(points):
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
            drawn.append(f'<polyline class="line {one.tone}" points="{path}"/>')
        drawn += [
            f'<circle class="{one.tone}" cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="2.5">'
            f"<title>{escape(f'{labels[at]}: {one.name} {value:.1f}')}</title></circle>"
            for at, (point, value) in enumerate(zip(points, one.values, strict=True))
            if point is not None and value is not None
        ]
    return _framed("".join(drawn), labels, step, top, title)


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if len(run) > 1]


def nice(value: float) -> float:
    """A round number not below a value, for the end of an axis."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor * power for factor in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if factor * power >= value)


def _y(value: float, top: float) -> float:
    return TOP + (HIGH - TOP - BOTTOM) * (1 - value / top)


def _framed(drawn: str, labels: Sequence[str], step: float, top: float, title: str) -> str:
    grid = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{_y(value, top):.1f}" y2="{_y(value, top):.1f}"/>'
        f'<text class="axis" x="{LEFT - 6}" y="{_y(value, top) + 4:.1f}" text-anchor="end">{value:g}</text>'
        for value in (0, top / 2, top)
    )
    every = max(1, math.ceil(len(labels) / LABELS))
    middles = [LEFT + (at + 0.5) * step for at in range(len(labels))]
    below = "".join(
        f'<text class="axis" x="{middles[at]:.1f}" y="{HIGH - 8}" text-anchor="middle">{escape(label)}</text>'
        for at, label in enumerate(labels)
        if at % every == 0
    )
    return (
        f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>'
        f"{grid}{below}{drawn}</svg>"
    )
