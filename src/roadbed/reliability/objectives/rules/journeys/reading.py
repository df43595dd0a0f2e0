"""Journeys of files: reading one with every fault named, and holding those of several files against one another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from roadbed.reliability.objectives.rules.journeys.cycles import cycle_of
from roadbed.reliability.objectives.rules.journeys.minutes import UNMEASURED, WHEN_UNMEASURED
from roadbed.reliability.objectives.rules.journeys.values import (
    API_VERSION,
    EVENTS,
    KIND,
    METHODS,
    MINUTES,
    Journey,
    Step,
)
from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.nodes import Node
from roadbed.reliability.objectives.rules.openslo.shapes import (
    NUMBER,
    Check,
    Field,
    flag,
    listing,
    mapping,
    needed,
    number,
    text,
)
from roadbed.reliability.objectives.rules.openslo.targets import share_of
from roadbed.reliability.objectives.rules.openslo.windows import window_of
from roadbed.reliability.objectives.rules.periods import Window
from roadbed.reliability.objectives.rules.periods import window_of as calendar_window
from roadbed.reliability.objectives.rules.tables import ROADBED, TableError, table_of
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.thresholds import reachable

MOST_STEPS: Final = 30
HEAVIEST: Final = 1000
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_STEP = mapping(
    name=text, service=text, objective=text, journey=text, weight=number, required=flag,
    whenUnmeasured=Field(one_of=WHEN_UNMEASURED),
)  # fmt: skip
_SHAPE: Final = mapping(
    apiVersion=Field(required=True, one_of=(API_VERSION,)),
    kind=Field(required=True, one_of=(KIND,)),
    metadata=mapping(True, name=needed, displayName=text, description=text),
    spec=mapping(
        True,
        description=text,
        owner=needed,
        target=Field(NUMBER, required=True),
        timeWindow=listing(
            mapping(duration=needed, isRolling=flag, calendar=mapping(startTime=needed, timeZone=needed))
        ),
        budgetingMethod=Field(one_of=METHODS),
        burnAlerts=text,
        steps=listing(_STEP, True),
    ),
)
_MONTH: Final = 30 * 1440


def is_journey(node: Node) -> bool:
    """Whether a document says that it is one."""
    return node.get("apiVersion").text == API_VERSION and node.get("kind").text == KIND


def journey_of(node: Node, findings: Findings) -> Journey | None:
    """The journey of a document; None where it has a fault, which is noted."""
    errors = len(findings.errors)
    Check(findings, "a journey").check(node, _SHAPE)
    spec, name = node.get("spec"), node.get("metadata", "name")
    _named(name, findings)
    method = spec.get("budgetingMethod").text or MINUTES
    target = _target(spec.get("target"), findings)
    window = _window(spec.get("timeWindow"), findings)
    steps = _steps(spec.get("steps"), method, findings)
    alerts = _alerts(spec.get("burnAlerts"), findings)
    if len(findings.errors) > errors or target is None or window is None:
        return None
    _reach(spec.get("target"), target, window[1], alerts, findings)
    description = node.get("metadata", "description").text or spec.get("description").text
    return Journey(
        name=name.text,
        title=node.get("metadata", "displayName").text or name.text,
        description=description,
        owner=spec.get("owner").text,
        target=target,
        window=window[0],
        window_minutes=window[1],
        method=method,
        alerts=alerts,
        steps=steps,
        file=findings.file,
        line=name.line,
    )


def _named(node: Node, findings: Findings) -> None:
    if node.text and not _NAME.fullmatch(node.text):
        remedy = "Use lower-case letters, digits and hyphens, at most 63."
        findings.error(node.line, "name", f"{node.text[:80]!r} is no name.", remedy, column=node.column)


def _target(node: Node, findings: Findings) -> Decimal | None:
    return None if node.number is None else share_of(node.number, node, findings, percent=False)


def _window(node: Node, findings: Findings) -> tuple[Window, int] | None:
    if not node.items:
        return Window.rolling(_MONTH), _MONTH
    if len(node.items) > 1:
        findings.error(node.items[1].line, "window", "A journey has one window.", "Take the others out.")
        return None
    found = window_of(node.items[0], findings)
    if found is None:
        return None
    minutes, calendar = found
    if calendar is None:
        return Window.rolling(minutes), minutes
    duration = f"{calendar.count}{calendar.unit}"
    return calendar_window(duration, zone=calendar.zone, start=calendar.start), minutes


def _alerts(node: Node, findings: Findings) -> str:
    try:
        return table_of(node.text or ROADBED.name).name
    except TableError as fault:
        remedy = "Like roadbed, or page 14.4 5m/1h, ticket 1 6h/3d."
        findings.error(node.line, "alerts", f"{str(fault).capitalize()}.", remedy, column=node.column)
        return ROADBED.name


def _reach(node: Node, target: Decimal, minutes: int, alerts: str, findings: Findings) -> None:
    """Warn of alerts that even a total loss does not set off, so low is the target."""
    exact = Target.exactly(target)
    silent = [pair.name for pair in table_of(alerts).of(minutes) if not reachable(exact, pair.factor(minutes))]
    if silent:
        text = f"A target of {exact.percent()} is too low for {' and '.join(silent)}: even a total loss sets none off."
        remedy = "Promise more, or give burnAlerts a table with lower factors."
        findings.warn(node.line, "threshold-unreachable", text, remedy, column=node.column)


def _steps(node: Node, method: str, findings: Findings) -> tuple[Step, ...]:
    if len(node.items) > MOST_STEPS:
        text = f"The journey has {len(node.items)} steps, and {MOST_STEPS} are the most."
        findings.error(node.items[MOST_STEPS].line, "journey-step", text, "Make a journey of some, and name that.")
    found = tuple(_step(item, method, findings) for item in node.items[:MOST_STEPS])
    for what, names in (("named", [one.name for one in found]), ("of", [one.of for one in found])):
        seen: dict[str, Step] = {}
        for step, name in zip(found, names, strict=True):
            former = seen.setdefault(name, step)
            if former is not step and name.strip("/"):
                text = f"Two steps are {what} {name}; the other is on line {former.line}."
                findings.error(step.line, "duplicate-name", text, "Take one out.", column=step.column)
    if found and not any(step.required for step in found):
        text = "No step is required, so the journey could never fail."
        findings.error(found[0].line, "journey-step", text, "Leave `required: false` out of one.")
    return found


def _step(item: Node, method: str, findings: Findings) -> Step:
    service, objective, journey = (item.get(name).text for name in ("service", "objective", "journey"))
    if bool(journey) == bool(service or objective) or bool(service) != bool(objective):
        text = "A step names either a service with its objective, or a journey."
        remedy = "Like {service: checkout, objective: pages-answered}."
        findings.error(item.line, "journey-step", text, remedy, column=item.column)
    if journey and method == EVENTS:
        text = "A journey as a step has minutes and no events of its own."
        remedy = "Name its steps' objectives, or write budgetingMethod: Minutes."
        findings.error(item.get("journey").line, "journey-step", text, remedy, column=item.get("journey").column)
    weight = _weight(item.get("weight"), method, findings)
    required = item.get("required").value is not False
    if method == EVENTS and not required and item.get("weight").value is not None:
        text = "An optional step's events are not counted, so its weight says nothing."
        findings.warn(item.get("weight").line, "journey-step", text, "Leave it out.")
    return Step(
        name=item.get("name").text or (journey or service),
        service=service,
        objective=objective,
        journey=journey,
        weight=weight,
        required=required,
        when_unmeasured=item.get("whenUnmeasured").text or UNMEASURED,
        line=item.line,
        column=item.column,
    )


def _weight(node: Node, method: str, findings: Findings) -> int:
    if node.number is None:
        return 1
    if node.number != int(node.number) or not 1 <= node.number <= HEAVIEST:
        text = f"The weight is {node.number}."
        findings.error(
            node.line, "journey-step", text, f"Write a whole number from 1 to {HEAVIEST}.", column=node.column
        )
        return 1
    if method == MINUTES:
        text = "A weight says nothing where the budget is counted in minutes."
        findings.warn(node.line, "journey-step", text, "Leave it out, or write budgetingMethod: Events.")
    return int(node.number)


def check_together(
    journeys: Iterable[Journey], files: Mapping[str, Findings], objectives: Iterable[tuple[str, str]], *, complete: bool
) -> None:
    """Note what is wrong with journeys beside one another and beside the objectives of the same files.

    Args:
        journeys: those without a fault of their own.
        files: where to note it, by file.
        objectives: (service, name) of every objective in the files.
        complete: whether all files are here, so that what is not among them is missing.
    """
    known: dict[str, Journey] = {}
    for one in journeys:
        former = known.setdefault(one.name, one)
        if former is not one:
            text = f"Another journey is named {one.name} in {former.file}:{former.line}."
            files[one.file].error(one.line, "duplicate-name", text, "Give each its own name.")
    leads = {name: tuple(step.journey for step in one.steps if step.journey) for name, one in known.items()}
    for one in known.values():
        if circle := cycle_of(one.name, leads):
            text = f"The journey leads back to itself: {' to '.join(circle)}."
            files[one.file].error(one.line, "journey-cycle", text, "Name objectives in one of them.")
    if complete:
        _check_steps(known, files, set(objectives))


def _check_steps(known: Mapping[str, Journey], files: Mapping[str, Findings], objectives: set[tuple[str, str]]) -> None:
    services = {service for service, _ in objectives}
    for one in known.values():
        for step in one.steps:
            if step.journey in known or (step.service, step.objective) in objectives:
                continue
            text = f"{step.of} is in none of the files."
            if step.service in services:
                remedy = f"{step.service} promises other things here; name one of them."
                files[one.file].error(step.line, "reference", text, remedy, column=step.column)
            else:
                files[one.file].warn(step.line, "reference", text, "Give its file too, to have the step checked.")
