"""`roadbed slo policy`: budget policies checked offline, applied on the server, and read with their versions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import api
from roadbed.cli.output import EXIT_REFUSED, Json, show, table
from roadbed.cli.slo_files import as_data, findings_printer
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.nodes import text_of
from roadbed.reliability.objectives.rules.policy.documents import errors_of, read_policies

app = typer.Typer(help="Budget policies: which changes go out, by what is left of budgets.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The policy's name.")]
Why = Annotated[str, typer.Option(help="Why it changes; it stays with the version.")]


@app.command()
def lint(
    files: Annotated[list[Path], typer.Argument(help="Files of policies, or - for standard input.")],
    *,
    json: Json = False,
) -> None:
    """Check policies offline; exit 1 when one has errors. The rules are in the reference."""
    found = []
    for file in files:
        findings = Findings(str(file))
        text = text_of(_bytes_of(file), findings)
        found += findings.found or list(read_policies(text, file=str(file))[1])
    show([as_data(one) for one in found], json, findings_printer(tuple(found), len(files)))
    if errors_of(found):
        raise typer.Exit(EXIT_REFUSED)


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(help="A file with one policy, or - for standard input.")],
    *,
    why: Why,
    json: Json = False,
) -> None:
    """Let a policy decide from now on, as a new version. For admins."""
    try:
        text = _bytes_of(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(f"{file} is not UTF-8 text.", place=Place(file=str(file))) from None
    done = api().post("/budget-policies", {"text": text, "file": str(file)[-300:], "why": why})
    word = "decides from now on" if done["changed"] else "stands already, nothing changed"
    show(done, json, lambda console: console.print(
        f"{done['name']}/{done['number']} {word}, for {escape(done['selects'])}."))  # fmt: skip


@app.command("list")
def list_policies(*, json: Json = False) -> None:
    """Show the policies that decide now."""
    found = api().get("/budget-policies")
    rows = [
        (f"{one['name']}/{one['number']}", one["selects"], len(one["rules"]), one["by"], one["applied_at"] or "ships")
        for one in found["items"]
    ]
    show(found, json, table(("Policy", "For", "Rules", "By", "Since"), rows, empty="There is none."))


@app.command("show")
def show_policy(
    name: Annotated[str, typer.Argument(help="The policy's name; or give --service.")] = "",
    *,
    version: Annotated[int | None, typer.Option(help="An earlier version.", min=1)] = None,
    service: Annotated[str, typer.Option("--service", "-s", help="The policy that decides for this service.")] = "",
    text: Annotated[bool, typer.Option("--text", help="Its document, to edit and apply again.")] = False,
    json: Json = False,
) -> None:
    """Show a policy's rules in their order: the first that holds decides."""
    if bool(name) == bool(service):
        raise typer.BadParameter("give either a policy's name or --service", param_hint="NAME")
    if service:
        found = api().get(f"/services/{service}/budget-policy")
    else:
        found = api().get(f"/budget-policies/{name}", version=version)

    def printing(console: Console) -> None:
        if text:
            sys.stdout.write(found["text"])
        else:
            _print_policy(console, found)

    show(found, json, printing)


def _print_policy(console: Console, found: dict[str, Any]) -> None:
    console.print(f"[bold]{found['name']}/{found['number']}[/], for {escape(found['selects'])}.")
    if found["description"]:
        console.print(escape(found["description"]))
    rows = [(one["name"], one["outcome"], one["when"], one["says"]) for one in found["rules"]]
    table(("Rule", "Answer", "When", "Says"), rows, empty="It has no rules.")(console)
    if found["source"]:
        console.print(escape(f"Source: {found['source']}."))


@app.command()
def history(name: Name, *, json: Json = False) -> None:
    """Show a policy's versions, newest first: who applied each, when and why."""
    found = api().get(f"/budget-policies/{name}/versions")
    rows = [
        (one["number"], one["applied_at"] or "ships", one["by"], one["why"],
         "decides" if one["current"] else f"until {one['ended_at']}" if one["ended_at"] else "", one["digest"][:12])
        for one in found["items"]
    ]  # fmt: skip
    show(found, json, table(("Version", "Since", "By", "Why", "", "Digest"), rows, empty="It has no versions."))


@app.command()
def remove(name: Name, *, why: Why, json: Json = False) -> None:
    """Let a policy decide no longer; the next one that fits does. For admins."""
    api().delete(f"/budget-policies/{name}", why=why)
    show(
        {"removed": name}, json, lambda console: console.print(f"{escape(name)} decides no longer. Its versions stay.")
    )


def _bytes_of(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as fault:
        raise NotFound(f"{file}: {fault.strerror}.", place=Place(file=str(file))) from None
