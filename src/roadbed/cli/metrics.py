"""`roadbed metrics`: the five DORA metrics of a service, a team or all, and the rows behind a figure."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import api
from roadbed.cli.output import Json, show, table
from roadbed.delivery.metrics.rules.figures import FIVE, TIME_TO_RESTORE, Figure
from roadbed.delivery.metrics.rules.words import note, value
from roadbed.ground.shell import words

app = typer.Typer(help="Delivery metrics: how fast and how safely change reaches production.", no_args_is_help=True)

Service = Annotated[str, typer.Option("--service", "-s", help="Of one service.")]
TeamName = Annotated[str, typer.Option("--team", "-t", help="Of one team's services.")]
Days = Annotated[int, typer.Option(help="Deployments that finished in the last days.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="metrics")


@app.command("show")
def show_metrics(
    *,
    service: Service = "",
    team: TeamName = "",
    days: Days = 28,
    benchmark: Annotated[str, typer.Option(help="2019, 2021, 2025 or none.")] = "2019",
    json: Json = False,
) -> None:
    """The five metrics, each with its interval and what it was counted from."""
    asked = {"service": service, "team": team, "days": days, "benchmark": benchmark}
    told = api().get("/metrics/delivery", **_given(asked))
    show(told, json, lambda console: _print(console, told))


def _given(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in asked.items() if one != ""}


def _print(console: Console, told: dict[str, Any]) -> None:
    whose = told["service"] or (f"team {told['team']}" if told["team"] else "all teams")
    console.print(f"Delivery of {escape(whose)}, the last {words.plural(told['days'], 'day')}")
    rows = [_row(told[metric]) for metric in (*FIVE, TIME_TO_RESTORE)]
    table(("Metric", "Value", "Rests on", "Cluster"), rows, empty="No data")(console)
    quality = told["quality"]
    if quality["asked"]:
        console.print(f"{quality['linked']} of {words.plural(quality['asked'], 'deployment')} linked to their commits.")
    if told["silent"]:
        console.print(escape(f"No deployment was ever told of {', '.join(told['silent'])}."))
    if told["edition"]:
        console.print(escape(f"Benchmark: {told['edition']['title']}. {told['edition']['note']}"))
    console.print("`roadbed metrics rows METRIC` shows what a figure was counted from.")


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
    days: Days = 28,
    limit: Annotated[int, typer.Option(help="At most so many, newest first.")] = 50,
    json: Json = False,
) -> None:
    """What a figure was counted from, newest first."""
    asked = {"metric": metric, "service": service, "team": team, "days": days, "limit": limit}
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
