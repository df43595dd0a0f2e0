"""`roadbed freezes`: times in which changes wait."""

from __future__ import annotations

from typing import Annotated

import typer

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table
from roadbed.ground.errors import Invalid

app = typer.Typer(help="Freezes: times in which changes wait.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="freezes")


@app.command("list")
def list_freezes(
    *,
    past: Annotated[bool, typer.Option("--past", help="Also those over and lifted.")] = False,
    json: Json = False,
) -> None:
    """Show freezes, the soonest first."""
    page = api().get("/freezes", past=past)
    rows = [
        (one["state"], one["target"] or one["scope"], one["environment"], one["starts_at"], one["ends_at"],
         one["reason"], one["uid"])
        for one in page["items"]
    ]  # fmt: skip
    head = ("State", "What", "Where", "From", "Until", "Why", "Freeze")
    show(page, json, table(head, rows, empty="Nothing is frozen, now or to come."))


@app.command()
def declare(
    *,
    until: Annotated[str, typer.Option(help="When it ends, like 2027-01-02T06:00Z.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    service: Annotated[str, typer.Option(help="Freeze one service.")] = "",
    team: Annotated[str, typer.Option(help="Freeze a team's services.")] = "",
    everything: Annotated[bool, typer.Option("--everything", help="Freeze all services.")] = False,
    begin: Annotated[str, typer.Option("--from", help="When it begins; now if not said.")] = "",
    environment: Annotated[str, typer.Option(help="Where.")] = "production",
    json: Json = False,
) -> None:
    """Declare a freeze of one service, of a team's, or of everything."""
    if sum(map(bool, (service, team, everything))) != 1:
        raise Invalid("Say what is frozen.", remedy="One of --service NAME, --team NAME and --everything.")
    made = api().post(
        "/freezes",
        {
            "scope": "service" if service else "team" if team else "everything",
            "target": service or team,
            "environment": environment,
            "reason": reason,
            "starts_at": begin or None,
            "ends_at": until,
        },
    )
    show(made, json, say(f"Frozen until {made['ends_at']}: {made['target'] or 'everything'}. Freeze {made['uid']}"))


@app.command()
def lift(freeze: str, *, json: Json = False) -> None:
    """End a freeze before its time."""
    lifted = api().post(f"/freezes/{freeze}/lift")
    show(lifted, json, say("Lifted. Changes go out again."))
