"""`roadbed metrics flow` and `onboarding`: how work reaches the trunk, and how people begin, never one of them."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import api
from roadbed.cli.output import Json, show, table
from roadbed.delivery.metrics.flow.rules.figures import NAMES, FlowFigure
from roadbed.delivery.metrics.flow.words import amount, note
from roadbed.delivery.metrics.rules.windows import instant_of
from roadbed.ground.shell import words


def register(app: typer.Typer) -> None:
    """Add the commands to `roadbed metrics`."""
    app.command("flow")(show_flow)
    app.command("onboarding")(show_onboarding)


def show_flow(
    *,
    service: Annotated[str, typer.Option("--service", "-s", help="Of one service's repositories.")] = "",
    team: Annotated[str, typer.Option("--team", "-t", help="Of one team's services.")] = "",
    system: Annotated[str, typer.Option("--system", help="Of one system's services.")] = "",
    days: Annotated[int, typer.Option(help="Whole days in UTC, the last of them today.")] = 28,
    until: Annotated[str, typer.Option("--to", help="The last day, or an instant in it; else today.")] = "",
    working_hours: Annotated[
        str, typer.Option("--working-hours", help='Count waiting for reviews in these, like "Mon-Fri 09:00-17:00".')
    ] = "",
    holidays: Annotated[str, typer.Option("--holidays", help="Days without work, with commas between them.")] = "",
    rows: Annotated[
        str, typer.Option("--rows", help="What a figure was counted from, like branch_age or open_branches.")
    ] = "",
    limit: Annotated[int, typer.Option(help="At most so many rows, newest first.")] = 50,
    json: Json = False,
) -> None:
    """Branch age, batch size, integrations, reviews, builds and red trunks; or the rows behind one of them."""
    end = instant_of(until, "to")
    asked: dict[str, Any] = {
        "service": service, "team": team, "system": system, "days": days, "until": end.isoformat() if end else "",
        "working_hours": working_hours, "holidays": holidays,
    }  # fmt: skip
    given = {name: one for name, one in asked.items() if one != ""}
    if rows:
        found = api().get("/metrics/flow/rows", **given, figure=rows, limit=limit)["items"]
        show(found, json, table(("Repository", "What", "At", "Counts", "Adds"), [_row(one) for one in found],
                                empty="Nothing in this time counts for this figure, so it has no data."))  # fmt: skip
        return
    told = api().get("/metrics/flow", **given)
    show(told, json, lambda console: _print(console, told))


def _row(one: dict[str, Any]) -> tuple[str, str, str, str, str]:
    adds = amount(one["value"], one["unit"]) if one["value"] is not None else ""
    what = " ".join(filter(None, (one["number"], one["title"] or one["what"])))
    return (
        one["repository"],
        what,
        one["at"],
        "yes" if one["counts"] else "no",
        ("open, " if one["open"] else "") + adds,
    )


def _print(console: Console, told: dict[str, Any]) -> None:
    named = [f"team {told['team']}" if told["team"] else "", f"system {told['system']}" if told["system"] else ""]
    whose = told["service"] or "".join(named) or "all teams"
    console.print(f"Flow of {escape(whose)}, {told['since']} to {told['until']}")
    figures = [FlowFigure(**{field.name: one[field.name] for field in fields(FlowFigure)}) for one in told["figures"]]
    rows = [
        (one.name, None if one.value is None else amount(one.value, one.unit), note(one), one.figure) for one in figures
    ]
    table(("Figure", "Value", "Rests on", "Name"), rows, empty="")(console)
    if told["pending"]:
        console.print(f"{words.plural(told['pending'], 'day')} with news not counted yet: ask again in a moment.")
    if (branches := told["branches"]) is None:
        console.print("Open branches: no data.")
    else:
        console.print(
            f"Open branches: {branches['open']}, {branches['over_a_day']} older than a day,"
            f" {branches['over_a_week']} older than a week."
        )
    for figure, one in told["trends"].items():
        if one["direction"] in ("rising", "falling"):
            console.print(f"{NAMES[figure]} is {one['direction']} over {one['n']} weeks (p = {one['p']:.3f}).")
    if told["shared"]:
        console.print(
            escape(f"Other teams work in {', '.join(told['shared'])} too; their changes are counted as well.")
        )
    console.print("`roadbed metrics flow --rows NAME` shows what a figure was counted from.")


def show_onboarding(
    *,
    team: Annotated[str, typer.Option("--team", "-t", help="Who joined this team; else whoever joined.")] = "",
    days: Annotated[int, typer.Option(help="Who joined in the last days.")] = 180,
    json: Json = False,
) -> None:
    """How long people who joined took to a first commit, deployment and incident; hidden under five people."""
    told = api().get("/metrics/onboarding", team=team, days=days)
    rows = [
        (one["name"], None if one["median"] is None else words.duration(one["median"]), words.duration(one["p75"]),
         words.duration(one["p90"]), one["people"], "" if one["yet"] is None else str(one["yet"]), one["why"])
        for one in told["beginnings"]
    ]  # fmt: skip
    head = ("From joining to", "Median", "p75", "p90", "People", "Not yet", "")
    show(told, json, table(head, rows, empty=""))
