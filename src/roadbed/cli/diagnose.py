"""`roadbed diagnose`: the fifteen-minute diagnostic, offline, with neither a server nor an account."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from roadbed.cli.output import EXIT_REFUSED, Json, err, show
from roadbed.ground.errors import Invalid, NotFound, Place

if TYPE_CHECKING:
    from roadbed.organization.diagnostic.rules.reading import Sheets


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command()(diagnose)


def diagnose(
    *,
    answers: Annotated[
        list[Path], typer.Option("--answers", help="A file of answers, YAML or JSON; - for standard input. Repeatable.")
    ] = [],  # noqa: B006 - typer makes a new list of it
    previous_stage: Annotated[
        str, typer.Option(help="The stage that was advised before, like 40-80: edges then have 10% hysteresis.")
    ] = "",
    html: Annotated[Path | None, typer.Option("--html", help="Also write the report to this file, to print.")] = None,
    save: Annotated[Path | None, typer.Option("--save", help="Where answers are kept as one goes.")] = None,
    restart: Annotated[bool, typer.Option("--restart", help="Forget what was answered before.")] = False,
    template: Annotated[bool, typer.Option("--template", help="Print a file of answers to fill in.")] = False,
    json: Json = False,
) -> None:
    """Answer twenty questions in at most fifteen minutes, and see where delivery, SRE and platform are thin.

    Without --answers it asks, and keeps what was answered: leave at any time and go on later. With several files, or
    one with many people's answers, it shows medians and quartiles, and hides what fewer than five answered. Exit
    codes: 0 a report was made, 1 a fault in a file, or the questions were left before the end.
    """
    if template:
        from roadbed.cli.diagnosing.template import text

        sys.stdout.write(text())
        return
    found = _from_files(answers) if answers else _from_person(save, restart=restart)
    _report(found, previous_stage, html, json_mode=json)


def _from_files(files: list[Path]) -> Sheets:
    from roadbed.organization.diagnostic.rules.reading import read

    return read({str(file): _bytes_of(file) for file in files})


def _bytes_of(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as fault:
        remedy = "`roadbed diagnose --template` prints one to fill in."
        raise NotFound(f"{file}: {fault.strerror}.", remedy=remedy, place=Place(file=str(file))) from None


def _from_person(save: Path | None, *, restart: bool) -> Sheets:
    from roadbed.cli.diagnosing import asking, keeping
    from roadbed.organization.diagnostic.rules.reading import Sheet, Sheets

    progress = keeping.load(save or keeping.default_path())
    if restart:
        progress.forget()
    try:
        asking.ask(progress, err)
    except (asking.Left, KeyboardInterrupt):
        err.print(f"\nKept in {progress.path}. Go on with the same command.")
        raise typer.Exit(EXIT_REFUSED) from None
    told = {key: value for key, value in progress.about.items() if value is not None}
    err.print(f"\nKept in {progress.path}; --restart begins again.\n")
    return Sheets((Sheet(progress.answers, str(progress.path)),), told, many=False)


def _report(found: Sheets, previous_stage: str, html: Path | None, *, json_mode: bool) -> None:
    from roadbed.cli.diagnosing import paper
    from roadbed.cli.diagnosing.printing import print_report
    from roadbed.organization.diagnostic.rules import about as telling
    from roadbed.organization.diagnostic.rules.publishing import shown
    from roadbed.organization.diagnostic.rules.reporting import of_many, of_one
    from roadbed.organization.diagnostic.rules.shapes import as_data
    from roadbed.organization.layers.rules.advising import advise

    told = dict(found.about)
    if previous_stage:
        told["previous_stage"] = telling.check("previous_stage", previous_stage, Place(field="--previous-stage"))
    report = (
        of_many(shown([[one.answers for one in found.sheets]]), told, advise)
        if found.many
        else of_one(found.sheets[0].answers, told, advise)
    )
    if html is not None:
        _write(html, paper.page(report, many=found.many))
    show(as_data(report), json_mode, lambda console: print_report(console, report, many=found.many))
    if html is not None:
        err.print(f"Written to {html}.")


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise Invalid(f"{file}: {fault.strerror}.", remedy="Name a file that can be written.") from None
