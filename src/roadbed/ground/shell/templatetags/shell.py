"""The components as template tags: `{% load shell %}`, then `{% state "warn" %}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString

from roadbed.ground import asks
from roadbed.ground.asks.incidents import IncidentOfPage
from roadbed.ground.asks.runbooks import RunbooksFor
from roadbed.ground.catalog import services as catalog
from roadbed.ground.errors import Unavailable
from roadbed.ground.shell import components, drawing, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from django.template.context import Context

    from roadbed.ground.shell.components import State

register = template.Library()
PARTS = "shell/parts"
SPARK_WIDTH, SPARK_HEIGHT, SPARK_INSET = 96.0, 24.0, 3.0

register.simple_tag(drawing.icon)
register.simple_tag(drawing.state)
register.simple_tag(drawing.badge)
register.simple_tag(drawing.meter)
register.simple_tag(drawing.spark)
register.simple_tag(drawing.person)
register.simple_tag(drawing.service)
register.simple_tag(drawing.chip)
register.simple_tag(drawing.command)
register.filter(drawing.coded)
register.filter(drawing.percentage)


@register.inclusion_tag(f"{PARTS}/runbooks.html")
def runbooks(
    service_uid: str,
    *,
    name: str = "",
    objective: str = "",
    address: str | None = "",
    incident: str = "",
    alerts: Iterable[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """The runbooks that serve a trouble of a service, asked of the room that keeps them.

    `alerts` are the alerts of an incident, each with its title and objective_uid.
    """
    named = tuple(one for one in (name, *(alert.get("title", "") for alert in alerts)) if one)
    promised = tuple(one for one in (objective, *(alert.get("objective_uid", "") for alert in alerts)) if one)
    asked = RunbooksFor(service_uid, named, promised, address=str(address or ""), incident=incident)
    try:
        return {"offered": asks.put(asked), "asked": True}
    except Unavailable:
        return {"offered": (), "asked": False}


@register.inclusion_tag(f"{PARTS}/incident.html")
def incident_of(service_uid: str, page: str) -> dict[str, Any]:
    """The incident that a page belongs to, asked of the room that keeps them; nothing where there is none."""
    try:
        return {"incident": asks.put(IncidentOfPage(service_uid, page))}
    except Unavailable:
        return {"incident": None}


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
def hour(context: Context, at: datetime, *, day: bool = False) -> SafeString:
    """A point of one incident's timeline: always its hour, and with `day` the day too where that is not today."""
    local = timezone.localtime(at)
    said = f"{local:%-d %b} " if day and local.date() != _now(context).date() else ""
    return format_html(
        '<time datetime="{}" title="{}">{}{}</time>', words.utc(at), words.exact(local), said, f"{local:%H:%M}"
    )


@register.inclusion_tag(f"{PARTS}/services.html")
def known_services() -> dict[str, Any]:
    """The names that a field with list="services" offers; the field takes others too."""
    return {"names": catalog.names_offered()}


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
register.filter("hours", words.hours)
register.filter("plural", words.plural)


@register.filter
def state_icon(kind: State) -> str:
    """The icon that goes with a state."""
    return components.ICONS[kind]
