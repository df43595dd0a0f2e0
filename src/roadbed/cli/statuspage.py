"""`roadbed statuspage`: what the public sees, and a copy of it as files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table

app = typer.Typer(help="The public status page: components, planned work, copies.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="statuspage")


@app.command(name="list")
def list_(*, json: Json = False) -> None:
    """What is on the page, with the services behind it, and planned work."""
    page = api().get("/status-page")
    rows = [(one["name"], one["service"], "", "") for one in page["components"]]
    rows += [
        (f"work: {one['title']}", ", ".join(one["components"]), one["starts_at"][:16], one["uid"])
        for one in page["maintenance"]
    ]
    show(page, json, table(("On the page", "Behind it", "From (UTC)", "Uid"), rows, empty="Nothing is on the page."))


@app.command(name="show")
def show_(
    service: str,
    name: Annotated[str, typer.Argument(help="What the public calls it.")],
    about: Annotated[str, typer.Option(help="What it does for people.")] = "",
    position: Annotated[int, typer.Option(help="Its place in the list.")] = 0,
    *,
    json: Json = False,
) -> None:
    """Put a service on the page under a public name."""
    page = api().put(f"/status-page/components/{service}", {"name": name, "description": about, "position": position})
    show(page, json, say(f"{service} is on the page as {name}."))


@app.command()
def hide(service: str, *, json: Json = False) -> None:
    """Take a service off the page."""
    page = api().delete(f"/status-page/components/{service}")
    show(page, json, say(f"{service} is off the page."))


@app.command()
def plan(
    title: str,
    start: Annotated[datetime, typer.Option(help="In UTC.")],
    end: Annotated[datetime, typer.Option(help="In UTC.")],
    service: Annotated[list[str], typer.Option(help="A service on the page; repeat for more.")],
    text: Annotated[str, typer.Option(help="What people notice.")] = "",
    *,
    json: Json = False,
) -> None:
    """Tell of planned work beforehand."""
    body = {
        "title": title, "starts_at": start.isoformat(), "ends_at": end.isoformat(), "services": service, "text": text,
    }  # fmt: skip
    page = api().post("/status-page/maintenance", body)
    show(page, json, say("It is on the page."))


@app.command()
def cancel(uid: str, *, json: Json = False) -> None:
    """Take planned work back."""
    page = api().delete(f"/status-page/maintenance/{uid}")
    show(page, json, say("It is taken back."))


@app.command()
def export(folder: Annotated[Path, typer.Argument(help="Made if it is missing.")], *, json: Json = False) -> None:
    """Write the page as files that any web server can serve while Roadbed is down."""
    made: dict[str, Any] = api().get("/status-page/copy")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in made["files"].items():
        path = folder / Path(name).name
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(text)
        fresh.replace(path)
    names = sorted(made["files"])
    show({"folder": str(folder), "files": names}, json, say(f"{', '.join(names)} are in {folder}."))
