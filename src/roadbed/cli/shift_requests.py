"""`roadbed oncall ask`, `requests`, `accept`, `decline`, `withdraw`: shifts that others take only when they accept."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table
from roadbed.cli.schedules import instant_of
from roadbed.cli.shifting import Begin, End

Request = Annotated[str, typer.Argument(help="The request, as `roadbed oncall requests` has it.")]


def register(oncall: typer.Typer) -> None:
    """Add the commands to `roadbed oncall`."""
    for command in (ask, requests, accept, decline, withdraw):
        oncall.command()(command)


def ask(
    team: str,
    *,
    from_: Begin,
    to: End,
    of: Annotated[str, typer.Option("--of", help="Whom you ask, by e-mail address; anyone of the team without.")] = "",
    back_from: Annotated[str, typer.Option("--for-from", help="In a trade: the begin of theirs that you take.")] = "",
    back_to: Annotated[str, typer.Option("--for-to", help="In a trade: the end of it.")] = "",
    second: Annotated[bool, typer.Option("--second", help="Time in which you stand by.")] = False,
    note: Annotated[str, typer.Option("--note", help="Why, in few words.")] = "",
    json: Json = False,
) -> None:
    """Ask somebody, or anyone of the team, to take time of yours. It stays yours until somebody accepts."""
    body: dict[str, Any] = {
        "starts_at": instant_of(from_, "--from").isoformat(), "ends_at": instant_of(to, "--to").isoformat(),
        "to": of, "standby": second, "note": note,
    }  # fmt: skip
    if back_from:
        body["back_starts_at"] = instant_of(back_from, "--for-from").isoformat()
    if back_to:
        body["back_ends_at"] = instant_of(back_to, "--for-to").isoformat()
    done = api().post(f"/teams/{team}/shift-requests", body)
    show(done, json, say(f"Asked. `roadbed oncall withdraw {done['uid']}` takes it back."))


def requests(
    team: Annotated[str, typer.Argument(help="One team; without, what you asked and what is asked of you.")] = "",
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those of the last 30 days too.")] = False,
    json: Json = False,
) -> None:
    """List requests for shifts that wait for an answer."""
    rows = api().get(f"/teams/{team}/shift-requests" if team else "/me/shift-requests", everything=everything)
    shown = [(row["uid"], _who(row), _span(row), _how(row)) for row in rows]
    head = ("Request", "Who", "Time (UTC)", "State")
    show(rows, json, table(head, shown, empty="No request waits."))


def _who(row: dict[str, Any]) -> str:
    return f"{row['asker']} asks {row['asked'] or 'anyone'}{' to stand by' if row['standby'] else ''}"


def _span(row: dict[str, Any], part: str = "") -> str:
    begins, ends = (row[f"{part}{name}"][:16].replace("T", " ") for name in ("starts_at", "ends_at"))
    return f"{begins} to {ends}"


def _how(row: dict[str, Any]) -> str:
    state = f"taken by {row['taken_by']}" if row["taken_by"] else row["state"]
    return f"{state}, for {_span(row, 'back_')}" if row["back_starts_at"] else str(state)


def accept(request: Request, *, json: Json = False) -> None:
    """Take the time: you are on call then."""
    done = api().post(f"/shift-requests/{request}/accept")
    does = "stand by" if done["standby"] else "are on call"
    show(done, json, say(f"It is yours: you {does} for {done['team']} from {done['starts_at']}."))


def decline(request: Request, *, json: Json = False) -> None:
    """Say no."""
    show(api().post(f"/shift-requests/{request}/decline"), json, say("You declined; who asked is told once all did."))


def withdraw(request: Request, *, json: Json = False) -> None:
    """Take a request of yours back."""
    api().delete(f"/shift-requests/{request}")
    show({"uid": request}, json, say("It is withdrawn."))
