"""`roadbed subscription`: have facts sent to other systems, see what was sent, send it again."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import Api, api
from roadbed.cli.output import EXIT_REFUSED, Json, say, show, table

app = typer.Typer(help="Facts sent to other systems as signed webhooks or CDEvents.", no_args_is_help=True)
ENDED = ("delivered", "failed")
WATCHED_SECONDS = 15.0
Name = Annotated[str, typer.Argument(help="The subscription's name or uid.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="subscription")


@app.command("list")
def list_subscriptions(*, json: Json = False) -> None:
    """List subscriptions and how each is."""
    found = api().get("/subscriptions")
    rows = [
        (one["name"], one["format"], ", ".join(one["kinds"]), _standing(one), one["waiting"], _arrived(one), one["url"])
        for one in found["items"]
    ]
    head = ("Name", "Format", "Asks for", "State", "Waiting", "Last arrived", "Address")
    show(found, json, table(head, rows, empty="Nobody is sent anything. `roadbed subscription create` begins it."))


def _standing(one: dict[str, Any]) -> str:
    if one["state"] == "paused":
        return "paused"
    return f"failing, {one['failures']} in a row" if one["failures"] else "active"


def _arrived(one: dict[str, Any]) -> str | None:
    return str(one["delivered_at"])[:19].replace("T", " ") if one["delivered_at"] else None


@app.command()
def kinds(*, json: Json = False) -> None:
    """List what can be asked for, and what each is called as a CloudEvent."""
    found = api().get("/subscription-kinds")
    rows = [(one["kind"], one["type"]) for one in found["items"]]
    show(found, json, table(("Kind", "As a CloudEvent"), rows, empty=""))


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens.")],
    url: Annotated[str, typer.Argument(help="Where facts are posted to.")],
    *,
    kind: Annotated[list[str], typer.Option(help="A kind, a beginning like 'incident.*', or '*'; can be repeated.")],
    form: Annotated[str, typer.Option("--format", help="cdevents, or roadbed: the fact as JSON.")] = "roadbed",
    environment: Annotated[str, typer.Option(help="Only facts of this environment.")] = "",
    service: Annotated[str, typer.Option(help="Only facts about this service.")] = "",
    team: Annotated[str, typer.Option(help="Only facts about what this team owns.")] = "",
    json: Json = False,
) -> None:
    """Have facts sent from now on; prints the secret that signs them, this once."""
    sent = {
        "name": name, "url": url, "kinds": kind, "format": form,
        "environment": environment, "service": service, "team": team,
    }  # fmt: skip
    made = api().post("/subscriptions", sent)
    show(made, json, lambda console: _print_secret(made, console, f"{name} is sent what happens from now on."))


def _print_secret(made: dict[str, Any], console: Console, said: str) -> None:
    console.print(escape(said))
    console.print(f"Secret, shown this once: [bold]{escape(made['secret'])}[/]")
    if made["both_sign_until"]:
        console.print(f"Until {escape(made['both_sign_until'][:19])} the former secret signs as well.")


@app.command("show")
def show_one(name: Name, *, json: Json = False) -> None:
    """Show one: what it asks for, how it is, why it is paused."""
    found = api().get(f"/subscriptions/{name}")
    rows = [
        ("Name", found["name"]),
        ("Address", found["url"]),
        ("Format", found["format"]),
        ("Asks for", ", ".join(found["kinds"])),
        ("Only", _only(found) or "nothing is left out"),
        ("State", _standing(found)),
        ("Waiting", found["waiting"]),
        ("Given up", found["given_up"]),
        ("Not read yet", f"{found['behind']} positions of the ledger"),
        ("Last arrived", _arrived(found)),
    ]
    if found["state"] == "paused":
        rows.append(("Paused", f"by {found['paused_by']}: {found['paused_for'] or 'no reason was given'}"))
    if found["quiet_until"]:
        rows.append(("Tried again", found["quiet_until"][:19]))
    show(found, json, table(("", ""), rows, empty=""))


def _only(found: dict[str, Any]) -> str:
    return ", ".join(f"{part} {found[part]}" for part in ("environment", "service", "team") if found[part])


@app.command()
def pause(
    name: Name, reason: Annotated[str, typer.Option(help="Why, for the others.")] = "", *, json: Json = False
) -> None:
    """Send nothing until it is resumed; nothing is lost meanwhile."""
    done = api().post(f"/subscriptions/{name}/pause", {"reason": reason})
    show(done, json, say(f"{done['name']} is paused. What happens meanwhile is sent when it is resumed."))


@app.command()
def resume(
    name: Name,
    *,
    skip: Annotated[bool, typer.Option("--skip", help="Leave out what happened meanwhile.")] = False,
    json: Json = False,
) -> None:
    """Send again, beginning with what happened meanwhile."""
    done = api().post(f"/subscriptions/{name}/resume", {"skip": skip})
    show(done, json, say(f"{done['name']} is sent facts again{', from now on' if skip else ''}."))


@app.command()
def rotate(
    name: Name,
    overlap: Annotated[float, typer.Option(help="Hours for which the former secret signs as well; 0 to 168.")] = 24.0,
    *,
    json: Json = False,
) -> None:
    """Make a new secret, printed this once."""
    made = api().post(f"/subscriptions/{name}/rotate", {"overlap_hours": overlap})
    show(made, json, lambda console: _print_secret(made, console, f"{made['name']} has a new secret."))


@app.command()
def ping(name: Name, *, json: Json = False) -> None:
    """Send a test message and wait for its end; exit 1 when it did not arrive."""
    door = api()
    sent = door.post(f"/subscriptions/{name}/ping")
    _end_of(door, name, sent["uid"], json_mode=json)


@app.command()
def redeliver(
    name: Name,
    delivery: Annotated[str, typer.Argument(help="The delivery's uid, or its fact's.")],
    *,
    json: Json = False,
) -> None:
    """Send one delivery again and wait for its end; exit 1 when it did not arrive."""
    door = api()
    sent = door.post(f"/subscriptions/{name}/deliveries/{delivery}/redeliver")
    _end_of(door, name, sent["uid"], json_mode=json)


def _end_of(door: Api, name: str, uid: str, *, json_mode: bool) -> None:
    until = time.monotonic() + WATCHED_SECONDS
    found = door.get(f"/subscriptions/{name}/deliveries/{uid}")
    # A try is over when the delivery ended, or waits again with a reason.
    while found["state"] not in ENDED and not (found["state"] == "waiting" and found["tries"]):
        if time.monotonic() > until:
            break
        time.sleep(0.1)
        found = door.get(f"/subscriptions/{name}/deliveries/{uid}")
    show(found, json_mode, say(_outcome(found)))
    if found["state"] != "delivered":
        raise typer.Exit(EXIT_REFUSED)


def _outcome(found: dict[str, Any]) -> str:
    if found["state"] == "delivered":
        return f"It arrived: answered {found['status']} after {found['seconds']:.3f} s."
    if not found["tries"]:
        return "It still waits. Is the worker running? `roadbed doctor` says so."
    return f"It did not arrive: {found['reason']}."


@app.command()
def deliveries(
    name: Name,
    state: Annotated[str, typer.Option(help="waiting, sending, delivered or failed; all without.")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=200)] = 20,
    cursor: Annotated[str, typer.Option(help="Where the page before ended.")] = "",
    *,
    json: Json = False,
) -> None:
    """Show the delivery log, newest first."""
    page = api().get(f"/subscriptions/{name}/deliveries", state=state or None, limit=limit, cursor=cursor or None)
    rows = [
        (one["queued_at"][:19].replace("T", " "), one["kind"], one["state"], one["tries"], one["status"] or "none",
         None if one["seconds"] is None else f"{one['seconds']:.2f} s", one["reason"], one["uid"])
        for one in page["items"]
    ]  # fmt: skip
    head = ("Queued", "Kind", "State", "Tries", "Answer", "Took", "Reason", "Delivery")
    show(page, json, table(head, rows, empty="Nothing was sent yet."))


@app.command()
def replay(
    name: Name,
    *,
    since: Annotated[str, typer.Option(help="All facts since this instant, like 2026-11-28T09:00Z.")] = "",
    fact: Annotated[str, typer.Option(help="One fact's uid.")] = "",
    json: Json = False,
) -> None:
    """Send past facts, whether they were sent before or not."""
    done = api().post(f"/subscriptions/{name}/replay", {"fact": fact, "since": since or None})
    show(done, json, say(f"At most {done['facts']} are sent."))


@app.command()
def remove(name: Name, *, json: Json = False) -> None:
    """Remove it; what waits is not sent."""
    api().delete(f"/subscriptions/{name}")
    show({"removed": name}, json, say(f"{name} is removed."))
