"""`roadbed oncall apply`, `shifts`, `gaps`, `cover`, `leave`, `calendar`: a team's schedule on the server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from roadbed.cli.client import api
from roadbed.cli.output import EXIT_REFUSED, Json, say, show, table
from roadbed.cli.schedules import File, instant_of, text_of

Begin = Annotated[
    str, typer.Option("--from", help="The instant or day it begins with, in UTC where no offset is said.")
]
End = Annotated[str, typer.Option("--to", help="The instant or day it ends before.")]

leave = typer.Typer(help="Who is away.", no_args_is_help=True)


def register(oncall: typer.Typer) -> None:
    """Add the commands to `roadbed oncall`."""
    for command in (apply, shifts, gaps, cover, covers, uncover, calendar):
        oncall.command()(command)
    oncall.command("replace-calendar-link")(replace_link)
    leave.command("add")(add_leave)
    leave.command("list")(list_leave)
    leave.command("remove")(remove_leave)
    oncall.add_typer(leave, name="leave")


def apply(
    team: str,
    file: File,
    *,
    step: Annotated[int, typer.Option(help="Seconds until the next one is paged.")] = 300,
    json: Json = False,
) -> None:
    """Give a team the schedule of a file, in the place of its rotation."""
    body = {"document": text_of(file), "file": str(file)[-300:], "step_seconds": step}
    done = api().put(f"/teams/{team}/schedule", body)
    said = f"{done['team']} follows {file}, version {done['version']}. `roadbed oncall shifts {team}` shows it."
    show(done, json, say(said))


def shifts(
    team: str,
    *,
    from_: Begin = "",
    to: End = "",
    second: Annotated[bool, typer.Option("--second", help="Show who stands by instead of who is on call.")] = False,
    json: Json = False,
) -> None:
    """Show who of a team is on call when, covers and leave included."""
    start, end = instant_of(from_, "--from") if from_ else None, instant_of(to, "--to") if to else None
    rows = api().get(
        f"/teams/{team}/shifts", start=start and start.isoformat(), end=end and end.isoformat(), standby=second
    )
    shown = [(row["start"], row["end"], row["person"] or "nobody", row["layer"] or "") for row in rows]
    show(rows, json, table(("From (UTC)", "To (UTC)", "Person", "Layer"), shown, empty="Nothing."))


def gaps(
    team: Annotated[str, typer.Argument(help="One team; all without.")] = "",
    *,
    hours: Annotated[int, typer.Option(min=1, max=1440, help="How far to look.")] = 72,
    json: Json = False,
) -> None:
    """Find shifts that are empty, on leave or unreachable in the coming hours; exit 1 when there are any."""
    rows = api().get(f"/teams/{team}/gaps" if team else "/on-call/gaps", hours=hours)
    shown = [
        (row["team"], row["rule"], row["start"], row["end"], f"{row['person']} {row['why']}".strip()) for row in rows
    ]
    head = ("Team", "Rule", "From (UTC)", "To (UTC)", "What")
    show(rows, json, table(head, shown, empty=f"Covered for {hours} hours."))
    if rows:
        raise typer.Exit(EXIT_REFUSED)


def cover(
    team: str,
    person: Annotated[str, typer.Argument(help="Who takes the shifts, by e-mail address.")],
    *,
    from_: Begin,
    to: End,
    swap_with: Annotated[str, typer.Option(help="Who takes that person's shifts meanwhile.")] = "",
    second: Annotated[bool, typer.Option("--second", help="The shifts of whoever stands by.")] = False,
    json: Json = False,
) -> None:
    """Let somebody take a team's shifts for a while, or two people exchange theirs."""
    body = {
        "person": person,
        "starts_at": instant_of(from_, "--from").isoformat(),
        "ends_at": instant_of(to, "--to").isoformat(),
        "swap_with": swap_with,
        "standby": second,
    }
    done = api().post(f"/teams/{team}/covers", body)
    show(done, json, say(f"It is written. `roadbed oncall uncover {done['uid']}` takes it back."))


def covers(team: str, *, json: Json = False) -> None:
    """List a team's covers and swaps that are not over."""
    rows = api().get(f"/teams/{team}/covers")
    shown = [(row["uid"], row["person"], _how(row), row["starts_at"], row["ends_at"]) for row in rows]
    show(
        rows,
        json,
        table(
            ("Cover", "Person", "Swap", "From (UTC)", "To (UTC)"),
            shown,
            empty="No cover and no swap. `roadbed oncall cover` makes one.",
        ),
    )


def _how(row: dict[str, Any]) -> str:
    return f"and {row['swap_with']}" if row["swap_with"] else "stands by" if row["standby"] else ""


def uncover(uid: str, *, json: Json = False) -> None:
    """Take a cover or a swap back."""
    api().delete(f"/covers/{uid}")
    show({"uid": uid}, json, say("It is taken back."))


def calendar(
    team: str,
    file: Annotated[Path, typer.Argument(help="An iCal file, or - for standard input.")],
    *,
    kind: Annotated[str, typer.Option("--as", help="leave or overrides.")] = "leave",
    json: Json = False,
) -> None:
    """Read a calendar's coming events as a team's leave or overrides; the same file again takes its place."""
    body = {"kind": kind, "text": text_of(file), "name": file.name[-100:]}
    done = api().post(f"/teams/{team}/calendars", body)
    others = f" Passed over, since they name nobody: {', '.join(done['passed_over'])}." if done["passed_over"] else ""
    show(done, json, say(f"{done['taken']} events taken.{others}"))


def add_leave(
    *,
    from_: Begin,
    to: End,
    why: Annotated[str, typer.Option(help="Why, in few words.")] = "leave",
    person: Annotated[str, typer.Option(help="For whom, as an admin: their e-mail address.")] = "",
    json: Json = False,
) -> None:
    """Say that you are away; every schedule knows it then."""
    body = {
        "starts_at": instant_of(from_, "--from").isoformat(),
        "ends_at": instant_of(to, "--to").isoformat(),
        "why": why,
        "email": person,
    }
    done = api().post("/leave", body)
    show(done, json, say(f"It is written. `roadbed oncall leave remove {done['uid']}` takes it back."))


def list_leave(*, json: Json = False) -> None:
    """List who is or will be away."""
    rows: list[dict[str, Any]] = api().get("/leave")
    shown = [(row["uid"], row["person"], row["why"], row["starts_at"], row["ends_at"]) for row in rows]
    show(rows, json, table(("Leave", "Person", "Why", "From (UTC)", "To (UTC)"), shown, empty="Nobody is away."))


def remove_leave(uid: str, *, json: Json = False) -> None:
    """Take a leave back."""
    api().delete(f"/leave/{uid}")
    show({"uid": uid}, json, say("It is taken back."))


def replace_link(*, json: Json = False) -> None:
    """Give yourself a new link for calendar programs; the old one leads nowhere then."""
    done = api().post("/on-call/calendar-link/replace")
    show(done, json, say(done["url"]))
