"""The components as template tags: `{% load shell %}`, then `{% state "warn" %}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString

from roadbed.ground.shell import components, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.template.context import Context

    from roadbed.ground.shell.components import State

register = template.Library()
PARTS = "shell/parts"
NEARLY_ALL = 0.995
SPARK_WIDTH, SPARK_HEIGHT, SPARK_INSET = 96.0, 24.0, 3.0


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite, silent: the word beside it speaks."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def state(kind: State, word: str = "", *, plain: bool = False, symbol: str = "") -> SafeString:
    """A state: always icon, word and colour."""
    return badge(components.Badge(kind, word, symbol, plain))


@register.simple_tag
def badge(shown: components.Badge) -> SafeString:
    """The same from a value."""
    return format_html(
        '<span class="rb-state is-{}{}">{}{}</span>',
        shown.state,
        " is-plain" if shown.plain else "",
        icon(shown.symbol),
        shown.text,
    )


@register.simple_tag
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


@register.simple_tag
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


@register.inclusion_tag(f"{PARTS}/coverage.html")
def coverage(strip: components.Coverage) -> dict[str, Any]:
    """How a span of time was measured: five kinds, five shapes, minutes that add up."""
    return {"strip": strip}


@register.inclusion_tag(f"{PARTS}/stat.html")
def stat(shown: components.Stat) -> dict[str, Any]:
    """A figure, or the words “No data”."""
    return {"stat": shown}


@register.inclusion_tag(f"{PARTS}/figure.html")
def figure(shown: components.Figure) -> dict[str, Any]:
    """A chart with the table that says the same; its data travels as JSON, never as script."""
    return {"figure": shown, "json": json_script(dict(shown.data), shown.id)}


@register.inclusion_tag(f"{PARTS}/facts.html")
def facts(shown: Iterable[components.Fact]) -> dict[str, Any]:
    """The passport of a thing, three to six lines."""
    return {"facts": tuple(shown)}


@register.inclusion_tag(f"{PARTS}/crumbs.html")
def crumbs(*links: components.Link) -> dict[str, Any]:
    """Where this page is."""
    return {"links": links}


@register.inclusion_tag(f"{PARTS}/tabs.html")
def tabs(shown: Iterable[components.Tab], label: str = "Sections") -> dict[str, Any]:
    """Tabs are links."""
    return {"tabs": tuple(shown), "label": label}


@register.inclusion_tag(f"{PARTS}/steps.html")
def steps(names: Sequence[str], current: int) -> dict[str, Any]:
    """A way with the present step marked; `current` counts from 1."""
    return {"steps": tuple(enumerate(names, 1)), "current": current}


@register.inclusion_tag(f"{PARTS}/timeline.html", takes_context=True)
def timeline(context: Context, events: Iterable[components.Event]) -> dict[str, Any]:
    """Newest first: when, what, then the evidence."""
    return {"events": tuple(events), "now": _now(context)}


@register.inclusion_tag(f"{PARTS}/verdict.html")
def verdict(shown: components.Verdict) -> dict[str, Any]:
    """An answer in words, each rule with its figures, and what clears it beside it."""
    return {"verdict": shown}


@register.inclusion_tag(f"{PARTS}/diff.html")
def diff(lines: Iterable[components.Line], label: str) -> dict[str, Any]:
    """Sign and colour; the reader's own answers are marked."""
    return {"lines": tuple(lines), "label": label}


@register.inclusion_tag(f"{PARTS}/tree.html")
def tree(nodes: Iterable[components.Node], label: str) -> dict[str, Any]:
    """Files and folders; folders open without script."""
    return {"nodes": tuple(nodes), "label": label, "top": True}


@register.inclusion_tag(f"{PARTS}/progress.html")
def progress(done: int, total: int, noun: str = "steps") -> dict[str, Any]:
    """How far it is, with the count in words."""
    share = done / total * 100 if total else 0
    return {"share": f"{share:.1f}", "label": f"{done} of {total} {noun} done"}


@register.inclusion_tag(f"{PARTS}/alert.html")
def alert(kind: State, title: str, detail: str = "", *, url: str = "", action: str = "") -> dict[str, Any]:
    """One a page, under the header."""
    return {
        "kind": kind,
        "symbol": components.ICONS[kind],
        "title": title,
        "detail": detail,
        "url": url,
        "action": action,
    }


@register.inclusion_tag(f"{PARTS}/toast.html")
def toast(kind: State, title: str, detail: str = "") -> dict[str, Any]:
    """What an action did."""
    return {"kind": kind, "symbol": components.ICONS[kind], "title": title, "detail": detail}


@register.inclusion_tag(f"{PARTS}/empty.html")
def nothing(
    symbol: str, title: str, detail: str, *, url: str = "", action: str = "", command: str = ""
) -> dict[str, Any]:
    """What will be here, when, and the one thing to do."""
    return {"symbol": symbol, "title": title, "detail": detail, "url": url, "action": action, "command": command}


@register.inclusion_tag(f"{PARTS}/dialog.html", takes_context=True)
def confirmation(context: Context, shown: components.Confirmation, *, page: bool = False) -> dict[str, Any]:
    """A dialog before an action; with `page` the same as a card, for who has no script."""
    return {"confirm": shown, "page": page, "csrf_token": context.get("csrf_token"), "back": context.get("back", "")}


@register.simple_tag
def person(name: str, url: str = "") -> SafeString:
    """A person, by initials and name."""
    initials = "".join(part[0] for part in name.split()[:2]).upper() or "?"
    if url:
        return format_html('<a class="rb-person" href="{}"><b aria-hidden="true">{}</b>{}</a>', url, initials, name)
    return format_html('<span class="rb-person"><b aria-hidden="true">{}</b>{}</span>', initials, name)


@register.simple_tag
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


@register.simple_tag
def chip(text: str) -> SafeString:
    """A tag: a kind, a language, a version."""
    return format_html('<span class="rb-tag">{}</span>', text)


@register.simple_tag
def command(line: str) -> SafeString:
    """What one types."""
    return format_html('<pre class="rb-cmd" tabindex="0"><code>{}</code></pre>', line)


@register.simple_tag(takes_context=True)
def when(context: Context, at: datetime | None, absent: str = words.NO_DATA) -> SafeString:
    """An instant, relative where it is recent; the exact one with its zone is in the title."""
    if at is None:
        return format_html('<span class="rb-3rd">{}</span>', absent)
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        words.utc(at),
        words.exact(local),
        words.moment(local, now=_now(context)),
    )


@register.simple_tag(takes_context=True)
def clock(context: Context, at: datetime | None) -> SafeString:
    """A point of a timeline."""
    if at is None:
        return SafeString("<time></time>")
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        words.utc(at),
        words.exact(local),
        words.clock(local, now=_now(context)),
    )


def _now(context: Context) -> datetime:
    return timezone.localtime(context.get("now"))


register.filter("percent", words.percent)
register.filter("count", words.count)
register.filter("times", words.times)
register.filter("duration", words.duration)
register.filter("plural", words.plural)


@register.filter
def state_icon(kind: State) -> str:
    """The icon that goes with a state."""
    return components.ICONS[kind]


@register.filter
def coded(text: str) -> SafeString:
    """A sentence whose commands stand in backticks, with those as code."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:
        return format_html("{}", text)
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", part) if at % 2 else part,) for at, part in enumerate(parts))
    )


@register.filter
def percentage(share: float, least: float = 0) -> str:
    """A share as an SVG length; `least` keeps what is short but matters visible."""
    return f"{max(share * 100, least):.3f}%"
