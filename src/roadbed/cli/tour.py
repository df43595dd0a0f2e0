"""`roadbed tour`: one bad deployment on a running Roadbed, and everything that it moves, seen and timed."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from roadbed.cli import output
from roadbed.cli.client import api
from roadbed.cli.output import Json
from roadbed.cli.touring.breaking import BREAKS, path_for
from roadbed.cli.touring.receiving import SmtpSink, Webhook
from roadbed.cli.touring.stage import Missed, Stage
from roadbed.cli.touring.story import STEPS, Step
from roadbed.ground.errors import Invalid, Place, Refusal

LONGEST: Final = 140.0
"""Seconds for the steps; tidying up comes after them."""

MARKS: Final = {"seen": "[green]✓[/]", "missed": "[red]✗[/]", "skipped": "·"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one step came out: seen, missed or skipped."""

    step: str
    title: str
    outcome: str
    seconds: float
    text: str
    figures: dict[str, Any] = field(default_factory=dict)


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command("tour")(tour)


def tour(
    *,
    webhook: Annotated[
        bool, typer.Option("--webhook", help="Receive the page by a signed webhook instead of by mail.")
    ] = False,
    path: Annotated[str, typer.Option(help="The golden path; else the one that starts fastest here.")] = "",
    keep: Annotated[bool, typer.Option("--keep", help="Leave the service running at the end.")] = False,
    json: Json = False,
) -> None:
    """Watch one bad deployment: burn, page, incident, gate, rollback, review, metrics. Takes at most 150 s.

    It makes a service, a team and a person of its own, pages nobody else, and takes them back at the end.
    Exit codes: 0 everything was seen, 1 something was not, 12 Roadbed does not answer.
    """
    if path and path not in BREAKS:
        raise Invalid(
            f"The tour cannot break {path!r}.", remedy=f"One of {', '.join(BREAKS)}.", place=Place(field="path")
        )
    reach = api(timeout=60.0)
    reach.get("/teams")
    receiver = Webhook() if webhook else SmtpSink()
    began = time.monotonic()
    stage = Stage(reach, receiver, path or path_for(), deadline=began + LONGEST)
    outcomes: list[Outcome] = []
    try:
        for step in STEPS:
            outcomes.append(_take(step, stage, outcomes))
            _tell(outcomes[-1], quiet=json)
    finally:
        outcomes.append(_tidied(stage, keep=keep))
        _tell(outcomes[-1], quiet=json)
    seen = all(one.outcome == "seen" for one in outcomes)
    told = {
        "seen": seen,
        "service": stage.service,
        "seconds": round(time.monotonic() - began, 1),
        "steps": [asdict(one) for one in outcomes],
    }
    text = f"{'Everything was seen' if seen else 'Not everything was seen'} in {told['seconds']} s."
    output.show(told, json, output.say(text))
    raise typer.Exit(0 if seen else 1)


def _take(step: Step, stage: Stage, before: list[Outcome]) -> Outcome:
    missing = [one.title for one in before if one.step in step.needs and one.outcome != "seen"]
    if missing:
        return Outcome(step.name, step.title, "skipped", 0.0, f"It needs “{missing[0]}”.")
    began = time.monotonic()
    if began > stage.deadline:
        return Outcome(step.name, step.title, "missed", 0.0, f"The tour's {LONGEST:g} s are over.")
    figures: dict[str, Any] = {}
    try:
        saw = step.run(stage)
        outcome, text, figures = "seen", saw.text, saw.figures
    except Missed as missed:
        outcome, text = "missed", str(missed)
    except Refusal as refusal:
        outcome, text = "missed", f"{refusal.detail} {refusal.remedy}".strip()
    return Outcome(step.name, step.title, outcome, round(time.monotonic() - began, 2), text, figures)


def _tidied(stage: Stage, *, keep: bool) -> Outcome:
    began = time.monotonic()
    faults = stage.tidy(keep=keep)
    rest = "its service stays, as --keep says" if keep else "its service is stopped and out of the catalogue"
    text = "; ".join(faults) or f"{rest}; its rotation and channel are gone, its person may not sign in"
    seconds = round(time.monotonic() - began, 2)
    return Outcome("tidy", "Tidy up", "missed" if faults else "seen", seconds, text)


def _tell(one: Outcome, *, quiet: bool) -> None:
    if quiet:
        return
    output.out.print(f"{MARKS[one.outcome]} [bold]{one.title}[/], {one.seconds:.1f} s")
    output.out.print(f"    {escape(one.text)}")
