"""`roadbed source`: doors for webhooks, their secrets, the past of repositories, and how good the data is."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table

app = typer.Typer(help="Who tells of changes and deployments: doors for webhooks, and the past.", no_args_is_help=True)
backfill = typer.Typer(help="Take in what happened before there was a webhook.", no_args_is_help=True)
link = typer.Typer(help="What deployments carried, corrected by hand.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The source's name.")]
Services = Annotated[list[str] | None, typer.Option("--service", help="A service that lives there; can be repeated.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="source")


app.add_typer(backfill, name="backfill")
app.add_typer(link, name="link")


@app.command()
def add(
    kind: Annotated[str, typer.Argument(help="github, gitlab, cdevents, argocd, jenkins or plain.")],
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens; it stands in the address.")],
    *,
    deploys: Annotated[
        list[str] | None,
        typer.Option(help="A workflow, pipeline or job that deploys, like 'deploy *'; can be repeated."),
    ] = None,
    environment: Annotated[str, typer.Option(help="Where those deploy to.")] = "production",
    secret_stdin: Annotated[
        bool, typer.Option("--secret-stdin", help="Take the sender's own secret from standard input.")
    ] = False,
    json: Json = False,
) -> None:
    """Open a door for a sender; prints its address and its secret, the secret this once."""
    sent = {
        "kind": kind, "name": name, "deploys": deploys or [], "environment": environment,
        "secret": sys.stdin.readline().strip() if secret_stdin else "",
    }  # fmt: skip
    opened = api().post("/sources", sent)
    show(opened, json, lambda console: _print_secret(opened, console))


def _print_secret(opened: dict[str, Any], console: Console) -> None:
    console.print(f"Address: [bold]{escape(opened['address'])}[/]")
    console.print(f"Secret, shown this once: [bold]{escape(opened['secret'])}[/]")
    if opened["both_open_until"]:
        console.print(f"Until {escape(opened['both_open_until'][:19])} the former secret opens the door as well.")
    console.print(f"At the sender: {escape(opened['setting'])}")


@app.command("list")
def list_sources(*, json: Json = False) -> None:
    """List sources: how each is, its last delivery, what could not be read."""
    found = api().get("/sources")
    rows = [
        (one["name"], one["title"], _standing(one), one["deliveries"], one["unreadable"],
         _instant(one["last_delivery_at"]), one["address"])
        for one in found["items"]
    ]  # fmt: skip
    head = ("Name", "Sender", "State", "In 7 days", "Unreadable", "Last delivery", "Address")
    show(found, json, table(head, rows, empty="Nobody outside tells anything. `roadbed source add` opens a door."))


def _instant(text: str | None) -> str:
    return text[:19].replace("T", " ") if text else "never"


def _standing(one: dict[str, Any]) -> str:
    if one["archived_at"]:
        return "archived"
    if one["silent_since"]:
        return f"silent since {_instant(one['silent_since'])}"
    return "delivers" if one["last_delivery_at"] else "nothing yet"


@app.command("show")
def show_one(name: Name, *, json: Json = False) -> None:
    """Show one: its address, how it is, what to set at the sender."""
    one = api().get(f"/sources/{name}")
    ahead = (
        f"{one['ahead_seconds']:.0f} s ahead, seen {_instant(one['ahead_at'])}" if one["ahead_seconds"] else "not ahead"
    )
    rows = [
        ("Name", one["name"]), ("Sender", one["title"]), ("Address", one["address"]), ("Proof", one["proof"]),
        ("State", _standing(one)), ("Pipelines that deploy", ", ".join(one["deploys"]) or "none by name"),
        ("They deploy to", one["environment"]), ("Waiting", one["waiting"]), ("Unreadable", one["unreadable"]),
        ("Clock", ahead), ("At the sender", one["setting"]),
    ]  # fmt: skip
    show(one, json, table(("", ""), rows, empty=""))


@app.command()
def change(
    name: Name,
    *,
    deploys: Annotated[list[str] | None, typer.Option(help="A pipeline that deploys; can be repeated.")] = None,
    environment: Annotated[str, typer.Option(help="Where those deploy to.")] = "production",
    json: Json = False,
) -> None:
    """Change which pipelines deploy, and where to."""
    one = api().patch(f"/sources/{name}", {"deploys": deploys or [], "environment": environment})
    show(one, json, say(f"{name} is changed, for what it tells from now on."))


@app.command()
def rotate(
    name: Name,
    overlap: Annotated[float, typer.Option(help="Hours for which the former secret opens too; 0 to 168.")] = 24.0,
    *,
    json: Json = False,
) -> None:
    """Make a new secret, printed this once."""
    opened = api().post(f"/sources/{name}/rotate", {"overlap_hours": overlap})
    show(opened, json, lambda console: _print_secret(opened, console))


@app.command()
def archive(name: Name, *, json: Json = False) -> None:
    """Close a door; what came through it stays."""
    show(api().post(f"/sources/{name}/archive"), json, say(f"{name} is archived; its address answers 410."))


@app.command()
def restore(name: Name, *, json: Json = False) -> None:
    """Open it again, with the secret that it had."""
    show(api().post(f"/sources/{name}/restore"), json, say(f"{name} takes deliveries again."))


@app.command()
def replay(name: Name, *, json: Json = False) -> None:
    """Read again what could not be read, as after a service was registered."""
    done = api().post(f"/sources/{name}/replay")
    show(done, json, say(f"Deliveries that are read again: {done['deliveries']}."))


@app.command()
def quality(
    days: Annotated[int, typer.Option(min=1, max=400, help="Of how many days.")] = 28, *, json: Json = False
) -> None:
    """Show how good the data is that delivery is measured by, each finding with what mends it."""
    panel = api().get("/delivery/quality", days=days)
    rows = [(one["title"], one["value"], one["level"], one["detail"], one["remedy"]) for one in panel["findings"]]
    show(panel, json, table(("Finding", "Value", "Level", "What it rests on", "Remedy"), rows, empty=""))


@link.command("set")
def set_link(
    deployment: Annotated[str, typer.Argument(help="The deployment's uid.")],
    commits: Annotated[list[str] | None, typer.Argument(help="Names of the commits it carried; none for none.")] = None,
    *,
    reason: Annotated[str, typer.Option(help="How you know.")],
    json: Json = False,
) -> None:
    """Say what a deployment carried; recorded as a fact, and stands before what was found."""
    api().put(f"/deployments/{deployment}/link", {"commits": commits or [], "reason": reason})
    show({"deployment": deployment, "commits": commits or []}, json, say("Noted. It stands before what was found."))


@link.command("withdraw")
def withdraw_link(
    deployment: Annotated[str, typer.Argument(help="The deployment's uid.")], *, json: Json = False
) -> None:
    """Take a correction back; the deployment is linked from what was told again."""
    api().delete(f"/deployments/{deployment}/link")
    show({"deployment": deployment}, json, say("Taken back. It is linked from what was told again."))


@backfill.command("list")
def list_backfills(*, json: Json = False) -> None:
    """List how far the past of each repository was taken in."""
    found = api().get("/backfills")
    rows = [
        (one["repository"], one["way"], one["done"], one["total"], "done" if one["finished"] else "under way",
         _instant(one["updated_at"]), one["trouble"])
        for one in found["items"]
    ]  # fmt: skip
    show(
        found,
        json,
        table(("Repository", "From", "Taken in", "Of", "State", "At", "Trouble"), rows, empty="None was asked for."),
    )


@backfill.command("git")
def backfill_git(
    path: Annotated[str, typer.Argument(help="A clone on this machine.")],
    service: Services = None,
    *,
    tags: Annotated[
        list[str] | None, typer.Option(help="Tags that were deployments to production, like 'v*'; needs one service.")
    ] = None,
    repository: Annotated[str, typer.Option(help="Its name; the address of `origin` without.")] = "",
    again: Annotated[bool, typer.Option("--again", help="From the first commit, whatever was taken in.")] = False,
    json: Json = False,
) -> None:
    """Take in the commits of a clone, going on where the last run stopped; what is told twice counts once."""
    from roadbed.cli.cloning import Clone, send

    done = send(api(timeout=120.0), Clone(path, repository), services=service or [], tags=tags or [], again=again)
    said = f"{done['sent']} commits of {done['repository']} taken in"
    said += f", {done['deployments']} deployments by tags." if tags else "."
    show(done, json, say(" ".join([said, *done["problems"][:3]])))


def _from_api(way: str, repository: str, service: list[str] | None, address: str, *, json: bool) -> None:
    import os

    token = os.environ.get("ROADBED_BACKFILL_TOKEN", "") or (
        sys.stdin.readline().strip() if not sys.stdin.isatty() else typer.prompt("Token", hide_input=True)
    )
    sent = {"way": way, "repository": repository, "token": token, "address": address, "services": service or []}
    begun = api().post("/backfills/api", sent)
    show(begun, json, say(f"The worker reads it (job {begun['job']}); `roadbed source backfill list` shows how far."))


@backfill.command("github")
def backfill_github(
    repository: Annotated[str, typer.Argument(help="Like acme/shop.")],
    service: Services = None,
    *,
    address: Annotated[
        str, typer.Option(help="Of the API of GitHub Enterprise, like https://ghe.example/api/v3.")
    ] = "",
    json: Json = False,
) -> None:
    """Have the worker read pull requests, commits, deployments; the token is ROADBED_BACKFILL_TOKEN or on stdin."""
    _from_api("github", repository, service, address, json=json)


@backfill.command("gitlab")
def backfill_gitlab(
    repository: Annotated[str, typer.Argument(help="Like group/shop.")],
    service: Services = None,
    *,
    address: Annotated[str, typer.Option(help="Of the API of your own GitLab, like https://git.example/api/v4.")] = "",
    json: Json = False,
) -> None:
    """Have the worker read merge requests, commits, deployments; the token is ROADBED_BACKFILL_TOKEN or on stdin."""
    _from_api("gitlab", repository, service, address, json=json)
