"""`roadbed oncall`, `roadbed page` and `roadbed channel`: who answers, what waits for it, which ways there are."""

from __future__ import annotations

import sys
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli import calendar_feeds, escalations, on_call_load, schedules, shift_requests, shifting, snoozing, why
from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table
from roadbed.cli.spelling import instant

LARGEST_MAIL: Final = 1_000_000

oncall = typer.Typer(help="Who is on call.", no_args_is_help=True)
page = typer.Typer(help="Pages: what somebody has to answer now.", no_args_is_help=True)
channel = typer.Typer(help="The ways on which you are paged.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    schedules.register(oncall)
    shifting.register(oncall)
    shift_requests.register(oncall)
    why.register(page)
    snoozing.register(page)
    escalations.register(oncall)
    on_call_load.register(oncall)
    calendar_feeds.register(oncall)
    root.add_typer(oncall, name="oncall")
    root.add_typer(page, name="page")
    root.add_typer(channel, name="channel")


@oncall.command("show")
def show_on_call(
    team: Annotated[str, typer.Argument(help="One team; all without.")] = "", *, json: Json = False
) -> None:
    """Show who is on call, who follows, and when the next hand-over is."""
    if team:
        found = api().get(f"/teams/{team}/rotation")
        show(found, json, table(("", ""), _rotation(found), empty=""))
        return
    rows = api().get("/on-call")
    head = ("Team", "On call", "Until", "Next", "Channels")
    show(rows, json, table(head, [_line(row) for row in rows], empty="There is no team yet."))


def _line(row: dict[str, Any]) -> tuple[object, ...]:
    rotation = row["rotation"]
    if not rotation or not rotation["people"]:
        return (row["team"], f"everybody, {len(row['members'])}" if row["members"] else "nobody", "", "", "")
    people = [{"name": "nobody", "channels": 0}] * rotation["nobody_now"] + rotation["people"]
    until = f"{rotation['until'][:16].replace('T', ' ')} UTC" if rotation["until"] else "no hand-over"
    following = people[1]["name"] if len(people) > 1 else "nobody"
    return (row["team"], people[0]["name"], until, following, people[0]["channels"])


def _rotation(found: dict[str, Any]) -> list[tuple[str, object]]:
    rotation = found["rotation"]
    if not rotation:
        return [("Team", found["team"]), ("Rotation", "none: everybody in the team is paged")]
    return [
        ("Team", found["team"]),
        ("Hand-over", _handover(rotation)),
        ("Step", f"{rotation['step_seconds']} s"),
        *((f"{place}.", _reached(one)) for place, one in enumerate(rotation["people"], 1)),
    ]


def _handover(rotation: dict[str, Any]) -> str:
    if rotation["kind"] == "schedule":
        return f"by its schedule, now by {rotation['layer'] or 'nobody'}, {rotation['zone']}"
    return f"{rotation['weekday']} {rotation['at']} {rotation['zone']}"


def _reached(person: dict[str, Any]) -> str:
    ways = "no channel" if not person["channels"] else f"{person['verified']} of {person['channels']} verified"
    return f"{person['name']} <{person['email']}>, {ways}"


@oncall.command("set")
def set_rotation(
    team: str,
    people: Annotated[list[str], typer.Argument(help="E-mail addresses in order; the first is on call now.")],
    *,
    day: Annotated[str, typer.Option(help="Weekday of the hand-over.")] = "monday",
    at: Annotated[str, typer.Option(help="Its time on the wall clock.")] = "09:00",
    zone: Annotated[str, typer.Option(help="An IANA time zone like Europe/Stockholm.")] = "UTC",
    step: Annotated[int, typer.Option(help="Seconds until the next one is paged.")] = 300,
    json: Json = False,
) -> None:
    """Give a team its weekly rotation."""
    body = {"people": people, "weekday": day, "at": at, "zone": zone, "step_seconds": step}
    done = api().put(f"/teams/{team}/rotation", body)
    first = done["rotation"]["people"][0]["name"]
    show(
        done, json, say(f"{first} is on call for {done['team']}. `roadbed oncall show {done['team']}` shows the order.")
    )


@oncall.command("end")
def end_rotation(team: str, *, json: Json = False) -> None:
    """Take a team's rotation or schedule away; everybody in it is paged then."""
    api().delete(f"/teams/{team}/rotation")
    api().delete(f"/teams/{team}/schedule")
    show({"team": team, "rotation": None}, json, say(f"{team} has no rotation any more; everybody in it is paged."))


@page.command("list")
def list_pages(
    state: Annotated[str, typer.Option(help="open, paging, acknowledged, exhausted, closed; all without.")] = "open",
    team: Annotated[str, typer.Option(help="One team's.")] = "",
    service: Annotated[str, typer.Option(help="One service's.")] = "",
    *,
    json: Json = False,
) -> None:
    """List pages, newest first; by default the open ones."""
    wanted = "" if state == "all" else state
    rows = api().get("/pages", state=wanted, team=team, service=service)["items"]
    shown = [(row["uid"], row["title"], row["team"], _state(row), ", ".join(row["paged"]) or "nobody") for row in rows]
    empty = "No page is open." if wanted == "open" else "There is no such page."
    show(rows, json, table(("Page", "What", "Team", "State", "Paged"), shown, empty=empty))


def _state(row: dict[str, Any]) -> str:
    if row["snoozed_by"]:
        return f"{row['snoozed_by']} snoozed it until {instant(row['again_at'])}"
    if row["state"] == "acknowledged":
        return f"{row['acknowledged_by']} has it"
    return {"paging": "nobody has it yet", "exhausted": "nobody answered"}.get(row["state"], str(row["state"]))


@page.command("escalate")
def escalate_page(
    uid: str,
    *,
    reason: Annotated[str, typer.Option(help="Why it is handed on.")] = "",
    json: Json = False,
) -> None:
    """Page the next step now, also from whoever has it."""
    done = api().post(f"/pages/{uid}/escalate", {"reason": reason})
    show(done, json, say(f"Handed on: {', '.join(done['paged']) or 'nobody'} paged so far."))


@page.command("send")
def send_page(
    whom: Annotated[str, typer.Argument(help="A team, or a service for whoever answers for it.")],
    text: Annotated[str, typer.Argument(help="What is wrong, in a sentence.")],
    *,
    severity: Annotated[int, typer.Option(min=1, max=4, help="1 and 2 wake people.")] = 2,
    environment: Annotated[str, typer.Option("--environment", "-e", help="Where it happens.")] = "production",
    json: Json = False,
) -> None:
    """Page a team by hand, through its schedule and escalation."""
    body = {"whom": whom, "text": text, "severity": severity, "environment": environment}
    done = api().post("/pages", body)
    show(done, json, say(f"Paged. `roadbed page show {done['uid']}` shows whom; close it with `roadbed page close`."))


@page.command("show")
def show_page(uid: str, *, json: Json = False) -> None:
    """Show one page: why it went where it went, and every attempt to reach somebody."""
    found = api().get(f"/pages/{uid}")
    show(found, json, lambda console: _print_page(found, console))


def _print_page(found: dict[str, Any], console: Console) -> None:
    alert = found["alert"]
    console.print(f"[bold]{escape(alert['title'])}[/], {escape(_state(alert))}")
    for reason in alert["why"]:
        console.print(f"  {escape(reason)}")
    rows = [
        (one["person"], one["channel"], one["step"], one["attempt"], one["state"], one["error"])
        for one in found["deliveries"]
    ]
    head = ("Person", "Channel", "Step", "Attempt", "Outcome", "")
    table(head, rows, empty="Nobody of its steps has a channel.")(console)


@page.command("ack")
def acknowledge(
    uid: Annotated[str, typer.Argument(help="The page; the only open one without.")] = "", *, json: Json = False
) -> None:
    """Take a page; nobody else is paged about it then."""
    reach = api()
    done = reach.post(f"/pages/{uid or _only(reach)}/acknowledge")
    said = "You have it." if done["yours"] else f"{done['acknowledged_by']} has it already."
    show(done, json, say(said))


def _only(reach: Any) -> str:
    waiting = [row for state in ("paging", "exhausted") for row in reach.get("/pages", state=state, limit=2)["items"]]
    if len(waiting) != 1:
        said = "No page waits for an answer." if not waiting else "More than one page waits; name one."
        raise typer.BadParameter(f"{said} `roadbed page list` shows them.")
    return str(waiting[0]["uid"])


@page.command("close")
def close(
    uid: str, reason: Annotated[str, typer.Option("--reason", help="Why it is over.")], *, json: Json = False
) -> None:
    """Close a page by hand; one whose trouble ends closes by itself."""
    done = api().post(f"/pages/{uid}/close", {"reason": reason})
    show(done, json, say("It is closed."))


@page.command("reply")
def reply(*, json: Json = False) -> None:
    """Hand in a mail from standard input that replies to a page: what a mail server's alias pipes to."""
    mail = sys.stdin.buffer.read(LARGEST_MAIL + 1)
    try:
        text = mail.decode()
    except UnicodeDecodeError:
        text = mail.decode("latin-1")
    done = api().post("/page-replies", {"mail": text})
    show(done, json, say(done["said"]))


@channel.command("add")
def add_channel(
    kind: Annotated[str, typer.Argument(help="smtp, sms, voice, slack, slack_hook, ntfy, push or webhook.")],
    address: Annotated[
        str, typer.Argument(help="An e-mail address, a number as +46701234567, a Slack id, an ntfy topic, or a URL.")
    ],
    person: Annotated[str, typer.Option(help="For whom, as an admin: their e-mail address.")] = "",
    server: Annotated[
        str, typer.Option(help="As an admin: a mail server for this channel alone, smtp://host:port.")
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Add a way on which you are paged; a test message goes out at once."""
    done = api().post("/channels", {"kind": kind, "address": address, "email": person, "server": server})
    said = (
        "A test message with a code is on its way.\n"
        f"roadbed me channel verify CODE --channel {done['uid']}\nNo page goes out on it before."
    )
    if done["secret"]:
        said = f"{done['secret']}\nIt signs every message to {address} and is shown this once."
    show(done, json, say(said))


@channel.command("list")
def list_channels(
    *,
    everybody: Annotated[bool, typer.Option("--everybody", help="Everybody's, as an admin.")] = False,
    json: Json = False,
) -> None:
    """List your channels."""
    rows = api().get("/channels", everybody=everybody)
    shown = [(row["uid"], row["person"], row["kind"], row["address"], _standing(row)) for row in rows]
    empty = "You have no channel. `roadbed me channel add smtp ADDRESS` makes one."
    show(rows, json, table(("Channel", "Person", "Kind", "Address", "State"), shown, empty=empty))


def _standing(row: dict[str, Any]) -> str:
    if row["problem"]:
        return f"failed: {row['problem']}"
    return "verified" if row["verified_at"] else "not verified: no page goes out on it"


@channel.command("verify")
def verify_channel(
    code: Annotated[str, typer.Argument(help="The six digits of the test message.")],
    channel: Annotated[str, typer.Option(help="Which channel; your only unverified one without.")] = "",
    *,
    json: Json = False,
) -> None:
    """Verify a channel by the code of its test message: 15 minutes, five tries."""
    done = api().post(f"/channels/{channel}/verify" if channel else "/me/channels/verify", {"code": code})
    show(done, json, say("The channel is verified. Pages go out on it from now on."))


@channel.command("test")
def try_channel(uid: str, *, json: Json = False) -> None:
    """Send a test message, with the link and a new code that verify the channel."""
    api().post(f"/channels/{uid}/test")
    show({"uid": uid}, json, say("A test message is on its way."))


@channel.command("remove")
def remove_channel(uid: str, *, json: Json = False) -> None:
    """Remove a channel."""
    api().delete(f"/channels/{uid}")
    show({"uid": uid}, json, say("The channel is removed."))
