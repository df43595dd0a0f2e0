"""`roadbed digest`: one's weekly digest by mail, and what it would say now."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table
from roadbed.ground.errors import Invalid

app = typer.Typer(help="The weekly digest by mail: whether, when, and what it would say now.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="digest")


@app.command("show")
def show_digest(*, json: Json = False) -> None:
    """Show what you want and what became of the last ones."""
    found = api().get("/digest")
    said = f"{'It is sent' if found['sends'] else 'It is not sent'} ({found['wanted']}): "
    said += f"{found['day']} {found['hour']}:00 {found['zone']}"
    rows = [(one["week"], one["state"], one["subject"], one["error"]) for one in found["issues"]]

    def printing(console: Console) -> None:
        say(said)(console)
        table(("Week", "State", "Subject", "Fault"), rows, empty="None was due yet.")(console)

    show(found, json, printing)


@app.command("set")
def set_digest(
    wanted: Annotated[str, typer.Argument(help="on, off, or team for as your teams have it.")],
    *,
    day: Annotated[str, typer.Option(help="A weekday.")] = "",
    hour: Annotated[int | None, typer.Option(help="0 to 23.")] = None,
    zone: Annotated[str, typer.Option(help="Like Europe/Stockholm.")] = "",
    json: Json = False,
) -> None:
    """Say whether and when you want it; what is left out stays."""
    reach = api()
    known = reach.get("/digest")
    body = {
        "wanted": wanted, "day": day or known["day"], "hour": known["hour"] if hour is None else hour,
        "zone": zone or known["zone"],
    }  # fmt: skip
    found = reach.put("/digest", body)
    show(found, json, say(f"Kept: {found['wanted']}, {found['day']} {found['hour']}:00 {found['zone']}."))


@app.command()
def team(
    name: str, wanted: Annotated[str, typer.Argument(help="on or off.")], *, json: Json = False
) -> None:  # fmt: skip
    """Let a team's members get it, or not, unless they say otherwise."""
    if wanted not in ("on", "off"):
        raise Invalid(f"{wanted[:20]!r} is no answer.", remedy="Write on or off.")
    found = api().put(f"/digest/teams/{name}", {"wanted": wanted == "on"})
    show(found, json, say(f"{name}: {'on' if found['wanted'] else 'off'}, unless members say otherwise."))


@app.command()
def preview(*, json: Json = False) -> None:
    """Show what it would say now. Nothing is sent."""
    found = api().get("/digest/preview")
    head = f"Subject: {found['subject']}" + (" (nothing is news, so it would not be sent)" if found["empty"] else "")
    show(found, json, say(f"{head}\n\n{found['text']}"))
