"""`roadbed slo exclusion`: time that does not count for a service's objectives."""

from __future__ import annotations

from typing import Annotated

import typer

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table

app = typer.Typer(
    help="Time that does not count: maintenance, once or again, also after the fact.", no_args_is_help=True
)
Service = Annotated[str, typer.Argument(help="The service's name.")]


@app.command()
def add(
    service: Service,
    *,
    begin: Annotated[str, typer.Option("--from", help="When it begins, like 2026-11-23T09:00Z.")],
    until: Annotated[str, typer.Option(help="When it ends.")],
    reason: Annotated[str, typer.Option(help="Why this time does not count.")],
    objective: Annotated[str, typer.Option(help="Of one objective only.")] = "",
    rrule: Annotated[str, typer.Option(help="How it comes again, like FREQ=WEEKLY;BYDAY=TU.")] = "",
    zone: Annotated[str, typer.Option(help="Whose wall clock it follows when it comes again.")] = "UTC",
    json: Json = False,
) -> None:
    """Take time out of a service's promises. A minute that it touches does not count."""
    body = {
        "starts_at": begin,
        "ends_at": until,
        "reason": reason,
        "objective": objective,
        "rrule": rrule,
        "zone": zone,
    }
    made = api().post(f"/services/{service}/exclusions", body)
    what = made["objective_name"] or "all objectives"
    show(made, json, say(f"Excluded from {what} of {service}. Exclusion {made['uid']}"))


@app.command("list")
def list_exclusions(
    service: Service,
    *,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="Also those that count again.")] = False,
    json: Json = False,
) -> None:
    """Show a service's exclusions, newest first."""
    found = api().get(f"/services/{service}/exclusions", withdrawn=withdrawn)
    rows = [
        (one["starts_at"], one["ends_at"], one["rrule"] or "once", one["objective_name"] or "all", one["reason"],
         one["by"], "withdrawn" if one["withdrawn_at"] else "", one["uid"])
        for one in found["items"]
    ]  # fmt: skip
    head = ("From", "Until", "Again", "Objective", "Why", "Who", "", "Exclusion")
    show(found, json, table(head, rows, empty=f"All time counts for {service}."))


@app.command()
def remove(
    exclusion: Annotated[str, typer.Argument(help="Its uid, as `roadbed slo exclusion list` shows it.")],
    *,
    json: Json = False,
) -> None:
    """Let excluded time count again; the record of it stays."""
    api().delete(f"/exclusions/{exclusion}")
    show({"removed": exclusion}, json, say("Withdrawn. That time counts again."))
