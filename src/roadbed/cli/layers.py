"""`roadbed layers`: who answers for delivery, reliability and platform, and what each is measured on today."""

from __future__ import annotations

from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import api
from roadbed.cli.output import Json, show, table

app = typer.Typer(help="The three layers side by side.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="layers")


@app.callback()
def _layers() -> None:
    """The three layers side by side."""


@app.command("show")
def show_layers(*, json: Json = False) -> None:
    """Who is accountable, today's figures, and the gaps; for a handful of people, of one team."""
    told = api().get("/layers")
    show(told, json, lambda console: _print(console, told))


def _print(console: Console, told: dict[str, Any]) -> None:
    if told["small"]:
        console.print(f"One team: {told['people']} people, {told['services']} services. No layers are needed yet.")
        measures = [one for layer in told["layers"] for one in layer["measures"] if not one["supplier"]]
        _measures(console, measures)
        return
    for layer in told["layers"]:
        console.print(f"[bold]{layer['name']}[/]: {escape(layer['accountable'])}")
        if layer["teams"]:
            console.print(f"  teams: {escape(', '.join(layer['teams']))}")
        _measures(console, layer["measures"])
        for gap in layer["gaps"]:
            console.print(f"  {gap['state']}: {escape(gap['text'])}")


def _measures(console: Console, measures: list[dict[str, Any]]) -> None:
    rows = [
        (one["name"], one["value"], f"Would come from {one['supplier']}." if one["supplier"] else one["note"])
        for one in measures
    ]
    table(("Measure", "Today", "Note"), rows, empty="No data")(console)
