"""`roadbed ledger` and `roadbed jobs`: what happened, what waits to be read, and what runs in the background."""

from __future__ import annotations

import json as as_text
from typing import Annotated, Any

import typer

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table

app = typer.Typer(help="The record of what happened.", no_args_is_help=True)
jobs = typer.Typer(help="Background work.", no_args_is_help=True)

Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=200, help="How many, newest first.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="ledger")
    root.add_typer(jobs, name="jobs")


@app.command()
def facts(
    subject: Annotated[str, typer.Option(help="A uid.")] = "",
    kind: Annotated[str, typer.Option(help="Like service.deployed.")] = "",
    limit: Limit = 20,
    *,
    json: Json = False,
) -> None:
    """Show facts, newest first."""
    page = api().get("/ledger/facts", subject=subject or None, kind=kind or None, limit=limit)
    shown = [
        (row["position"], row["occurred_at"], row["kind"], row["subject"], row["actor_name"], _short(row["data"]))
        for row in page["items"]
    ]
    head = ("Position", "At", "Kind", "Subject", "By", "Data")
    show(page, json, table(head, shown, empty="Nothing that fits has happened."))


def _short(data: dict[str, Any]) -> str:
    text = as_text.dumps(data, ensure_ascii=False)
    return text if len(text) < 100 else f"{text[:99]}…"  # noqa: PLR2004 - a line's worth


@app.command()
def inbox(
    uid: Annotated[str, typer.Argument(help="One delivery to show whole.")] = "",
    state: Annotated[str, typer.Option(help="received, read or failed.")] = "",
    limit: Limit = 20,
    *,
    json: Json = False,
) -> None:
    """Show deliveries from outside, newest first, or one of them whole."""
    if uid:
        item = api().get(f"/ledger/inbox/{uid}")
        show(item, json, say(f"{item['source']} {item['state']} {item['error']}\n{item['body']}"))
        return
    page = api().get("/ledger/inbox", state=state or None, limit=limit)
    shown = [(row["uid"], row["received_at"], row["source"], row["state"], row["error"]) for row in page["items"]]
    show(page, json, table(("Uid", "Received", "Source", "State", "Error"), shown, empty="The inbox is empty."))


@app.command()
def replay(uid: Annotated[str, typer.Argument(help="A failed delivery.")], *, json: Json = False) -> None:
    """Read a failed delivery again; exit 1 when it fails again."""
    done = api().post(f"/ledger/inbox/{uid}/replay")
    show(done, json, say(f"The delivery is {done['state']}."))
    if done["state"] == "failed":
        raise typer.Exit(1)


@app.command()
def projections(*, json: Json = False) -> None:
    """Show how far each projection has read."""
    rows = api().get("/ledger/projections")
    shown = [
        (row["name"], row["position"], row["behind"], "rebuilding" if row["rebuilding"] else "following", row["as_of"])
        for row in rows
    ]
    empty = "No room has registered a projection."
    show(rows, json, table(("Projection", "Position", "Behind", "State", "As of"), shown, empty=empty))


@app.command()
def rebuild(name: str, *, json: Json = False) -> None:
    """Have a projection computed again from the first fact."""
    done = api().post(f"/ledger/projections/{name}/rebuild")
    show(
        done,
        json,
        say(f"{name} is being rebuilt by the job {done['job']}. `roadbed ledger projections` shows how far."),
    )


@jobs.command("list")
def list_jobs(
    state: Annotated[str, typer.Option(help="waiting, running, done or failed.")] = "",
    name: Annotated[str, typer.Option(help="Like releases.deploy.")] = "",
    limit: Limit = 20,
    *,
    json: Json = False,
) -> None:
    """List jobs, newest first."""
    page = api().get("/jobs", state=state or None, name=name or None, limit=limit)
    shown = [
        (row["uid"], row["name"], row["state"], f"{row['attempts']} of {row['max_attempts']}", _last_line(row["error"]))
        for row in page["items"]
    ]
    show(page, json, table(("Uid", "Job", "State", "Attempts", "Error"), shown, empty="There is no job that fits."))


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1] if text.strip() else ""


@jobs.command("retry")
def retry(uid: str) -> None:
    """Run a failed job again, from its first attempt."""
    api().post(f"/jobs/{uid}/retry")
    show({"retried": uid}, False, say(f"The job {uid} waits to run again."))
