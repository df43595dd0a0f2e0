"""Why somebody was paged about something and why not: from what was frozen, reached and decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

PAGED, NOT_PAGED = "paged", "not paged"
_WAITS: Final = "It waits until then."


@dataclass(frozen=True, slots=True)
class Reached:
    """That a page was made out to somebody, and how each attempt ended."""

    at: datetime
    step: str
    attempts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageAsk:
    """A page as the question is put about it.

    Attributes:
        steps: name of each step and the uids of whom it pages, as frozen.
        step, cycle: where it stands since it was paged from the first step, the last time; with `cycle` above 0 all
            steps were taken.
        reached: by uid of the person.
    """

    why: tuple[str, ...]
    opened_at: datetime
    step_seconds: int
    steps: tuple[tuple[str, tuple[str, ...]], ...]
    step: int
    cycle: int
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    closed_at: datetime | None = None
    closed_for: str = ""
    reached: Mapping[str, Reached] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether somebody was paged, and the reasons in order."""

    outcome: str
    reasons: tuple[str, ...]


def explain(page: PageAsk, person: str, name: str, names: Mapping[str, str], *, in_team: bool, team: str) -> Answer:
    """Why a person was paged about a page, or was not.

    Args:
        page: what was frozen and done.
        person: the uid of whom it is asked about.
        name: their name.
        names: names by uid, of everybody in the steps.
        in_team: whether they are in the page's team now.
        team: that team.
    """
    reached = page.reached.get(person)
    if reached is not None:
        seconds = max(0, round((reached.at - page.opened_at).total_seconds()))
        after = f", {_spoken(seconds)} after it opened" if seconds else ", at once"
        return Answer(PAGED, (*page.why, f"{name} was paged as “{reached.step}”{after}.", *reached.attempts))
    places = [number for number, (_, people) in enumerate(page.steps) if person in people]
    if not places:
        who = f"{name} is in none of its steps: {_steps_in_words(page.steps, names)}"
        member = "" if in_team else f" {name} is not in {team}."
        return Answer(NOT_PAGED, (*page.why, f"{who}{member}"))
    first = places[0]
    place = f"{name} would have been paged as “{page.steps[first][0]}”, step {first + 1} of {len(page.steps)}"
    return Answer(NOT_PAGED, (*page.why, f"{place}. {_before(page, first, name)}"))


def _before(page: PageAsk, first: int, name: str) -> str:
    """Why a step that was to come did not reach somebody."""
    if page.cycle or page.step >= first:
        return f"That step came, and {name} had no channel then."
    if page.acknowledged_at is not None:
        waited = _spoken(max(0, round((page.acknowledged_at - page.opened_at).total_seconds())))
        return f"{page.acknowledged_by} acknowledged it before, {waited} after it opened."
    if page.closed_at is not None:
        return f"It closed before that step came: {page.closed_for}."
    return f"That step has not come yet. {_WAITS}"


def _steps_in_words(steps: Sequence[tuple[str, tuple[str, ...]]], names: Mapping[str, str]) -> str:
    shown = []
    for step, people in steps:
        known = [names.get(uid, "somebody unknown") for uid in people]
        more = f" and {len(known) - 3} more" if len(known) > 3 else ""  # noqa: PLR2004 - a sentence, not a list
        shown.append(f"{step}: {', '.join(known[:3]) + more if known else 'nobody'}")
    return f"{'; '.join(shown)}."


def _spoken(seconds: int) -> str:
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"  # noqa: PLR2004 - two hours


def window(at: datetime, minutes: int) -> tuple[datetime, datetime]:
    """Which pages are meant by “at that time”: opened from so long before until a fifth of that after."""
    return at - timedelta(minutes=minutes), at + timedelta(minutes=max(1, minutes // 5))
