"""`roadbed alerts silence`: alerts that page nobody for a while, and what a silence would hit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table
from roadbed.cli.spelling import does, instant, length
from roadbed.ground.errors import Invalid, Place

silence = typer.Typer(help="Alerts that page nobody for a while.", no_args_is_help=True)
Matchers = Annotated[list[str], typer.Argument(help="Like service=checkout 'alertname=~Disk.*'; all have to fit.")]


def register(alerts: typer.Typer) -> None:
    """Add the commands."""
    alerts.add_typer(silence, name="silence")


@silence.command("add")
def add_silence(
    matchers: Matchers,
    *,
    reason: Annotated[str, typer.Option(help="Why nobody has to know.")],
    for_: Annotated[str, typer.Option("--for", help="How long, like 30m, 2h or 1d.")] = "1h",
    from_: Annotated[str, typer.Option("--from", help="When it begins, like 2026-11-24T22:00Z; now without.")] = "",
    rrule: Annotated[str, typer.Option(help="How it comes again, like FREQ=WEEKLY;BYDAY=TU.")] = "",
    zone: Annotated[str, typer.Option(help="On whose wall clock it comes again.")] = "UTC",
    json: Json = False,
) -> None:
    """Silence alerts for a while, or again and again with --rrule."""
    start = _when(from_, "from") if from_ else datetime.now(UTC)
    sent = {
        "matchers": matchers, "starts_at": start.isoformat(), "ends_at": (start + length(for_)).isoformat(),
        "reason": reason, "rrule": rrule, "zone": zone,
    }  # fmt: skip
    done = api().post("/alerts/silences", sent)
    show(
        done,
        json,
        say(f"Silence {done['uid']} holds {done['holds']} open alerts back. `roadbed alerts silence end` ends it."),
    )


def _when(said: str, field: str) -> datetime:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid(
            f"{said[:40]!r} is no instant with an offset.", remedy="Like 2026-11-24T22:00Z.", place=Place(field=field)
        )
    return found


@silence.command("preview")
def preview_silence(matchers: Matchers, *, json: Json = False) -> None:
    """Show what matchers hit, before they silence anything."""
    found = api().post("/alerts/silences/preview", {"matchers": matchers})
    past = "too many to count" if found["past_count"] is None else found["past_count"]

    def printing(console: Console) -> None:
        for title in found["pages"]:
            console.print(f"Page: {title}")
        console.print(f"{found['open_count']} open; of the last seven days {past}.")
        rows = [(one["title"], one["service"] or one["team"], does(one)) for one in found["open"]]
        table(("Open now", "Of", "State"), rows, empty="No open alert fits.")(console)

    show(found, json, printing)


@silence.command("list")
def list_silences(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those that are over too.")] = False,
    json: Json = False,
) -> None:
    """List silences and maintenance windows, newest first."""
    found = api().get("/alerts/silences", everything=everything)["items"]
    rows = [
        (one["uid"], " ".join(one["matchers"]), one["state"], one["words"] or "once", instant(one["next_until"]),
         one["holds"], one["by"], one["reason"])
        for one in found
    ]  # fmt: skip
    head = ("Silence", "Fits", "State", "Comes", "Until", "Holds", "By", "Reason")
    show(found, json, table(head, rows, empty="Nothing is silenced."))


@silence.command("end")
def end_silence(uid: str, *, json: Json = False) -> None:
    """End a silence before its time; what still fires is paged within seconds."""
    show(api().post(f"/alerts/silences/{uid}/end"), json, say("It is over."))
