"""`roadbed slo exclusion`: time that does not count for a service's objectives."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table
from roadbed.reliability.objectives.rules.words import share

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
    preview: Annotated[bool, typer.Option("--preview", help="Show what it would change, and change nothing.")] = False,
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
    if preview:
        foretold = api().post(f"/services/{service}/exclusions/preview", body)
        show(foretold, json, lambda console: _print_preview(console, foretold))
        return
    made = api().post(f"/services/{service}/exclusions", body)
    what = made["objective_name"] or "all objectives"
    show(made, json, say(f"Excluded from {what} of {service}. Exclusion {made['uid']}"))


def _print_preview(console: Console, foretold: dict[str, Any]) -> None:
    times = [f"{one['starts_at']} to {one['ends_at']}" for one in foretold["times"]]
    console.print(escape("; ".join(times)) + (f"; {foretold['more']} more within a year" if foretold["more"] else ""))
    rows = [
        (one["title"], one["minutes"], *(_left(one[when]) for when in ("raw", "now", "then")),
         *(f"{one[when]['bad']} of {one[when]['total']}" for when in ("now", "then")))
        for one in foretold["effects"]
    ]  # fmt: skip
    head = ("Objective", "Minutes", "Budget raw", "Now", "Then", "Bad now", "Bad then")
    table(head, rows, empty="None of its objectives was evaluated yet.")(console)
    console.print("Nothing was changed.")


def _left(figures: dict[str, Any]) -> str | None:
    return None if figures["remaining"] is None else share(figures["remaining"])


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
