"""`roadbed demo`: whether there is demo data, and its removal."""

from __future__ import annotations

import time
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import api
from roadbed.cli.output import Json, err, say, show
from roadbed.ground.errors import Conflict, Unavailable

LONGEST: Final = 300.0
POLL: Final = 0.5


def register(root: typer.Typer) -> None:
    """Add the noun."""
    noun = typer.Typer(help="Demo data: a company to look around in.", no_args_is_help=True)
    noun.command("status")(status)
    noun.command("remove")(remove)
    root.add_typer(noun, name="demo")


def status(json: Json = False) -> None:  # noqa: FBT002
    """Say whether this Roadbed holds demo data, how much, and what of it runs."""
    held = api().get("/demo")
    show(held, json, lambda console: _print(console, held))


def _print(console: Console, held: dict[str, Any]) -> None:
    if held["state"] == "none":
        console.print("There is no demo data here. On a fresh data folder: roadbed up --demo")
        return
    took = "" if held["seconds"] is None else f", made in {held['seconds']:g} s"
    console.print(f"[bold]{escape(held['organization'])}[/], {held['state']}, since {held['made_at'][:16]}{took}")
    console.print(
        f"{held['people']} people, {held['teams']} teams, {held['entities']} entities, {held['facts']:,} facts"
    )
    console.print(escape(held["running"] or "What of it runs is not known yet."))
    console.print("Remove it: roadbed demo remove")


def remove(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002
    json: Json = False,  # noqa: FBT002
) -> None:
    """Remove every trace of the demo; what you made yourself stays. Exit 1 when you say no."""
    reach = api()
    held = reach.get("/demo")
    if held["state"] == "none":
        show(held, json, say("There is no demo data here."))
        return
    if not yes:
        asked = (
            f"Remove {held['organization']}: {held['people']} people, {held['teams']} teams, {held['facts']:,} facts?"
        )
        if json or not typer.confirm(asked, err=True):
            raise Conflict("Nothing was removed.", remedy="Say yes: `roadbed demo remove --yes`.")
    began = time.monotonic()
    reach.delete("/demo")
    while (left := reach.get("/demo"))["state"] != "none":
        if time.monotonic() - began > LONGEST:
            raise Unavailable(
                f"It is not removed after {LONGEST:g} s.", remedy="`roadbed jobs list` shows the job demo.remove."
            )
        time.sleep(POLL)
    seconds = time.monotonic() - began
    if not json:
        err.print(
            f"{escape(held['organization'])} is gone, after {seconds:.1f} s. What you made yourself is untouched."
        )
    show(left | {"removed": held["organization"], "took": round(seconds, 1)}, json, lambda _: None)
