"""The components that are one piece of markup: drawn here from typed values, escaped, as HTML or SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join

from roadbed.ground.shell import components, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.safestring import SafeString

    from roadbed.ground.shell.components import State

NEARLY_ALL = 0.995
SPARK_WIDTH, SPARK_HEIGHT, SPARK_INSET = 96.0, 24.0, 3.0


def icon(name: str) -> SafeString:
    """An icon of the sprite, silent: the word beside it speaks."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)


def state(kind: State, word: str = "", *, plain: bool = False, symbol: str = "") -> SafeString:
    """A state: always icon, word and colour."""
    return badge(components.Badge(kind, word, symbol, plain))


def badge(shown: components.Badge) -> SafeString:
    """The same from a value."""
    return format_html(
        '<span class="rb-state is-{}{}">{}{}</span>',
        shown.state,
        " is-plain" if shown.plain else "",
        icon(shown.symbol),
        shown.text,
    )


def meter(
    left: float | None,
    kind: State,
    *,
    threshold: float | None = 0.25,
    since: str = "",
    coverage: float | None = None,
) -> SafeString:
    """What is left of a budget as a share of the whole; below zero the track turns and the block is what is owed.

    With a coverage that leaves something out, that is said below: a hole in the data is no health.
    """
    if left is None:
        return format_html(
            '<span class="rb-small rb-3rd">{}{}</span>', words.NO_DATA, f" since {since}" if since else ""
        )
    said = words.percent(left)
    label = f"Error budget overspent by {said[1:]}" if left < 0 else f"{said} of the error budget is left"
    tick = (
        format_html('<line class="m" x1="{0}%" x2="{0}%" y1="-2" y2="100%"/>', f"{threshold * 100:g}")
        if threshold is not None
        else ""
    )
    partly = coverage is not None and coverage < NEARLY_ALL
    return format_html(
        '<div class="rb-meter"><span>{}</span><svg class="rb-budget is-{}" role="img" aria-label="{}">'
        '<rect class="t" width="100%" height="100%" rx="3"/><rect class="f" width="{}%" height="100%" rx="3"/>{}'
        "</svg>{}</div>",
        said,
        kind,
        label,
        f"{min(abs(left), 1) * 100:.1f}",
        tick,
        format_html('<span class="rb-partly">{} measured</span>', words.percent(coverage)) if partly else "",
    )


def spark(values: Sequence[float | None], label: str) -> SafeString:
    """Some dozen points without an axis; a gap stays a gap, the last known point is dotted."""
    points = _points(values)
    if not points:
        return format_html('<span class="rb-small rb-3rd">{}</span>', words.NO_DATA)
    runs: list[list[tuple[float, float]]] = [[]]
    gaps = []
    for (was, at), (index, point) in zip([(None, None), *points], points, strict=False):
        if was is not None and at is not None and index > was + 1:
            gaps.append((*at, *point))
            runs.append([])
        runs[-1].append(point)
    lines = format_html_join(
        "", '<polyline points="{}"/>', ((" ".join(f"{x:.1f},{y:.1f}" for x, y in run),) for run in runs)
    )
    dashes = format_html_join(
        "", '<line class="gap" x1="{}" y1="{}" x2="{}" y2="{}"/>', ([f"{v:.1f}" for v in gap] for gap in gaps)
    )
    x, y = points[-1][1]
    return format_html(
        '<svg class="rb-spark" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}'
        '<circle cx="{}" cy="{}" r="2.2"/></svg>',
        f"{SPARK_WIDTH:g}",
        f"{SPARK_HEIGHT:g}",
        label,
        lines,
        dashes,
        f"{x:.1f}",
        f"{y:.1f}",
    )


def _points(values: Sequence[float | None]) -> list[tuple[int, tuple[float, float]]]:
    known = [value for value in values if value is not None]
    if not known:
        return []
    low, high = min(known), max(known)
    step = SPARK_WIDTH / max(1, len(values) - 1)
    reach = SPARK_HEIGHT - 2 * SPARK_INSET

    def placed(index: int, value: float) -> tuple[float, float]:
        rise = (value - low) / (high - low) if high > low else 0.5
        return index * step, SPARK_HEIGHT - SPARK_INSET - rise * reach

    return [(index, placed(index, value)) for index, value in enumerate(values) if value is not None]


def person(name: str, url: str = "") -> SafeString:
    """A person, by initials and name."""
    initials = "".join(part[0] for part in name.split()[:2]).upper() or "?"
    if url:
        return format_html('<a class="rb-person" href="{}"><b aria-hidden="true">{}</b>{}</a>', url, initials, name)
    return format_html('<span class="rb-person"><b aria-hidden="true">{}</b>{}</span>', initials, name)


def service(name: str, url: str, kind: State | None = None, word: str = "") -> SafeString:
    """A service by its name, with its state as a shape and a word for who does not see it."""
    said = word or (components.WORDS[kind].lower() if kind else "no objectives")
    return format_html(
        '<a class="rb-service{}" href="{}" title="{}"><i></i>{}<span class="visually-hidden">, {}</span></a>',
        f" is-{kind}" if kind else "",
        url,
        said,
        name,
        said,
    )


def chip(text: str) -> SafeString:
    """A tag: a kind, a language, a version."""
    return format_html('<span class="rb-tag">{}</span>', text)


def command(line: str) -> SafeString:
    """What one types."""
    return format_html('<pre class="rb-cmd" tabindex="0"><code>{}</code></pre>', line)


def coded(text: str) -> SafeString:
    """A sentence whose commands stand in backticks, with those as code."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:
        return format_html("{}", text)
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", part) if at % 2 else part,) for at, part in enumerate(parts))
    )


def percentage(share: float, least: float = 0) -> str:
    """A share as an SVG length; `least` keeps what is short but matters visible."""
    return f"{max(share * 100, least):.3f}%"
