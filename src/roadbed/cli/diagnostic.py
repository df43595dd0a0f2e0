"""`roadbed diagnostic`: rounds in which a team, or everybody, answers the diagnostic by one link."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table

app = typer.Typer(help="Rounds of the diagnostic: answers of many, shown five at a time.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="diagnostic")


@app.command("open")
def open_round(
    *,
    team: Annotated[str, typer.Option(help="Ask one team; everybody where none is named.")] = "",
    people: Annotated[
        int | None, typer.Option(min=1, help="How many get the link; all known ones if not said.")
    ] = None,
    json: Json = False,
) -> None:
    """Ask a team, or everybody, and print the link to send them. It is shown this once."""
    made = api().post("/diagnostic/rounds", {"team": team, "people": people})
    show(made, json, say(f"{made['title']} can answer, {made['members']} people: {made['link']}"))


@app.command("list")
def list_rounds(*, json: Json = False) -> None:
    """Show rounds, the newest first."""
    page = api().get("/diagnostic/rounds")
    rows = [
        (one["title"], one["opened_at"], f"{one['handed_in']} of {one['members']}", one["out"],
         "closed" if one["closed_at"] else "open", one["uid"])
        for one in page["items"]
    ]  # fmt: skip
    head = ("Who", "Asked", "Answered", "Shown", "State", "Round")
    show(page, json, table(head, rows, empty="Nobody was asked yet."))


@app.command("show")
def show_round(uid: Annotated[str, typer.Argument(metavar="ROUND")], *, json: Json = False) -> None:
    """Show what came out of a round: medians with quartiles, nothing that fewer than five answered."""
    told = api().get(f"/diagnostic/rounds/{uid}")
    show(told, json, lambda console: _print(console, told))


@app.command("close")
def close_round(uid: Annotated[str, typer.Argument(metavar="ROUND")], *, json: Json = False) -> None:
    """Take no more answers. Those that wait, fewer than five, are never shown."""
    closed = api().post(f"/diagnostic/rounds/{uid}/close")
    show(closed, json, say(f"Closed, with {closed['out']} answers shown."))


def _print(console: Console, told: dict[str, Any]) -> None:
    one, report = told["round"], told["report"]
    console.print(escape(f"{one['title']}: {one['out']} of {one['members']} people are in it."))
    weakest = report["weakest"]["name"]
    console.print(f"The weakest side is {weakest}." if weakest else "Nothing can be shown yet.")
    rows = [
        (side["name"], side["score"], "" if side["low"] is None else f"{side['low']} to {side['high']}",
         side["confidence"] or side["why"])
        for side in report["dimensions"]
    ]  # fmt: skip
    table(("Dimension", "Score", "Middle half", "Confidence"), rows, empty="")(console)
    for doing in report["first"]:
        console.print(escape(f"{doing['title']} (+{doing['gain']}, {doing['effort']}; {doing['rule']})"))
