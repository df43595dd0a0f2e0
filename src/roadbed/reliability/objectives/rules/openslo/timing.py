"""How long an SLO's window is, how its budget is counted, and which alerts it has; with what is wrong with them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from roadbed.reliability.objectives.rules.budgeting import LONGEST_SLICE, PLAIN, TIMESLICES, Budgeting
from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.nodes import Node
from roadbed.reliability.objectives.rules.periods import MONTHS, Window, WindowError, window_of
from roadbed.reliability.objectives.rules.tables import ROADBED, TABLES, TableError, table_of
from roadbed.reliability.objectives.rules.windows import minutes_of

USUAL_WINDOW: Final = "30d"
ALERTS: Final = "roadbed.dev/burn-alerts"
"""The annotation that names an SLO's table of alerts, or is one."""
_SHORTEST: Final = 60


def window_of_slo(spec: Node, findings: Findings) -> Window | None:
    """The window of an SLO's spec; None when it is at fault."""
    windows = spec.get("timeWindow").items
    if not windows:
        findings.warn(spec.line, "window", "No timeWindow is given; 30 days rolling are taken.", "Say it in the file.")
        return window_of(USUAL_WINDOW)
    if len(windows) > 1:
        findings.error(windows[1].line, "window", "There is more than one timeWindow.", "Keep one.")
        return None
    return _window(windows[0], findings)


def _window(node: Node, findings: Findings) -> Window | None:
    duration, calendar, rolling = node.get("duration"), node.get("calendar"), node.get("isRolling").value
    if not duration.text:
        return None
    zone = start = ""
    if calendar.value is not None:
        zone, start = calendar.get("timeZone").text or "UTC", calendar.get("startTime").text
        if rolling is True:
            findings.warn(
                node.line, "window", "A calendar is given, so the window does not roll.", "Write isRolling: false."
            )
    elif rolling is False or (rolling is None and duration.text[-1] in MONTHS):
        zone = "UTC"
        remedy = "Add calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin}."
        findings.warn(node.line, "window", "No calendar is given; UTC's from 1970 on is taken.", remedy)
    try:
        window = window_of(duration.text, zone=zone, start=start)
    except WindowError as fault:
        where = calendar if zone and minutes_of(duration.text) else duration
        findings.error(where.line, "window", f"The timeWindow is at fault: {fault}.", "Like 7d, 28d, 30d, or 1M.")
        return None
    if window.nominal < _SHORTEST:
        findings.error(
            duration.line, "window", f"{duration.text!r} is no window from 1h to 366d.", "Like 7d, 28d or 30d."
        )
        return None
    return window


def budgeting_of(method: Node, objective: Node, window: Window, findings: Findings) -> Budgeting | None:
    """How the budget of one objective is counted; None when it is at fault."""
    plain = Budgeting(method.text or PLAIN.method)
    if not plain.sliced:
        return plain
    length, target = _slice_minutes(objective, method, window, findings), None
    if method.text == TIMESLICES:
        target = _slice_target(objective, findings)
    if length is None or (method.text == TIMESLICES and target is None):
        return None
    return Budgeting(method.text, length, target)


def _slice_minutes(objective: Node, method: Node, window: Window, findings: Findings) -> int | None:
    given = objective.get("timeSliceWindow")
    number = given.number
    minutes = minutes_of(given.text) if given.text else int(number) if number is not None and number % 1 == 0 else None
    if minutes is None or not 1 <= minutes <= min(LONGEST_SLICE, window.nominal):
        findings.error(
            given.line,
            "duration",
            f"{method.text} need a timeSliceWindow from 1m to 1d within the window; this is {given.value!r}.",
            "Like timeSliceWindow: 1m.",
        )
        return None
    return minutes


def _slice_target(objective: Node, findings: Findings) -> Decimal | None:
    given = objective.get("timeSliceTarget")
    number = given.number
    if number is None or not 0 < number <= 1 or number != round(number, 10):
        findings.error(
            given.line,
            "target",
            f"Timeslices need a timeSliceTarget above 0, at most 1; this is {given.value!r}.",
            "Like timeSliceTarget: 0.95: from that share of good events on a slice is good.",
        )
        return None
    return number


def alerts_of(slo: Node, findings: Findings) -> str:
    """The table of alerts that an SLO's annotation names or writes; Roadbed's own where it says nothing."""
    given = slo.get("metadata", "annotations", ALERTS)
    if given.value is None:
        return ROADBED.name
    try:
        return table_of(given.text).name
    except TableError as fault:
        remedy = f"One of {', '.join(TABLES)}, or rows such as page 14.4 5m/1h, ticket 1 6h/3d."
        findings.error(given.line, "alerts", f"{ALERTS}: {fault}.", remedy)
        return ROADBED.name
