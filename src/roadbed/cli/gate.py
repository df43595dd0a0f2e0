"""`roadbed gate`: may this change go out? The exit code answers; and what people say against the answer."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli import journal
from roadbed.cli.changelog import change_since
from roadbed.cli.client import Unreachable, access, api
from roadbed.cli.output import EXIT_UNREACHABLE, Json, err, print_refusal, say, show, table
from roadbed.ground.errors import Refusal

KINDS = "What it is declared to be: feature, fix, reliability, security, config, maintenance or rollback."
JOURNALED = {"service": 130, "environment": 40, "kind": 40, "commit": 64}
"""What is kept of a question that found nobody, and how much of each."""

Commit = Annotated[str, typer.Option(help="The commit that would go out.")]
Environment = Annotated[str, typer.Option(help="Where it would go.")]

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
    *,
    kind: Annotated[str, typer.Option(help=KINDS)] = "",
    commit: Commit = "",
    environment: Environment = "production",
    since: Annotated[
        str, typer.Option(help="The commit that serves now: derive the kind from this checkout's commits since.")
    ] = "",
    title: Annotated[str, typer.Option(help="The pull request's title, to derive the kind from.")] = "",
    body: Annotated[str, typer.Option(help="Its description.")] = "",
    label: Annotated[list[str] | None, typer.Option(help="One of its labels; can be repeated.")] = None,
    branch: Annotated[str, typer.Option(help="Its branch.")] = "",
    on_unreachable: Annotated[Fallback, typer.Option(help="What it means when no Roadbed answers.")] = Fallback.DENY,
    json: Json = False,
) -> None:
    """Ask; exit 0 to pass, 10 denied, 11 unknown and refused, 12 unreachable."""
    known = change_since(since) if since else {}
    if title:
        # The pull request says what the change is for; its commits say it only where nobody wrote one.
        known["changes"] = [{"title": title, "body": body}]
    asked = {
        **known,
        "service": service,
        "kind": kind,
        "commit": commit or known.get("commit", ""),
        "environment": environment,
        "labels": label or [],
        "branch": branch,
    }
    try:
        verdict = api(timeout=10.0).post("/gate/check", asked)
    except Unreachable as refusal:
        _unreachable(refusal, on_unreachable, asked, json_mode=json)
        return
    except Refusal as refusal:
        if getattr(refusal, "http_status", 0) < 500:  # noqa: PLR2004 - the server's own faults are no answer
            raise
        _unreachable(refusal, on_unreachable, asked, json_mode=json)
        return
    show(verdict, json, lambda console: _print(verdict, console))
    raise typer.Exit(verdict["exit_code"])


def _unreachable(refusal: Refusal, fallback: Fallback, asked: dict[str, Any], *, json_mode: bool) -> None:
    print_refusal(refusal, json_mode=json_mode)
    if fallback is Fallback.DENY:
        raise typer.Exit(EXIT_UNREACHABLE)
    err.print("Passed without an answer, as --on-unreachable allow says.")
    url = ""
    with suppress(Unreachable):
        url = access().url
    told = {name: str(asked[name])[:most] for name, most in JOURNALED.items()}
    try:
        journal.note(url=url, asked=told, why=refusal.detail)
    except OSError as fault:
        err.print(f"This could not be kept ({escape(str(fault))}), so that nobody will be told. Tell it yourself.")
    else:
        err.print("It is kept, and told to Roadbed by the next command that reaches it.")


def _print(verdict: dict[str, Any], console: Console) -> None:
    word = "Yes" if verdict["passes"] else "No"
    tail = "may go out" if verdict["passes"] else "is refused"
    console.print(f"[bold]{word}.[/] A {escape(verdict['kind'])} of {escape(verdict['service'])} {tail}.")
    for reason in verdict["reasons"]:
        console.print(f"  {escape(reason['outcome'])}: {escape(reason['text'])} ({escape(reason['rule'])})")
        if reason["clears"]:
            console.print(f"    {escape(reason['clears'])}")
    if verdict.get("evidence"):
        console.print(
            f"  derived: {escape(verdict['derived_kind'])}, from {escape('; '.join(verdict['evidence'][:3]))}"
        )
    if verdict.get("decision"):
        console.print(f"  Decision {escape(verdict['decision'])}")


@app.command("show")
def show_one(decision: str, *, json: Json = False) -> None:
    """Show a decision again, as it was given."""
    found = api().get(f"/gate/decisions/{decision}")
    told = found["data"] | {"decision": found["uid"]}
    show(found, json, lambda console: _print(told, console))


@app.command("list")
def list_decisions(
    service: Annotated[str, typer.Argument(help="One service; else all.")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=200)] = 20,
    *,
    answer: Annotated[
        str, typer.Option("--answer", help="Only refused, overridden, warned, unknown or allowed ones.")
    ] = "",
    json: Json = False,
) -> None:
    """Show decisions, newest first."""
    page = api().get("/gate/decisions", service=service or None, answer=answer or None, limit=limit)
    rows = [
        (one["asked_at"], one["service"], one["commit"][:12], one["kind"], _word(one), one["asked_by"], one["uid"])
        for one in page["items"]
    ]
    head = ("Asked", "Service", "Commit", "Kind", "Answer", "By", "Decision")
    show(page, json, table(head, rows, empty="Nobody has asked the gate yet."))


def _word(one: dict[str, Any]) -> str:
    if one["data"].get("overridden"):
        return "overridden"
    if one["outcome"] == "unknown":
        return "unknown, passed" if one["passes"] else "unknown, refused"
    return str(one["outcome"])


@app.command()
def override(
    service: str,
    commit: Annotated[str, typer.Option(help="The refused commit.")],
    reason: Annotated[str, typer.Option(help="Why it must go out now, in 20 characters or more.")],
    hours: Annotated[float, typer.Option(help="When it runs out; at most 4.")] = 1.0,
    environment: Environment = "production",
    *,
    json: Json = False,
) -> None:
    """Let a refused commit out for a while; it is in the ledger, and it counts."""
    sent = {"service": service, "commit": commit, "reason": reason, "hours": hours, "environment": environment}
    made = api().post("/gate/overrides", sent)
    text = f"Overridden for {service} {commit[:12]} until {made['expires_at']}. Deploy it now."
    show(made, json, say(text))


@app.command()
def overrides(
    service: Annotated[str, typer.Argument(help="One service; else all.")] = "", *, json: Json = False
) -> None:
    """Show the overrides of the last 90 days."""
    page = api().get("/gate/overrides", service=service or None)
    rows = [
        (one["created_at"], one["service"], one["commit"][:12], one["person"], one["reason"], one["expires_at"])
        for one in page["items"]
    ]
    head = ("At", "Service", "Commit", "By", "Reason", "Runs out")
    show(page, json, table(head, rows, empty="Nothing was overridden in 90 days."))


@app.command()
def unreachable(
    service: Annotated[str, typer.Argument(help="One service; else all.")] = "", *, json: Json = False
) -> None:
    """Show which changes of the last 90 days went out without an answer."""
    page = api().get("/gate/unreachable", service=service or None)
    rows = [
        (one["at"], one["service"], one["environment"], one["commit"][:12], one["reported_at"], one["reported_by"])
        for one in page["items"]
    ]
    head = ("At", "Service", "Environment", "Commit", "Told", "By")
    show(page, json, table(head, rows, empty="None was told of in 90 days."))


@app.command()
def confirm(
    service: str,
    commit: Annotated[str, typer.Option(help="The commit.")],
    kind: Annotated[str, typer.Option(help="The kind that somebody else declared.")],
    *,
    json: Json = False,
) -> None:
    """Confirm, as a second person, what another one declared against what the change reads as."""
    api().post("/gate/confirmations", {"service": service, "commit": commit, "kind": kind})
    show({"confirmed": True}, json, say(f"Confirmed: {commit[:12]} of {service} counts as {kind}."))
