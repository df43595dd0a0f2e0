"""Toil's values as the page draws them: bars from 0 to 60 %, whiskers from 0 to 12 months, words."""

from __future__ import annotations

from dataclasses import dataclass

from roadbed.ground.shell.components import Badge
from roadbed.reliability.toil.models import Entry
from roadbed.reliability.toil.queries import Candidate, Saved, TeamShare
from roadbed.reliability.toil.rules.measuring import ACT, ACTED, WARN, WARNED

FULL = 0.6
MONTHS = 12.0
SOURCES = {
    Entry.NO_FIX: "Pages that needed no one",
    Entry.AGAIN: "Same alert again",
    Entry.RUN: "Runbook runs",
    Entry.REQUEST: "Requests done by hand",
    Entry.LOGGED: "Logged by people",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A share as a bar: widths of what was captured and of what was logged, and the marks, as shares of the bar."""

    captured: float
    logged: float
    warn: float
    act: float
    said: str


@dataclass(frozen=True, slots=True)
class Whisker:
    """A payback on a line of twelve months; an end that lies beyond, or never comes, is at its end."""

    low: float
    middle: float
    high: float
    said: str


def bar(team: TeamShare) -> Bar | None:
    """The bar of a team with people in it."""
    if team.share.share is None:
        return None
    captured = min(team.captured_hours / team.share.available / FULL, 1.0)
    logged = min(team.logged_hours / team.share.available / FULL, 1.0 - captured)
    said = (
        f"{team.team}: {team.share.share:.0%} of the time is toil, {team.captured_hours:.0f} h captured and "
        f"{team.logged_hours:.0f} h logged; marks at {WARN:.0%} and {ACT:.0%}"
    )
    return Bar(captured, logged, WARN / FULL, ACT / FULL, said)


def badge(team: TeamShare, *, noted: bool = True) -> Badge:
    """Whether something is to be done; unknown while nothing of any team was noted."""
    if team.share.share is None:
        return Badge("unknown", "Nobody in it", plain=True)
    if not noted:
        return Badge("unknown", "Nothing noted", plain=True)
    if team.share.state == ACTED:
        return Badge("bad", "Above 50%", plain=True)
    if team.share.state == WARNED:
        return Badge("warn", "Above 30%", plain=True)
    return Badge("good", "Under 30%", plain=True)


def tone(team: TeamShare) -> str:
    """The class of a team's row."""
    return {ACTED: "is-bad", WARNED: "is-warn"}.get(team.share.state, "is-good" if team.share.state else "")


def change(team: TeamShare) -> str:
    """How the share moved against the span before, in points."""
    if team.share.share is None or team.before is None:
        return ""
    points = round((team.share.share - team.before) * 100)
    return (
        "no change"
        if not points
        else f"{'+' if points > 0 else '−'}{abs(points)} point{'s' if abs(points) > 1 else ''}"
    )


def whisker(one: Candidate) -> Whisker | None:
    """The payback of a candidate that has one."""
    if one.payback is None or one.payback.months is None:
        return None
    soonest, latest = one.payback.soonest, one.payback.latest
    last = "never" if latest is None else f"{latest:.1f}"
    said = f"pays back after {one.payback.months:.1f} months, range {(soonest or 0):.1f} to {last}"
    ends = [min((MONTHS if at is None else at) / MONTHS, 1.0) for at in (soonest, one.payback.months, latest)]
    return Whisker(ends[0], ends[1], ends[2], said)


def measured(one: Saved) -> str:
    """What was measured, in words; empty until there are four weeks on each side."""
    if one.measured is None:
        return ""
    found = one.measured
    said = f"{found.saved:.1f} h a month saved, 95% interval {found.low:.1f} to {found.high:.1f}"
    weeks = f"{found.weeks_before} weeks before and {found.weeks_after} after"
    return f"{said}, from {weeks}." if found.is_sure else f"{said}, from {weeks}: not sure yet."
