"""The values of a step's parameters: what may be given, what is taken where nothing is, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from roadbed.ground.errors import Invalid, Place
from roadbed.platform.runbooks.rules import commands
from roadbed.platform.runbooks.rules.shapes import LONGEST_VALUE, Parameter, Runbook, Step

_ENDLESS: Final = re.compile(r"\([^)]*[*+}][^)]*\)\s*[*+{]|\\[0-9]|\(\?")
LONGEST_PATTERN: Final = 200


def faulty_pattern(pattern: str) -> str:
    """What is wrong with a pattern, in words; empty where nothing is."""
    if len(pattern) > LONGEST_PATTERN:
        return f"is longer than {LONGEST_PATTERN} characters"
    if _ENDLESS.search(pattern):
        return "repeats what repeats, or looks around, so that it may never end"
    try:
        re.compile(pattern)
    except re.error as fault:
        return f"is no regular expression: {fault}"
    return ""


def values_of(runbook: Runbook, step: Step, given: Mapping[str, str]) -> dict[str, str]:
    """The value of each parameter that the step uses: as given, else its default.

    Raises:
        Invalid: with every value that is missing, unknown or refused.
    """
    faults: list[Invalid] = []
    values: dict[str, str] = {}
    for name in sorted(set(given) - set(step.parameters)):
        uses = ", ".join(step.parameters) or "none"
        faults.append(_invalid(name, f"Step {step.number} has no parameter {name[:40]}.", f"It uses {uses}."))
    for name in step.parameters:
        parameter = runbook.parameter(name)
        if parameter is None:
            faults.append(_invalid(name, f"{name} is not declared.", "Declare it in the front matter."))
            continue
        said = given.get(name, "")
        value = said if said != "" else parameter.default
        if value is None:
            faults.append(_invalid(name, f"{name} has no value.", how(parameter)))
        elif why := refused(parameter, value):
            faults.append(_invalid(name, f"{name} {why}.", how(parameter)))
        else:
            values[name] = value
    if not faults and (again := commands.reads_again(step.command + "\n" + step.rehearsal)):
        faults += [
            _invalid(
                name, f"{name} has a sign that `{again}` could read as its own.", "Use letters, digits and . : / -"
            )
            for name, value in values.items()
            if not commands.SAFE.fullmatch(value)
        ]
    if faults:
        first, *rest = faults
        raise Invalid(first.detail, remedy=first.remedy, place=first.place, others=tuple(rest))
    return values


def refused(parameter: Parameter, value: str) -> str:
    """Why a value is not taken, in words; empty where it is."""
    if len(value) > LONGEST_VALUE:
        return f"is longer than {LONGEST_VALUE} characters"
    if any(sign < " " or sign == "\x7f" or "\ud800" <= sign <= "\udfff" for sign in value):
        return "has a control character"
    if parameter.kind == "choice":
        return "" if value in parameter.choices else f"is {value[:40]!r}, which is not offered"
    if parameter.kind == "integer":
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            return f"is {value[:40]!r}, which is no whole number"
        number = int(value)
        low = parameter.low is None or number >= parameter.low
        return "" if low and (parameter.high is None or number <= parameter.high) else f"is {number}, out of its range"
    pattern = re.compile(parameter.pattern) if parameter.pattern else commands.SAFE
    return "" if pattern.fullmatch(value) else f"is {value[:40]!r}, which does not match its pattern"


def how(parameter: Parameter) -> str:
    """What may be given, in words."""
    if parameter.kind == "choice":
        return f"One of {', '.join(parameter.choices)}."
    if parameter.kind == "integer":
        low = "any" if parameter.low is None else str(parameter.low)
        high = "any" if parameter.high is None else str(parameter.high)
        return f"A whole number, from {low} to {high}."
    return (
        f"A text that matches {parameter.pattern}." if parameter.pattern else "Letters, digits and _ . : / @ % + = , -"
    )


def _invalid(name: str, detail: str, remedy: str) -> Invalid:
    return Invalid(detail, remedy=remedy, place=Place(field=f"parameters.{name[:40]}"))
