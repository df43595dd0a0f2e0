"""`roadbed metrics`: the five DORA metrics of a service, a team or all, and the rows behind a figure."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli import metrics_files, metrics_flow, metrics_git
from roadbed.cli.client import api
from roadbed.cli.output import Json, show, table
from roadbed.delivery.metrics.rules.figures import FIVE, NAMES, TIME_TO_RESTORE, Figure
from roadbed.delivery.metrics.rules.windows import instant_of
from roadbed.delivery.metrics.rules.words import note, value
from roadbed.ground.shell import words

app = typer.Typer(help="Delivery metrics: how fast and how safely change reaches production.", no_args_is_help=True)

Service = Annotated[str, typer.Option("--service", "-s", help="Of one service.")]
TeamName = Annotated[str, typer.Option("--team", "-t", help="Of one team's services.")]
SystemName = Annotated[str, typer.Option("--system", help="Of one system's services.")]
Until = Annotated[str, typer.Option("--to", help="The window's end, a day or an instant; else now.")]
WorkingHours = Annotated[
    str, typer.Option("--working-hours", help='Count lead time in these, like "Mon-Fri 09:00-17:00 Europe/Berlin".')
]
Holidays = Annotated[str, typer.Option("--holidays", help="Days without work, with commas between them.")]
Days = Annotated[int, typer.Option(help="Deployments that finished in the last days.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    metrics_files.register(app)
    metrics_git.register(app)
    metrics_flow.register(app)
    root.add_typer(app, name="metrics")


@app.command("show")
def show_metrics(
    *,
    service: Service = "",
    team: TeamName = "",
    system: SystemName = "",
    days: Days = 28,
    until: Until = "",
    working_hours: WorkingHours = "",
    holidays: Holidays = "",
    benchmark: Annotated[str, typer.Option(help="2019, 2021, 2025 or none.")] = "2019",
    json: Json = False,
) -> None:
    """The five metrics, each with its interval and what it was counted from."""
    asked = _asked(service, team, system, days, until) | {"benchmark": benchmark}
    asked |= {"working_hours": working_hours, "holidays": holidays}
    told = api().get("/metrics/delivery", **_given(asked))
    show(told, json, lambda console: _print(console, told))


def _asked(service: str, team: str, system: str, days: int, until: str) -> dict[str, Any]:
    end = instant_of(until, "to")
    whose = {"service": service, "team": team, "system": system}
    return whose | {"days": days, "until": end.isoformat() if end else ""}


def _given(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in asked.items() if one != ""}


def _print(console: Console, told: dict[str, Any]) -> None:
    named = [f"team {told['team']}" if told["team"] else "", f"system {told['system']}" if told["system"] else ""]
    whose = told["service"] or "".join(named) or "all teams"
    console.print(f"Delivery of {escape(whose)}, {words.plural(told['days'], 'day')} up to {told['until'][:10]}")
    rows = [_row(told[metric]) for metric in (*FIVE, TIME_TO_RESTORE)]
    table(("Metric", "Value", "Rests on", "Cluster"), rows, empty="No data")(console)
    _print_beside(console, told)
    quality = told["quality"]
    if quality["asked"]:
        console.print(f"{quality['linked']} of {words.plural(quality['asked'], 'deployment')} linked to their commits.")
    if told["silent"]:
        console.print(escape(f"No deployment was ever told of {', '.join(told['silent'])}."))
    if told["edition"]:
        console.print(escape(f"Benchmark: {told['edition']['title']}. {told['edition']['note']}"))
    console.print("`roadbed metrics rows METRIC` shows what a figure was counted from.")


def _print_beside(console: Console, told: dict[str, Any]) -> None:
    stages = [
        (one["title"], *(words.duration(one[share]) for share in ("p50", "p75", "p90")), f"{one['n']} of {one['of']}")
        for one in told["stages"]
        if one["n"]
    ]
    if stages:
        table(("Lead time by stage", "Median", "p75", "p90", "Known"), stages, empty="")(console)
    if told["bots"]["n"]:
        console.print(f"Machines' changes, kept apart: median {words.duration(told['bots']['value'])}.")
    for metric, one in told["trends"].items():
        if one["direction"] in ("rising", "falling"):
            console.print(f"{NAMES[metric]} is {one['direction']} over {one['n']} weeks (p = {one['p']:.3f}).")
    if told["working_hours"]:
        console.print(escape(f"Lead time in working hours: {told['working_hours']}."))


def _row(told: dict[str, Any]) -> tuple[str, str | None, str, str]:
    figure = Figure(**{field.name: told[field.name] for field in fields(Figure)})
    shown = value(figure)
    unit = " a week" if figure.unit == "a week" and shown else ""
    return figure.name, None if shown is None else shown + unit, note(figure), ", ".join(told["clusters"])


@app.command("rows")
def show_rows(
    metric: Annotated[str, typer.Argument(help=f"One of {', '.join((*FIVE, TIME_TO_RESTORE))}.")],
    *,
    service: Service = "",
    team: TeamName = "",
    system: SystemName = "",
    days: Days = 28,
    until: Until = "",
    limit: Annotated[int, typer.Option(help="At most so many, newest first.")] = 50,
    json: Json = False,
) -> None:
    """What a figure was counted from, newest first."""
    asked = _asked(service, team, system, days, until) | {"metric": metric, "limit": limit}
    found = api().get("/metrics/delivery/rows", **_given(asked))["items"]
    rows = [
        (
            one["service"],
            one["at"],
            one["version"] or one["commit"][:12],
            one["label"],
            "yes" if one["counts"] else "no",
            "" if one["seconds"] is None else ("open, " if one["open"] else "") + words.duration(one["seconds"]),
            one["why"],
        )
        for one in found
    ]
    head = ("Service", "At", "Version", "Kind", "Counts", "Took", "Why")
    show(found, json, table(head, rows, empty="Nothing in this time counts for this figure, so it has no data."))
