"""`roadbed heartbeat` and `roadbed canary`: what should be heard of regularly, and tests of channels."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from roadbed.cli import spelling
from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table

heartbeat = typer.Typer(help="What should be heard of regularly.", no_args_is_help=True)
canary = typer.Typer(help="Regular tests of the channels that pages go out on.", no_args_is_help=True)
SIZES = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(heartbeat, name="heartbeat")
    root.add_typer(canary, name="canary")


def seconds_of(text: str) -> int:
    """Seconds of `90`, `90s`, `5m`, `2h`, `1d`."""
    found = re.fullmatch(r"([0-9]{1,7})(s|m|min|h|d|)", text.strip())
    if found is None:
        raise typer.BadParameter(f"{text!r} is no length of time; write it like 90s, 5m, 2h or 1d.")
    return int(found[1]) * SIZES[found[2]]


@heartbeat.command("new")
def new(
    service: str,
    name: Annotated[str, typer.Argument(help="What beats, like `nightly backup`.")],
    every: Annotated[str, typer.Option(help="How often it is expected: 90s, 5m, 2h, 1d.")] = "1h",
    grace: Annotated[str, typer.Option(help="How much later it may come.")] = "5m",
    severity: Annotated[int, typer.Option(help="Of the page when it is late: 1 and 2 are urgent.")] = 2,
    *,
    json: Json = False,
) -> None:
    """Expect a heartbeat of a service; prints the address to POST it to, which is shown this once."""
    body = {
        "service": service, "name": name, "interval_seconds": seconds_of(every), "grace_seconds": seconds_of(grace),
        "severity": severity,
    }  # fmt: skip
    done = api().post("/heartbeats", body)
    show(done, json, say(f"curl -fsS -X POST {done['url']}\nIt is waited for from its first beat on."))


@heartbeat.command("list")
def list_heartbeats(service: Annotated[str, typer.Option(help="One service's.")] = "", *, json: Json = False) -> None:
    """List heartbeats, late ones first."""
    rows = api().get("/heartbeats", service=service)
    shown = [
        (row["uid"], row["service"], row["name"], row["state"], spelling.instant(row["last_at"]),
         f"every {spelling.span(row['interval_seconds'])}, {spelling.span(row['grace_seconds'])} of grace")
        for row in rows
    ]  # fmt: skip
    head = ("Heartbeat", "Service", "Name", "State", "Last heard", "Expected")
    show(rows, json, table(head, shown, empty="Nothing is waited for. `roadbed heartbeat new SERVICE NAME` does."))


@heartbeat.command("rotate")
def rotate(uid: str, *, json: Json = False) -> None:
    """Give a heartbeat a new address; the old one ends at once."""
    done = api().post(f"/heartbeats/{uid}/rotate")
    show(done, json, say(f"curl -fsS -X POST {done['url']}"))


@heartbeat.command("pause")
def pause(uid: str, *, json: Json = False) -> None:
    """Wait for a heartbeat no more."""
    api().post(f"/heartbeats/{uid}/pause")
    show({"uid": uid}, json, say("It is not waited for any more."))


@heartbeat.command("resume")
def resume(uid: str, *, json: Json = False) -> None:
    """Wait for a paused heartbeat again."""
    api().post(f"/heartbeats/{uid}/resume")
    show({"uid": uid}, json, say("It is waited for again, from its next beat on."))


@heartbeat.command("remove")
def remove(uid: str, *, json: Json = False) -> None:
    """Remove a heartbeat."""
    api().delete(f"/heartbeats/{uid}")
    show({"uid": uid}, json, say("The heartbeat is removed."))


@canary.command("list")
def list_canaries(*, json: Json = False) -> None:
    """Show how the last regular test of each kind of channel ended. Exit 1 when one fails."""
    rows = api().get("/canaries")
    shown = [(row["kind"], row["state"], row["address"], spelling.instant(row["last_at"]), _last(row)) for row in rows]
    head = ("Kind", "State", "Through", "Last test", "")
    show(rows, json, table(head, shown, empty="There is no verified channel yet."))
    if any(row["state"] == "failing" for row in rows):
        raise typer.Exit(1)


def _last(row: dict[str, Any]) -> str:
    if row["error"]:
        return str(row["error"])
    return "confirmed by its provider" if row["confirmed"] else str(row["last"])


@canary.command("set")
def set_canary(
    channel: Annotated[str, typer.Argument(help="A verified channel, by uid.")],
    every: Annotated[str, typer.Option(help="How often: 1h to 7d.")] = "1d",
    *,
    json: Json = False,
) -> None:
    """Test a channel's kind regularly through it; the first test goes out at once."""
    api().post("/canaries", {"channel": channel, "every_seconds": seconds_of(every)})
    show({"channel": channel}, json, say("It is tested regularly; the first test is on its way."))


@canary.command("remove")
def remove_canary(kind: str, *, json: Json = False) -> None:
    """Test a kind of channel no more."""
    api().delete(f"/canaries/{kind}")
    show({"kind": kind}, json, say(f"{kind} is tested no more."))
