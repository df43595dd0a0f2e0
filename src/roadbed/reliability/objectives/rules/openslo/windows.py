"""OpenSLO's time windows and time slices."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Final

from roadbed.reliability.objectives.rules.definitions import (
    OCCURRENCES,
    RATIO_TIMESLICES,
    TIMESLICES,
    Calendar,
)
from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.nodes import Node
from roadbed.reliability.objectives.rules.windows import DURATION, LONGEST, MINUTES

SHORTEST: Final = 60
_NEAREST: Final = {**MINUTES, "M": 30 * 1440, "Q": 91 * 1440, "Y": 365 * 1440}
_ZONE: Final = re.compile(r"[A-Za-z_+-]+(?:/[A-Za-z0-9_+-]+)*")
_UNITS: Final = {
    "Minute": "m", "Hour": "h", "Day": "d", "Week": "w", "Month": "M", "Quarter": "Q", "Year": "Y",
}  # fmt: skip


def window_of(window: Node, findings: Findings) -> tuple[int, Calendar | None] | None:
    """The minutes of a time window, and its calendar if it goes by one; None when it is at fault."""
    duration = window.get("duration")
    if not duration.text:
        return None
    found = DURATION.fullmatch(duration.text)
    if found is None:
        _refuse(duration, findings)
        return None
    return _window(window, duration, int(found["number"]), found["unit"], findings)


def alpha_window_of(window: Node, findings: Findings) -> tuple[int, Calendar | None] | None:
    """The same of OpenSLO v1alpha's count and unit."""
    count, unit = window.get("count"), _UNITS.get(window.get("unit").text)
    if count.number is None or unit is None or count.number != int(count.number) or count.number <= 0:
        findings.error(window.line, "window", "A window has a whole count of a unit.", "Like count: 30, unit: Day.")
        return None
    return _window(window, count, int(count.number), unit, findings)


def _window(window: Node, at: Node, count: int, unit: str, findings: Findings) -> tuple[int, Calendar | None] | None:
    minutes = count * _NEAREST[unit]
    if not SHORTEST <= minutes <= LONGEST:
        _refuse(at, findings)
        return None
    calendar, rolling = window.get("calendar"), window.get("isRolling")
    if calendar.value is not None and rolling.value is True:
        text = "A window that rolls has no calendar."
        findings.error(calendar.line, "window", text, "Leave calendar out, or write isRolling: false.")
        return None
    by_calendar = unit in "MQY" or rolling.value is False or calendar.value is not None
    if not by_calendar:
        return minutes, None
    return minutes, _calendar(calendar, count, unit, findings)


def _calendar(calendar: Node, count: int, unit: str, findings: Findings) -> Calendar:
    zone, start = calendar.get("timeZone"), calendar.get("startTime")
    if zone.text and not _ZONE.fullmatch(zone.text):
        findings.error(
            zone.line, "window", f"{zone.text!r} is no time zone.", "Like Europe/Berlin or UTC.", column=zone.column
        )
    if start.text:
        try:
            datetime.fromisoformat(start.text)
        except ValueError:
            findings.error(
                start.line, "window", f"{start.text!r} is no start.", "Like 2026-01-01 00:00:00.", column=start.column
            )
    return Calendar(count, unit, zone.text or "UTC", start.text)


def _refuse(at: Node, findings: Findings) -> None:
    said = at.text or f"{at.number}"
    findings.error(
        at.line, "window", f"{said!r} is no window from 1h to 366d.", "Like 7d, 28d or 30d.", column=at.column
    )


def slices_of(objective: Node, method: str, findings: Findings) -> tuple[Decimal | None, int | None]:
    """The target and the minutes of a time slice, checked against the budgeting method."""
    target, window = objective.get("timeSliceTarget"), objective.get("timeSliceWindow")
    if method == OCCURRENCES:
        for given, name in ((target, "timeSliceTarget"), (window, "timeSliceWindow")):
            if given.value is not None:
                text = f"{name} has no meaning for Occurrences."
                findings.warn(given.line, "time-slice", text, "Leave it out, or budget by Timeslices.")
        return None, None
    if method == TIMESLICES and not (target.number is not None and 0 < target.number <= 1):
        _refuse_slice(target if target.value is not None else objective, "timeSliceTarget", "Like 0.95.", findings)
    minutes = _slice_minutes(window)
    if minutes is None:
        _refuse_slice(window if window.value is not None else objective, "timeSliceWindow", "Like 1m or 5m.", findings)
    return (target.number if method != RATIO_TIMESLICES else None), minutes


def _slice_minutes(window: Node) -> int | None:
    if window.number is not None:
        return int(window.number) if window.number == int(window.number) and 0 < window.number <= LONGEST else None
    found = DURATION.fullmatch(window.text)
    if found is None or found["unit"] not in MINUTES:
        return None
    minutes = int(found["number"]) * MINUTES[found["unit"]]
    return minutes if minutes <= LONGEST else None


def _refuse_slice(at: Node, name: str, remedy: str, findings: Findings) -> None:
    said = f"{name} is {at.value!r}" if isinstance(at.value, (str, Decimal)) else f"{name} is missing"
    findings.error(at.line, "time-slice", f"{said}; slices need it.", remedy, column=at.column)
