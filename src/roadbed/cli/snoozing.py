"""`roadbed page snooze`: a page that rests for a chosen time."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show
from roadbed.cli.schedules import instant_of
from roadbed.cli.spelling import instant, length
from roadbed.ground.errors import Invalid, Place


def register(page: typer.Typer) -> None:
    """Add the command to `roadbed page`."""
    page.command()(snooze)


def snooze(
    uid: Annotated[str, typer.Argument(help="The page; the only one that somebody has, without.")] = "",
    *,
    for_: Annotated[str, typer.Option("--for", help="How long: 30m, 2h or 1d.")] = "",
    until: Annotated[str, typer.Option("--until", help="The instant instead, in UTC where no offset is said.")] = "",
    json: Json = False,
) -> None:
    """Let a page rest for a while; if it goes on then, it is paged again from the first step. You have it meanwhile."""
    if bool(for_) == bool(until):
        raise Invalid("A snooze has one end.", remedy="Give --for 2h, or --until.", place=Place(field="--for"))
    body: dict[str, Any] = (
        {"until": instant_of(until, "--until").isoformat()}
        if until
        else {"minutes": int(length(for_).total_seconds() // 60)}
    )
    reach = api()
    done = reach.post(f"/pages/{uid or _only(reach)}/snooze", body)
    show(
        done, json, say(f"It is snoozed until {instant(done['again_at'])}. `roadbed page ack {done['uid']}` ends that.")
    )


def _only(reach: Any) -> str:
    held = reach.get("/pages", state="acknowledged", limit=2)["items"]
    if len(held) != 1:
        said = "Nobody has a page." if not held else "More than one page is acknowledged; name one."
        raise typer.BadParameter(f"{said} `roadbed page list` shows them.")
    return str(held[0]["uid"])
