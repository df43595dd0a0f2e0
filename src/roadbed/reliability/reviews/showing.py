"""A review's values as the shell's components draw them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from roadbed.ground.shell import words
from roadbed.ground.shell.components import Badge, Fact, Tab
from roadbed.reliability.reviews import rules
from roadbed.reliability.reviews.rules.telling import KNOWN, THEN
from roadbed.reliability.reviews.values import ActionView, ReviewPage, ReviewView


@dataclass(frozen=True, slots=True)
class Section:
    """One section as a field of the form."""

    name: str
    title: str
    hint: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the frozen timeline."""

    key: str
    at: datetime
    title: str
    detail: str
    then: bool
    known_word: str
    evidence: str
    by: str
    other: str
    other_word: str


def badge(view: ReviewView, today: date) -> Badge:
    """How it stands."""
    if view.state == "published":
        return Badge("good", "Published")
    return Badge("bad", "Overdue") if view.due < today else Badge("warn", "Draft", "notebook")


def due(action: ActionView, today: date) -> Badge:
    """How an action stands."""
    if action.closed_at is not None:
        return Badge("good", "Done", plain=True)
    late = action.due < today
    return Badge("bad" if late else "info", "Overdue" if late else "Open", "" if late else "circle-dashed", plain=True)


def facts(page: ReviewPage) -> tuple[Fact, ...]:
    """The passport: what was measured, in minutes and in budget."""
    view = page.view
    start, end = timezone.localtime(view.started_at), timezone.localtime(view.ended_at)
    found = (page.detected_at - view.started_at).total_seconds()
    answered = None if page.acknowledged_at is None else (page.acknowledged_at - page.detected_at).total_seconds()
    worst = max((one for one in page.budget if one["share"] is not None), key=lambda one: one["share"], default=None)
    return (
        Fact("Harm", f"{view.impact_minutes} min", note=f"{start:%H:%M} to {end:%H:%M}"),
        Fact(
            "Failed requests",
            words.count(worst["bad"]) if worst else "",
            note=f"of {words.count(worst['total'])}" if worst else "",
        ),
        Fact("Budget spent", words.percent(worst["share"]) if worst else "", note=worst["title"] if worst else ""),
        Fact("Found after", words.duration(found)),
        Fact("Acknowledged after", words.duration(answered) if answered is not None else "", absent="No page"),
        Fact("Ended after", words.duration((view.ended_at - page.detected_at).total_seconds()), note="from then"),
    )


def tabs(page: ReviewPage) -> tuple[Tab, ...]:
    """The parts of the page."""
    return (
        Tab("Timeline", "#timeline", current=True),
        Tab("What it was", "#words"),
        Tab("Factors", "#factors", count=len(page.factors)),
        Tab("Actions", "#actions", count=len(page.actions)),
    )


def sections(page: ReviewPage, given: Mapping[str, Any]) -> tuple[Section, ...]:
    """The sections, with what was just written where it could not be saved."""
    return tuple(
        Section(name, title, hint, str(given.get(name, page.sections[name])))
        for name, (title, hint) in rules.SECTIONS.items()
    )


def lines(page: ReviewPage) -> tuple[Line, ...]:
    """The timeline, told forward."""
    return tuple(_line(entry) for entry in page.timeline)


def _line(entry: Mapping[str, Any]) -> Line:
    other = next(side for side in KNOWN if side != entry["known"])
    return Line(
        key=entry["key"],
        at=datetime.fromisoformat(entry["at"]),
        title=entry["title"],
        detail=entry["detail"],
        then=entry["known"] == THEN,
        known_word=KNOWN[entry["known"]],
        evidence=entry["evidence"],
        by=entry["by"],
        other=other,
        other_word=KNOWN[other].lower(),
    )


def url_of(name: str, *args: str) -> str:
    """The address of a page of another room, empty where no room offers it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
