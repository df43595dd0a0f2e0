"""`roadbed oncall feeds`, `feed-add`, `feed-read`, `feed-remove`: calendars that are read by their URL."""

from __future__ import annotations

from typing import Annotated

import typer

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table


def register(oncall: typer.Typer) -> None:
    """Add the commands to `roadbed oncall`."""
    for name, command in (("feeds", feeds), ("feed-add", add), ("feed-read", read), ("feed-remove", remove)):
        oncall.command(name)(command)


def feeds(team: str, *, json: Json = False) -> None:
    """List a team's calendars by URL."""
    rows = api().get(f"/teams/{team}/calendar-feeds")
    shown = [
        (row["uid"], row["name"], row["kind"], row["host"], row["taken"], row["read_at"] or "never",
         row["problem"] or ("not read for a day" if row["stale"] else ""))
        for row in rows
    ]  # fmt: skip
    head = ("Feed", "Name", "Kind", "Host", "Events", "Read (UTC)", "")
    show(rows, json, table(head, shown, empty="No calendar is read here. `roadbed oncall feed-add` adds one."))


def add(
    team: str,
    url: Annotated[str, typer.Argument(help="https://… or webcal://…; kept, and never shown again.")],
    *,
    kind: Annotated[str, typer.Option(help="leave or overrides.")] = "leave",
    name: Annotated[str, typer.Option(help="What it is called here.")] = "calendar",
    json: Json = False,
) -> None:
    """Let a calendar be read each hour as a team's leave or overrides."""
    done = api().post(f"/teams/{team}/calendar-feeds", {"kind": kind, "url": url, "name": name})
    show(done, json, say(f"It is read now, then each hour. `roadbed oncall feeds {team}` shows it."))


def read(uid: str, *, json: Json = False) -> None:
    """Read a calendar at once."""
    api().post(f"/on-call/calendar-feeds/{uid}/read")
    show({"uid": uid}, json, say("It is read now."))


def remove(uid: str, *, json: Json = False) -> None:
    """Read a calendar no more; what it said goes with it."""
    api().delete(f"/on-call/calendar-feeds/{uid}")
    show({"uid": uid}, json, say("It is removed, with what it said."))
