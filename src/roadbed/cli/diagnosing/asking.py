"""Asks the questions in the terminal, one after another, with a way back and a way out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

from rich.console import Console
from rich.markup import escape

from roadbed.cli.diagnosing.keeping import Progress
from roadbed.ground.errors import Invalid, Place
from roadbed.organization.diagnostic.rules import about as telling
from roadbed.organization.diagnostic.rules.about import COUNT, FIELDS, FLAG, NAMES, PERCENT, Field
from roadbed.organization.diagnostic.rules.measured import words_of
from roadbed.organization.diagnostic.rules.questions import MINUTES, QUESTIONS
from roadbed.organization.diagnostic.rules.reading import answer_of
from roadbed.organization.diagnostic.rules.values import NAMES as DIMENSION_NAMES
from roadbed.organization.diagnostic.rules.values import STEPS, Question

BACK, LEAVE, UNKNOWN = "b", "q", "?"
YES, NO = frozenset({"y", "yes"}), frozenset({"n", "no"})
ASKED: Final = tuple(one for one in FIELDS if one.key != "previous_stage")
KEYS: Final = f"[dim]{UNKNOWN} don't know · {BACK} back · {LEAVE} leave, answers are kept[/]"


class Left(Exception):  # noqa: N818 - somebody left; nothing failed
    """The questions were left before the end; what was answered is saved."""


def ask(progress: Progress, console: Console) -> None:
    """Ask whatever is not answered yet, then about the organization.

    Raises:
        Left: when somebody leaves, or the input ends.
    """
    steps: list[Callable[[], bool]] = [_question(progress, console, one) for one in QUESTIONS]
    steps += [_field(progress, console, one) for one in ASKED]
    known = [one.key in progress.answers for one in QUESTIONS] + [one.key in progress.about for one in ASKED]
    answered = sum(known[: len(QUESTIONS)])
    left = round(MINUTES * (len(QUESTIONS) - answered) / len(QUESTIONS))
    if answered < len(QUESTIONS):
        kept = f"{answered} answered before. " if answered else ""
        console.print(f"{len(QUESTIONS)} questions, about {max(1, left)} min left. {kept}{KEYS}")
    at = next((at for at, there in enumerate(known) if not there), len(steps))
    while at < len(steps):
        at = max(0, at + (1 if steps[at]() else -1))


def _question(progress: Progress, console: Console, question: Question) -> Callable[[], bool]:
    def put() -> bool:
        _show(console, question)
        while True:
            given = _line(console)
            if given == BACK:
                return False
            try:
                answer = answer_of(question, None if given == UNKNOWN else given)
            except Invalid as fault:
                console.print(f"[bold red]{escape(fault.detail)}[/] {escape(_remedy(question))}")
                continue
            progress.answers[question.key] = answer
            progress.save()
            console.print(f"  [dim]{escape(words_of(question, answer))}[/]")
            return True

    return put


def _show(console: Console, question: Question) -> None:
    where = f"{DIMENSION_NAMES[question.dimension]}, question {question.number} of {len(QUESTIONS)}"
    console.print(f"\n[dim]{where}[/]\n[bold]{escape(question.text)}[/]\n{escape(question.hint)}")
    for step, option in enumerate(question.options, 1):
        console.print(f"  {step}  {escape(option.text)}")
    if question.kind != STEPS:
        console.print("  a percentage, 0 to 100")


def _remedy(question: Question) -> str:
    return f"Write 1 to {len(question.options)}." if question.kind == STEPS else "Write a number from 0 to 100."


def _field(progress: Progress, console: Console, one: Field) -> Callable[[], bool]:
    def put() -> bool:
        console.print(f"\n[dim]About the organization, without a score[/]\n[bold]{escape(one.text)}[/] {_takes(one)}")
        while True:
            given = _line(console)
            if given == BACK:
                return False
            try:
                value = None if given == UNKNOWN else telling.check(one.key, _value(one, given), Place(field=one.key))
            except Invalid as fault:
                console.print(f"[bold red]{escape(fault.detail)}[/] {escape(fault.remedy)}")
                continue
            progress.about[one.key] = value
            progress.save()
            return True

    return put


def _takes(one: Field) -> str:
    return {
        COUNT: "[dim]a whole number[/]",
        FLAG: "[dim]y or n[/]",
        NAMES: "[dim]with commas between; - for none[/]",
        PERCENT: "[dim]0 to 100[/]",
    }[one.kind]


def _value(one: Field, given: str) -> Any:
    if one.kind == FLAG:
        return True if given.lower() in YES else False if given.lower() in NO else given
    if one.kind == NAMES:
        return [] if given == "-" else [name.strip() for name in given.split(",")]
    try:
        return int(given) if one.kind == COUNT else float(given.removesuffix("%"))
    except ValueError:
        return given


def _line(console: Console) -> str:
    console.print("> ", end="")
    line = sys.stdin.readline()
    if not line:
        raise Left
    given = line.strip()
    if given.lower() == LEAVE:
        raise Left
    return given.lower() if given.lower() == BACK else given
