"""`roadbed gate check`: may this change go out? The answer is the exit code."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import Unreachable, api
from roadbed.cli.output import EXIT_UNREACHABLE, Json, err, print_refusal, show
from roadbed.ground.errors import Refusal

app = typer.Typer(help="Gates: asked before a change goes out.", no_args_is_help=True)


class Fallback(StrEnum):
    """What an unreachable Roadbed means."""

    ALLOW = "allow"
    DENY = "deny"


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="gate")


@app.callback()
def _gate() -> None:
    """Gates: asked before a change goes out."""


@app.command()
def check(
    service: str,
    kind: Annotated[str, typer.Option(help="feature, fix, reliability, security, config or rollback.")] = "feature",
    commit: Annotated[str, typer.Option(help="The commit that would go out.")] = "",
    environment: Annotated[str, typer.Option(help="Where it would go.")] = "production",
    on_unreachable: Annotated[Fallback, typer.Option(help="What it means when no Roadbed answers.")] = Fallback.DENY,
    *,
    json: Json = False,
) -> None:
    """Ask; exit 0 to pass, 10 denied, 11 unknown and refused, 12 unreachable."""
    body = {"service": service, "kind": kind, "commit": commit, "environment": environment}
    try:
        verdict = api(timeout=10.0).post("/gate/check", body)
    except Unreachable as refusal:
        _unreachable(refusal, on_unreachable, json_mode=json)
        return
    except Refusal as refusal:
        if getattr(refusal, "http_status", 0) < 500:  # noqa: PLR2004 - the server's own faults are no answer
            raise
        _unreachable(refusal, on_unreachable, json_mode=json)
        return
    show(verdict, json, lambda console: _print(verdict, console))
    raise typer.Exit(verdict["exit_code"])


def _unreachable(refusal: Refusal, fallback: Fallback, *, json_mode: bool) -> None:
    print_refusal(refusal, json_mode=json_mode)
    if fallback is Fallback.ALLOW:
        err.print("Passed without an answer, as --on-unreachable allow says.")
        return
    raise typer.Exit(EXIT_UNREACHABLE)


def _print(verdict: dict[str, Any], console: Console) -> None:
    word = "Yes" if verdict["passes"] else "No"
    tail = "may go out" if verdict["passes"] else "is refused"
    console.print(f"[bold]{word}.[/] A {escape(verdict['kind'])} of {escape(verdict['service'])} {tail}.")
    for reason in verdict["reasons"]:
        console.print(f"  {escape(reason['outcome'])}: {escape(reason['text'])} ({escape(reason['rule'])})")
        if reason["clears"]:
            console.print(f"    {escape(reason['clears'])}")
