"""`roadbed page why`: why somebody was paged, and why not."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.alerts import print_decisions
from roadbed.cli.client import api
from roadbed.cli.output import Json, show
from roadbed.cli.spelling import counted


def register(page: typer.Typer) -> None:
    """Add the command."""
    page.command("why")(why)


def why(
    uid: Annotated[str, typer.Argument(help="A page; without it --person says about whom.")] = "",
    *,
    person: Annotated[str, typer.Option(help="Their e-mail address.")] = "",
    at: Annotated[str, typer.Option(help="The instant, like 2026-11-24T03:12Z; now without.")] = "",
    minutes: Annotated[int, typer.Option(help="How long before it a page may have been opened.")] = 60,
    json: Json = False,
) -> None:
    """Say why a page went where it went, or why a person was paged around an instant, or was not."""
    if bool(uid) is bool(person):
        raise typer.BadParameter("Name a page, or somebody with --person.")
    if uid:
        found = api().get(f"/pages/{uid}/why")
        show(found, json, lambda console: _print_page(found, console))
        return
    asked = api().get("/alerts/why", person=person, minutes=minutes, **({"at": at} if at else {}))
    show(asked, json, lambda console: _print_person(asked, console))


def _print_page(found: dict[str, Any], console: Console) -> None:
    console.print(f"[bold]{escape(found['title'])}[/], {escape(found['team'])}")
    print_decisions(found["decisions"], console)
    for one in found["people"]:
        console.print(f"[bold]{escape(one['title'])}[/]: {one['outcome']}")
        _print_reasons(one, console)


def _print_person(found: dict[str, Any], console: Console) -> None:
    turn = ", ".join(found["on_call_for"])
    said = f"was on call for {turn}" if turn else "was on call for no team"
    console.print(f"{escape(found['person'])} {escape(said)}, with {counted(found['channels'], 'channel')}.")
    if not found["entries"]:
        console.print(f"Between {found['since'][:16]} and {found['until'][:16]} UTC nothing was paged, held or listed.")
    for one in found["entries"]:
        console.print(f"{one['at'][:19].replace('T', ' ')} UTC  [bold]{one['outcome']}[/]: {escape(one['title'])}")
        _print_reasons(one, console)
    if found["left_out"]:
        console.print(f"{found['left_out']} more were left out; ask with fewer --minutes.")


def _print_reasons(one: dict[str, Any], console: Console) -> None:
    for reason in one["reasons"]:
        console.print(f"  {escape(reason)}")
