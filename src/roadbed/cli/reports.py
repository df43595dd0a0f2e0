"""`roadbed slo rollup` and `report`: objectives by system, team and organization, now and over a past period."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import api
from roadbed.cli.output import Json, show, table
from roadbed.ground.errors import Invalid, Place
from roadbed.reliability.objectives.rules.reporting.html import html_of
from roadbed.reliability.objectives.rules.rollup import CLASSES
from roadbed.reliability.objectives.rules.words import share


def register(app: typer.Typer) -> None:
    """Add the commands to `roadbed slo`."""
    app.command()(rollup)
    app.command()(report)


def rollup(
    name: Annotated[str, typer.Argument(help="One team or system; without it all of them.")] = "",
    *,
    by: Annotated[str, typer.Option(help="team, system or organization.")] = "team",
    state: Annotated[str, typer.Option(help=f"Only objectives that are {', '.join(CLASSES)}.")] = "",
    json: Json = False,
) -> None:
    """Roll objectives up: how many stand how, what was attained of each kind, what is worst, and the rows behind."""
    if by == "organization" and state:
        name = name or "all"
    if not name:
        found = api().get("/rollups", by=by)["items"]
        head = (by.capitalize(), "Objectives", "Worst", "Left", "Measured")
        show(found, json, table(head, [_group(one) for one in found], empty="No objective is promised."))
        return
    one = api().get(f"/rollups/{by}/{name}", state=state)
    show(one, json, lambda console: _print_group(console, one))


def _group(one: dict[str, Any]) -> tuple[object, ...]:
    worst = one["worst"]
    return (
        one["name"],
        ", ".join(f"{number} {word}" for word, number in one["states"].items() if number),
        f"{worst['service']}/{worst['name']}" if worst else None,
        _share(worst["remaining"]) if worst else None,
        _share(one["coverage"]),
    )


def _print_group(console: Console, found: dict[str, Any]) -> None:
    one = found["group"]
    states = ", ".join(f"{number} {word}" for word, number in one["states"].items() if number)
    console.print(f"[bold]{escape(one['title'])}[/]: {one['objectives']} objectives: {states or 'none'}.")
    kinds = [
        (
            kind["kind"],
            kind["window"],
            kind["objectives"],
            f"{kind['total']:,} {kind['unit']}",
            _exact(kind["attainment"]),
        )
        for kind in one["kinds"]
    ]
    table(("Kind", "Window", "Objectives", "Counted", "Attained"), kinds, empty="Nothing was counted.")(console)
    rows = [
        (line["service"], line["name"], line["target_text"], _exact(line["attainment"]), line["state"],
         _share(line["remaining"]), _share(line["coverage"]))
        for line in found["lines"]
    ]  # fmt: skip
    head = ("Service", "Objective", "Target", "Attained", "State", "Budget left", "Measured")
    table(head, rows, empty="No objective fits.")(console)


def report(
    *,
    service: Annotated[str, typer.Option("--service", "-s", help="Of a service.")] = "",
    team: Annotated[str, typer.Option(help="Of a team.")] = "",
    system: Annotated[str, typer.Option(help="Of a system.")] = "",
    journey: Annotated[str, typer.Option(help="Of a journey. Without any of these: of the organization.")] = "",
    period: Annotated[str, typer.Option(help="week, month, quarter or year.")] = "month",
    at: Annotated[str, typer.Option(help="An instant in that period; else now, and it is reported so far.")] = "",
    start: Annotated[str, typer.Option("--from", help="A date or an instant, instead of a period.")] = "",
    end: Annotated[str, typer.Option("--to", help="Up to this instant; a date is counted with.")] = "",
    zone: Annotated[str, typer.Option(help="In whose time zone days begin.")] = "UTC",
    html: Annotated[Path | None, typer.Option(help="Write a page that stands by itself, to print or to send.")] = None,
    json: Json = False,
) -> None:
    """Report a period: what was attained and spent, minutes by state, what spent it, and the period before."""
    named = {"service": service, "team": team, "system": system, "journey": journey}
    given = [(scope, name) for scope, name in named.items() if name]
    if len(given) > 1:
        raise typer.BadParameter("give one of --service, --team, --system and --journey", param_hint="--team")
    scope, name = given[0] if given else ("organization", "")
    found = api(timeout=120.0).get(
        "/reports", scope=scope, name=name, period=period, at=at or None, start=start, end=end, zone=zone
    )
    if html is not None:
        _write(html, html_of(found))
    show(found, json, lambda console: _print(console, found, html))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise Invalid(
            f"{path}: {fault.strerror}.", remedy="Name a file that can be written.", place=Place(file=str(path))
        ) from None


def _print(console: Console, found: dict[str, Any], html: Path | None) -> None:
    period = found["period"]
    console.print(f"[bold]{escape(found['scope']['title'])}[/], {escape(period['label'])}: {escape(found['says'])}")
    rows = [_line(one) for one in (*found["journeys"], *found["lines"])]
    head = ("Promise", "Target", "Attained", "Before", "Spent", "Bad", "Measured")
    table(head, rows, empty="No objective was promised in this period.")(console)
    causes = [(one["title"], one["service"], f"{one['bad']:,} {one['unit']}") for one in found["causes"][:10]]
    causes += [
        ("Outside of incidents and deployments", "", f"{n:,} {u}") for u, n in found["unattributed"].items() if n
    ]
    if causes:
        table(("What spent it", "Service", "Bad"), causes, empty="")(console)
    if found["decisions"]:
        told = found["decisions"]
        console.print(f"The gate was asked {told['asked']} times and refused {told['deny']}.")
    if html is not None:
        console.print(escape(f"Written to {html}."))


def _line(one: dict[str, Any]) -> tuple[object, ...]:
    before = one["before"]
    return (
        f"{one['service']}/{one['name']}" if "service" in one else one["name"],
        one["target_text"],
        _exact(one["attainment"]),
        _exact(before["attainment"]),
        _share(one["share"]),
        f"{one['bad']:,}",
        _share(one["coverage"]),
    )


def _share(value: float | None) -> str | None:
    return None if value is None else share(value)


def _exact(value: float | None) -> str | None:
    return None if value is None else f"{value * 100:.3f}%"
