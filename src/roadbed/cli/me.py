"""`roadbed me`: how you are paged: channels and their verification, methods by urgency, quiet hours."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from roadbed.cli import oncall
from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table

me = typer.Typer(help="How you are paged.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    me.add_typer(oncall.channel, name="channel")
    root.add_typer(me, name="me")


@me.command("show")
def show_me(*, json: Json = False) -> None:
    """Show how you are paged."""
    found = api().get("/me/notifications")
    show(found, json, table(("", ""), _lines(found), empty=""))


def _lines(found: dict[str, Any]) -> list[tuple[str, object]]:
    lines: list[tuple[str, object]] = [("Time zone", found["zone"])]
    for urgency, name in (("high", "Urgent"), ("low", "Not urgent")):
        ways = found[urgency]
        lines += [(name, _way(way)) for way in ways] or [(name, "every verified channel at once")]
    lines += [("Quiet", f"{one['start']} to {one['end']}, {', '.join(one['days'])}") for one in found["quiet"]]
    if found["quiet_until"]:
        lines.append(("Quiet now", f"until {found['quiet_until'][:16].replace('T', ' ')} UTC"))
    return lines


def _way(way: dict[str, Any]) -> str:
    after = f"after {way['after']} s" if way["after"] else "at once"
    return f"{way['kind']} {way['address']}, {after}{'' if way['verified'] else ', not verified: passed by'}"


@me.command("methods")
def methods(
    urgency: Annotated[str, typer.Argument(help="high (severity 1 and 2) or low.")],
    ways: Annotated[
        list[str] | None,
        typer.Argument(help="Channels in order, each UID or UID@SECONDS after the page; none for all."),
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Say on which channels you are paged, and after how many seconds each."""
    if urgency not in ("high", "low"):
        raise typer.BadParameter("high or low.")
    reach = api()
    body = _written(reach.get("/me/notifications"))
    body[urgency] = [_given(way) for way in ways or ()]
    done = reach.put("/me/notifications", body)
    show(done, json, table(("", ""), _lines(done), empty=""))


def _given(text: str) -> dict[str, Any]:
    channel, _, after = text.partition("@")
    if after and not (after.isascii() and after.isdecimal()):
        raise typer.BadParameter(f"{after!r} is no number of seconds.")
    return {"channel": channel, "after": int(after or 0)}


def _written(found: dict[str, Any]) -> dict[str, Any]:
    ways = {
        name: [{"channel": way["channel"], "after": way["after"]} for way in found[name]] for name in ("high", "low")
    }
    return {"zone": found["zone"], "quiet": found["quiet"], **ways}


@me.command("quiet")
def quiet(
    start: Annotated[
        str, typer.Option("--from", help="On the wall clock, like 22:00; leave out for no quiet hours.")
    ] = "",
    end: Annotated[str, typer.Option("--to", help="Like 07:00.")] = "",
    days: Annotated[str, typer.Option(help="Days on which they begin.")] = "mon,tue,wed,thu,fri,sat,sun",
    zone: Annotated[str, typer.Option(help="An IANA time zone like Europe/Stockholm.")] = "",
    *,
    json: Json = False,
) -> None:
    """Hold back what is not urgent during some hours; an urgent page is never held back."""
    if bool(start) != bool(end):
        raise typer.BadParameter("Give both --from and --to, or neither.")
    reach = api()
    body = _written(reach.get("/me/notifications"))
    body["zone"] = zone or body["zone"]
    body["quiet"] = [{"days": days.split(","), "start": start, "end": end}] if start else []
    done = reach.put("/me/notifications", body)
    said = f"Quiet from {start} to {end}, {done['zone']}." if start else "There are no quiet hours."
    show(done, json, say(said))
