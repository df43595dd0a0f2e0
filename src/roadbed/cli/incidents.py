"""`roadbed incident` and `roadbed review`: what goes wrong, and what is learned from it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli import incidents_responding, spelling
from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table
from roadbed.cli.reviews import app as reviews

app = typer.Typer(help="Incidents: harm to customers, from its page to its end.", no_args_is_help=True)

_SHOWN = 20


def register(root: typer.Typer) -> None:
    """Add the commands."""
    incidents_responding.register(app)
    root.add_typer(app, name="incident")
    root.add_typer(reviews, name="review")


@app.command(name="list")
def list_(
    status: Annotated[str, typer.Option(help="open, mitigated, resolved or unresolved.")] = "",
    service: Annotated[str, typer.Option(help="Only of this service.")] = "",
    *,
    json: Json = False,
) -> None:
    """Incidents, newest first."""
    rows = api().get("/incidents", status=status or None, service=service or None, limit=100)["items"]
    head = ("Incident", "Service", "Severity", "State", "Lead", "Began (UTC)", "Title")
    drawn = [
        (one["name"], one["service"], one["severity"], one["status"], _lead(one), _at(one["started_at"]), one["title"])
        for one in rows
    ]
    show(rows, json, table(head, drawn, empty="No incident."))


@app.command(name="show")
def show_(reference: str, *, json: Json = False) -> None:
    """One incident with its suspects and its timeline."""
    one = api().get(f"/incidents/{reference}")
    show(one, json, lambda console: _print(one, console))


@app.command(name="declare")
@app.command(name="open", hidden=True)
def open_(
    service: str,
    title: str,
    *,
    severity: Annotated[int, typer.Option(min=1, max=4, help="1 is the worst.")] = 2,
    environment: Annotated[str, typer.Option(help="Where it is.")] = "production",
    since: Annotated[datetime | None, typer.Option(help="When harm began, in UTC; left out, that is now.")] = None,
    also: Annotated[list[str] | None, typer.Option(help="A further service that is harmed; repeat for more.")] = None,
    private: Annotated[bool, typer.Option("--private", help="Only who takes part and admins see it.")] = False,
    json: Json = False,
) -> None:
    """Declare an incident that somebody saw; pages open theirs themselves."""
    body = {
        "service": service,
        "title": title,
        "severity": severity,
        "environment": environment,
        "started_at": since.isoformat() if since else None,
        "further": also or [],
        "private": private,
    }
    one = api().post("/incidents", body)
    show(one, json, say(f"{one['name']} is open."))


@app.command()
def note(reference: str, text: str, *, json: Json = False) -> None:
    """Write to the timeline."""
    one = api().post(f"/incidents/{reference}/notes", {"text": text})
    show(one, json, say(f"It is on the timeline of {one['name']}."))


@app.command()
def severity(reference: str, number: Annotated[int, typer.Argument(min=1, max=4)], *, json: Json = False) -> None:
    """Raise or lower the severity: 1 is the worst."""
    one = api().patch(f"/incidents/{reference}", {"severity": number})
    show(one, json, say(f"{one['name']} has severity {one['severity']}."))


@app.command()
def lead(reference: str, person: str, *, json: Json = False) -> None:
    """Say who leads, by mail address or name."""
    one = api().post(f"/incidents/{reference}/roles", {"role": "lead", "person": person})
    show(one, json, say(f"{_lead(one)} leads {one['name']}."))


@app.command()
def mitigate(reference: str, *, json: Json = False) -> None:
    """Say that customers are no longer harmed; it stays open."""
    one = api().post(f"/incidents/{reference}/mitigate")
    show(one, json, say(f"{one['name']} is mitigated."))


@app.command()
def resolve(
    reference: str,
    summary: Annotated[str, typer.Option(help="How it ended.")] = "",
    cause: Annotated[
        str | None, typer.Option(help="Uid of the deployment that caused it, or none; left out, the first suspect.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """End it; a review is drafted."""
    body = {"summary": summary, "cause_deployment": "" if cause == "none" else cause}
    one = api().post(f"/incidents/{reference}/resolve", body)
    show(one, json, say(f"{one['name']} is resolved. `roadbed review show {one['name']}` has the draft."))


def _lead(one: dict[str, Any]) -> str:
    return next((role["person"] for role in one["roles"] if role["role"] == "lead"), "nobody yet")


def _at(said: str) -> str:
    return said[:16].replace("T", " ")


def _print(one: dict[str, Any], console: Console) -> None:
    console.print(f"[bold]{one['name']}[/] {escape(one['title'])}")
    console.print(
        f"{escape(one['service'])} in {escape(one['environment'])}, {one['status']}, severity {one['severity']}, "
        f"{one['stage']}, led by {escape(_lead(one))}. Harm since {_at(one['started_at'])}, "
        f"known {_at(one['detected_at'])} UTC."
    )
    _print_response(one, console)
    console.print("\n[bold]Suspects[/], likeliest first")
    for suspect in one["suspects"]:
        undone = (", undone" if suspect["undone_at"] else "") + (
            f", {suspect['verdict']}" if suspect["verdict"] else ""
        )
        where = f" of {suspect['service']}" if suspect["service"] not in ("", one["service"]) else ""
        title = f"{suspect['kind']} {suspect['what']} {suspect['title']}{where}{undone}"
        share = "" if suspect["share"] is None else f"{suspect['share']:.0%} "
        console.print(f"  {share}{_at(suspect['at'])}  {escape(title)}: {escape(', '.join(suspect['evidence']))}")
    if not one["suspects"]:
        console.print("  Nothing near changed, here or in what it depends on.")
    elif any(suspect["undo"] == "rollback" for suspect in one["suspects"]):
        console.print(f"  [bold]undo[/]: roadbed rollback {escape(one['service'])}")
    if one["suspects"] and one["none_of_these"] is not None:
        console.print(f"  {one['none_of_these']:.0%} none of these")
    console.print("\n[bold]Timeline[/], newest first")
    for line in one["timeline"][:_SHOWN]:
        detail = f" ({line['detail']})" if line["detail"] else ""
        console.print(f"  {_at(line['at'])}  {escape(line['title'] + detail)}")
    if len(one["timeline"]) > _SHOWN:
        console.print(f"  and {len(one['timeline']) - _SHOWN} more: --json shows them")


def _print_response(one: dict[str, Any], console: Console) -> None:
    if one["further"]:
        console.print(f"Also harmed: {escape(', '.join(more['service'] for more in one['further']))}.")
    if one["merged_into"]:
        console.print(f"Part of [bold]{one['merged_into']}[/].")
    if one["unfilled"]:
        console.print(f"Roles nobody has: {', '.join(duty['title'] for duty in one['unfilled'])}.")
    if one["next_update_at"]:
        console.print(f"Next update due {_at(one['next_update_at'])} UTC.")
    for task in one["tasks"]:
        if not task["done_at"]:
            late = ", late" if task["late"] else ""
            console.print(f"Task {task['number']}: {escape(task['text'])} ({escape(task['owner'] or 'nobody')}{late})")
    for spent in one["budget"] or ():
        share = spelling.share(spent["share"])
        console.print(
            f"Budget of {escape(spent['title'])}: {share}, {spent['bad_minutes']} bad min of "
            f"{spent['measured_minutes']} measured"
        )
