"""`roadbed toil`: log it in one line, see its share of time, decide what to automate first."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from roadbed.cli import spelling
from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table

app = typer.Typer(help="Toil: its share of people's time, and what to automate first.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="toil")


@app.command()
def log(
    minutes: Annotated[str, typer.Argument(help="How long it took: 15m, 1h30m.")],
    what: Annotated[list[str], typer.Argument(help="What it was, in a few words.")],
    *,
    team: Annotated[str, typer.Option(help="Whose work it was; your team if you are in one.")] = "",
    kind: Annotated[str, typer.Option(help="release, access, alerts, capacity, data, certificates, onboarding.")] = "",
    fails: Annotated[
        list[str],
        typer.Option("--not", help="A test it fails: manual, repetitive, automatable, tactical, …"),
    ] = [],  # noqa: B006 - typer makes a new list of it
    json: Json = False,
) -> None:
    """Log a piece of your own work."""
    body = {
        "minutes": minutes, "what": " ".join(what), "category": kind, "team": team,
        "tests": dict.fromkeys(fails, False) or None,
    }  # fmt: skip
    done = api().post("/toil/entries", body)
    show(done, json, say(f"Logged. `roadbed toil leave-out {done['uid']}` takes it out again."))


@app.command(name="show")
def show_(
    *,
    quarter: Annotated[bool, typer.Option("--quarter", help="The last 91 days instead of 28.")] = False,
    json: Json = False,
) -> None:
    """Show each team's share of time."""
    found = api().get("/toil", days=91 if quarter else 28)
    rows = [
        (one["team"], _percent(one["share"]["share"]), _hours(one["share"]["hours"]), _hours(one["captured_hours"]),
         one["people"], one["share"]["state"])
        for one in found["teams"]
    ]  # fmt: skip
    show(found, json, table(("Team", "Share", "Hours", "Captured", "People", "State"), rows, empty="There is no team."))


def _hours(hours: float) -> str:
    return f"{max(1, round(hours * 60))} min" if 0 < hours < 0.1 else f"{hours:.1f} h"  # noqa: PLR2004 - one digit


def _percent(share: float | None) -> str | None:
    return None if share is None else spelling.share(share)


@app.command(name="list")
def list_(
    *,
    team: Annotated[str, typer.Option(help="One team's.")] = "",
    days: Annotated[int, typer.Option(min=1, max=366, help="How far back.")] = 28,
    json: Json = False,
) -> None:
    """List pieces of work of your teams, newest first."""
    rows = api().get("/toil/entries", team=team, days=days)
    shown = [
        (row["uid"], row["occurred_at"][:16], row["person"], f"{row['minutes']} min", row["task"], _counts(row))
        for row in rows
    ]
    show(rows, json, table(("Entry", "When (UTC)", "Who", "Time", "Task", ""), shown, empty="Nothing was logged."))


def _counts(row: dict[str, Any]) -> str:
    if row["left_out_for"]:
        return f"left out: {row['left_out_for']}"
    return str(row["source"]) if row["is_toil"] else "no toil"


@app.command(name="leave-out")
def leave_out(
    uid: str,
    reason: Annotated[str, typer.Option(help="Why it is no toil.")] = "logged by mistake",
    *,
    json: Json = False,
) -> None:
    """Leave an entry out of every figure."""
    api().post(f"/toil/entries/{uid}/leave-out", {"reason": reason})
    show({"uid": uid}, json, say("It is left out."))


@app.command()
def tasks(*, team: Annotated[str, typer.Option(help="One team's.")] = "", json: Json = False) -> None:
    """List what to automate first, by hours won in the first year."""
    found = api().get("/toil/tasks", team=team)
    head = ("Task", "What", "Team", "A month", "Payback, months", "Won in a year", "State")
    rows = [_task(row) for row in found["candidates"]]
    show(found, json, table(head, rows, empty="Nothing was logged in 91 days."))


