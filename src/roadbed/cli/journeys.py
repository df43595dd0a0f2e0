"""`roadbed slo journey`: promises over several services, applied, read with their steps, ended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import api
from roadbed.cli.output import Json, err, say, show, table
from roadbed.cli.slo_inputs import text_of
from roadbed.reliability.objectives.rules.words import figure, share

app = typer.Typer(help="Journeys: promises over several services.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The journey's name.")]


@app.command()
def apply(file: Annotated[Path, typer.Argument(help="A file of journeys, or -.")], *, json: Json = False) -> None:
    """Make the journeys of a file what it says. For members of the journey's team."""
    done = api().post("/journeys", {"text": text_of(file), "file": str(file)[-300:]})
    changes = [(word, name) for word in ("defined", "changed", "unchanged") for name in done[word]]
    for warning in done["warnings"]:
        err.print(escape(f"{warning['file']}:{warning['line']}: warning: {warning['text']} {warning['remedy']}"))
    show(done, json, table(("", "Journey"), changes, empty="Nothing changed."))


@app.command("list")
def list_journeys(
    *,
    query: Annotated[str, typer.Option("--query", "-q", help="Part of a name or title.")] = "",
    owner: Annotated[str, typer.Option(help="The owning team.")] = "",
    standing: Annotated[str, typer.Option(help="within, at-risk, burning, spent, idle, unmeasured, broken.")] = "",
    json: Json = False,
) -> None:
    """Show journeys, those that need a person first."""
    found = api().get("/journeys", q=query, owner=owner, standing=standing)["items"]
    rows = [
        (one["name"], one["owner"], one["target_text"], one["standing_word"], _share(one["remaining"]),
         _share(one["coverage"]))
        for one in found
    ]  # fmt: skip
    head = ("Journey", "Team", "Target", "State", "Left", "Measured")
    show(found, json, table(head, rows, empty="There are no journeys. `roadbed slo journey apply FILE` adds some."))


@app.command("show")
def show_journey(name: Name, *, json: Json = False) -> None:
    """Show one journey: its budget, which step spent it, its alerts in words."""
    found = api().get(f"/journeys/{name}")
    show(found, json, lambda console: _print(console, found))


def _print(console: Console, found: dict[str, Any]) -> None:
    console.print(f"[bold]{escape(found['title'])}[/], {escape(found['owner'])}: {escape(found['top_line'])}")
    console.print(f"{found['target_text']} over {found['window']}, counted in {found['unit']}.")
    if found["problem"]:
        console.print(f"Not counted now: {escape(found['problem'])}")
    console.print(f"As of {found['as_of'] or 'never'}, version {found['version']}.")
    rows = [
        (step["name"], step["of"], f"{step['spent']:,}" if step["required"] else "optional", _share(step["share"]),
         f"{step['bad_minutes']:,}", _share(step["coverage"]))
        for step in found["steps"]
    ]  # fmt: skip
    head = ("Step", "Of", "Spent", "Of the budget", "Bad minutes", "Measured")
    table(head, rows, empty="It has no steps.")(console)
    windows = [
        (one["window"], f"{one['bad']:,.0f}", f"{one['total']:,}", None if one["burn"] is None else figure(one["burn"]),
         _share(one["coverage"]))
        for one in found["windows"]
    ]  # fmt: skip
    table(("Window", "Bad", "Of", "Burn", "Measured"), windows, empty="It was not evaluated yet.")(console)
    for pair in found["pairs"]:
        console.print(f"{pair['name']} ({pair['factor']:g}): {escape(pair['words'])}")


@app.command()
def history(name: Name, *, json: Json = False) -> None:
    """Show a journey's versions, newest first."""
    found = api().get(f"/journeys/{name}/versions")["items"]
    rows = [
        (one["number"], one["since"], one["by"], one["definition"]["target"], len(one["definition"]["steps"]))
        for one in found
    ]
    show(found, json, table(("Version", "Since", "By", "Target", "Steps"), rows, empty="It has no versions."))


@app.command()
def remove(name: Name, *, json: Json = False) -> None:
    """End a journey that was applied; its past stays."""
    api().delete(f"/journeys/{name}")
    show({"removed": name}, json, say(f"The journey {name} has ended."))


def _share(value: float | None) -> str | None:
    return None if value is None else share(value)
