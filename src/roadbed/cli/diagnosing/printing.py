"""Prints a report to the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from roadbed.cli.output import table
from roadbed.organization.diagnostic.rules.aggregating import FEWEST
from roadbed.organization.diagnostic.rules.reporting import DimensionResult, Report

WIDTH = 20
STATES = {"bad": "bold red", "warn": "bold yellow"}


def print_report(console: Console, report: Report, *, many: bool) -> None:
    """The weakest side first, then the scores, what to do, and the advice."""
    weakest = f"Your weakest side is {report.weakest_names}." if report.weakest else "No dimension has a score yet."
    console.print(f"[bold]{weakest}[/]")
    score = "No data" if report.overall is None else f"{report.overall:.1f} of 10"
    console.print(f"Overall {score}. {escape(report.why)}")
    if many:
        console.print(f"{report.people} people answered; medians with quartiles, hidden under {FEWEST} answers.")
    console.print()
    for side in report.dimensions:
        console.print(_bar(side))
    console.print()
    for one in report.alone:
        points = "" if one.score is None else f", {one.score:.1f} of 10"
        console.print(f"{one.question.short}: {escape(one.said)}{points}")
    if report.first:
        console.print("\n[bold]What to do first[/]")
    for at, doing in enumerate(report.first, 1):
        gains = f"{doing.question.dimension} +{doing.gain:.1f}"
        console.print(f"{at}. {escape(doing.title)} [dim]({gains}, {doing.effort}; {doing.rule})[/]")
        console.print(f"   {escape(doing.how)}")
    _print_advice(console, report)
    console.print()
    rows = [
        (one.question.number, one.question.short, one.said, "No data" if one.score is None else f"{one.score:.1f}")
        for one in report.questions
    ]
    table(("", "Question", "Answer", "Points"), rows, empty="")(console)


def _bar(one: DimensionResult) -> str:
    if one.score is None:
        return f"{one.name:<15} {'·' * WIDTH}  No data  [dim]{escape(one.why)}[/]"
    full = round(one.score / 10 * WIDTH)
    among = "" if one.low is None or one.high is None else f", {one.low:.1f} to {one.high:.1f}, n = {one.n}"
    drawn = f"{'━' * full}[dim]{'·' * (WIDTH - full)}[/]"
    return f"{one.name:<15} {drawn}  {one.score:>4.1f}     [dim]confidence {one.confidence}{among}[/]"


def _print_advice(console: Console, report: Report) -> None:
    advice = report.advice
    console.print("\n[bold]Advice for your stage[/]")
    if advice.stage is None:
        console.print("No data: the number of engineers is unknown.")
    else:
        console.print(f"{escape(advice.stage.says)} [dim]({advice.stage.rule})[/]")
        for said in advice.stage.evidence:
            console.print(f"  {escape(said)}")
    console.print(f"Whom to hire: {advice.hiring.says} [dim]({advice.hiring.rule})[/]")
    for said in advice.hiring.reasons:
        console.print(f"  {escape(said)}")
    console.print(f"Quadrant: {escape(advice.quadrant.says)}")
    for found in advice.patterns:
        console.print(f"[{STATES[found.state]}]{escape(found.title)}[/] [dim]({found.rule})[/]")
        console.print(f"  {escape(found.evidence)}. {escape(found.remedy)}")
    for unknown in advice.undetermined:
        console.print(f"[dim]Cannot tell: {escape(unknown.title)}. It needs {escape(unknown.needs)}.[/]")