def _task(row: dict[str, Any]) -> tuple[object, ...]:
    cost, payback = row["cost"], row["payback"]
    month = f"{cost['hours']:.1f} h" if cost else f"too early, {row['samples']} of 3"
    if not payback:
        return (row["uid"], row["what"], row["team"], month, "not estimated", None, row["state"])
    soonest, middle, latest = (
        "never" if payback[name] is None else f"{payback[name]:.1f}" for name in ("soonest", "months", "latest")
    )
    back = f"{middle} ({soonest} to {latest})"
    return (row["uid"], row["what"], row["team"], month, back, f"{payback['won']:.0f} h", row["state"])


@app.command()
def estimate(
    uid: str,
    build: Annotated[str, typer.Option(help="Hours to build: 40, or a range like 30-60.")],
    upkeep: Annotated[float, typer.Option(help="Hours of upkeep a month.")] = 0.0,
    *,
    json: Json = False,
) -> None:
    """Say what automating a task would take."""
    low, _, high = build.partition("-")
    try:
        body = {"build_low": float(low), "build_high": float(high or low), "upkeep": upkeep}
    except ValueError:
        raise typer.BadParameter("Write hours like 40 or 30-60.", param_hint="--build") from None
    done = api().put(f"/toil/tasks/{uid}/estimate", body)
    show(done, json, say("The estimate is written."))


@app.command()
def plan(
    uid: str,
    owner: Annotated[str, typer.Option(help="Who does it, by e-mail address.")],
    due: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day by which it is in use.")] = None,
    link: Annotated[str, typer.Option(help="Where it is tracked.")] = "",
    *,
    json: Json = False,
) -> None:
    """Make a candidate work with one owner, a day and a link."""
    body = {"owner": owner, "due": due and due.date().isoformat(), "link": link}
    done = api().post(f"/toil/tasks/{uid}/plan", body)
    by = f" by {done['due']}" if done["due"] else ""
    show(done, json, say(f"{done['owner']} automates “{done['what']}”{by}."))


@app.command()
def request(
    minutes: Annotated[str, typer.Argument(help="How long it took: 15m, 1h30m.")],
    what: Annotated[list[str], typer.Argument(help="What was done by hand.")],
    *,
    kind: Annotated[
        str, typer.Option(help="release, access, alerts, capacity, data, certificates, onboarding.")
    ] = "access",
    team: Annotated[str, typer.Option(help="Whose work it was; your team if you are in one.")] = "",
    done_by: Annotated[str, typer.Option(help="Who did it, by e-mail address; you without it.")] = "",
    requested_by: Annotated[str, typer.Option(help="Who asked.")] = "",
    service: Annotated[str, typer.Option(help="For which service.")] = "",
    reference: Annotated[str, typer.Option(help="The tracker's name for it; told twice, it counts once.")] = "",
    link: Annotated[str, typer.Option(help="Where it is tracked.")] = "",
    json: Json = False,
) -> None:
    """Note a request that was done by hand."""
    body = {
        "minutes": minutes, "what": " ".join(what), "category": kind, "team": team, "done_by": done_by,
        "requested_by": requested_by, "service": service, "reference": reference, "link": link,
    }  # fmt: skip
    done = api().post("/toil/requests", body)
    show(done, json, say(f"Noted. `roadbed toil leave-out {done['uid']}` takes it out again."))


@app.command()
def quarters(
    *,
    many: Annotated[int, typer.Option(min=1, max=20, help="How many, this one included.")] = 5,
    json: Json = False,
) -> None:
    """Show each team's share of time by calendar quarter."""
    found = api().get("/toil/quarters", quarters=many)
    head = ("Team", *(one["quarter"] for one in found[0]["quarters"])) if found else ("Team",)
    rows = [
        (team["team"], *(one["share"] and _percent(one["share"]["share"]) for one in team["quarters"]))
        for team in found
    ]
    show(found, json, table(head, rows, empty="There is no team."))


@app.command()
def finish(
    uid: str, built: Annotated[float, typer.Option(help="Hours that it took to build.")], *, json: Json = False
) -> None:
    """Say that it is automated; its saving is measured from then on."""
    done = api().post(f"/toil/tasks/{uid}/finish", {"built_hours": built})
    show(done, json, say("It is in use; `roadbed toil tasks --json` shows what it saved."))
