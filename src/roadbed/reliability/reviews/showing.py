"""A review's values as the shell's components draw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from roadbed.ground.shell import words
from roadbed.ground.shell.components import Badge, Fact, Tab
from roadbed.reliability.reviews import rules
from roadbed.reliability.reviews.learning import Pattern, Patterns
from roadbed.reliability.reviews.rules.graph import HARM, Drawing, Drawn, drawing
from roadbed.reliability.reviews.rules.recurring import VERDICTS
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
    if action.waits:
        return Badge("warn", "Second look", "eye", plain=True)
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
        Tab("Factors", "#factors", count=sum(one.role == "contributed" for one in page.factors)),
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


def graph_of(page: ReviewPage) -> Drawing | None:
    """The factors as a graph that ends at the harm; None where none is named."""
    if not page.factors:
        return None
    marks = {one.key: "luck" if one.role != "contributed" else "act" if one.actions else "" for one in page.factors}
    drawn = [Drawn(one.key, one.text, f"{one.key} {one.kind_word}", marks[one.key]) for one in page.factors]
    links = [(one.key, effect) for one in page.factors for effect in one.leads_to]
    harm = Drawn(HARM, page.view.title, f"Harm, {page.view.impact_minutes} min", "end")
    return drawing(drawn, links, harm)


def leads_of(page: ReviewPage) -> dict[str, tuple[str, ...]]:
    """What each factor led to, in words; the harm where nothing else is said of one that contributed."""
    words_of = {one.key: one.key for one in page.factors} | {HARM: "the harm"}
    return {
        one.key: tuple(words_of[effect] for effect in one.leads_to)
        or (("the harm",) if one.role == "contributed" else ("limited the harm",))
        for one in page.factors
    }


def verdict(name: str) -> Badge:
    """Whether it happened again."""
    state: dict[str, Badge] = {
        "recurred": Badge("bad", VERDICTS["recurred"], plain=True),
        "not": Badge("good", VERDICTS["not"], plain=True),
        "unknown": Badge("unknown", VERDICTS["unknown"], plain=True),
        "early": Badge("info", VERDICTS["early"], "clock", plain=True),
    }
    return state[name]


@dataclass(frozen=True, slots=True)
class PatternRow:
    """One kind or lever with its counts by quarter; a quarter without reviews has no count."""

    word: str
    url: str
    cells: tuple[int | None, ...]
    reviews: int


def pattern_rows(found: Patterns, rows: Sequence[Pattern]) -> tuple[PatternRow, ...]:
    """Rows that have any count, each with the search for its reviews."""
    field = "kind" if rows is found.kinds else "lever"
    return tuple(
        PatternRow(
            one.word,
            f"{reverse('reviews:search')}?{field}={one.name}",
            tuple(count if whole else None for count, whole in zip(one.counts, found.reviews, strict=True)),
            one.reviews,
        )
        for one in rows
        if one.reviews
    )


@dataclass(frozen=True, slots=True)
class SpreadLine:
    """A distribution as a whisker: its ends, the middle half and a mark, as shares of the line."""

    name: str
    low: float
    high: float
    mark: float | None
    said: str
    value: str


def spreads(found: Patterns, own: Mapping[str, float | None] | None = None) -> tuple[SpreadLine, ...]:
    """Durations as distributions, with this incident's own where it is given."""
    lines = []
    for name, one in found.spreads:
        mine = own.get(name) if own else None
        if one is None or (own is not None and mine is None):
            continue
        most = max(one.high, mine or 0.0) or 1.0
        half = f"the middle half of {one.n} incidents took {_minutes(one.quarter)} to {_minutes(one.three_quarters)}"
        shown = one.median if mine is None else mine
        value = f"median {_minutes(one.median)}" if mine is None else _minutes(mine)
        lines.append(
            SpreadLine(
                name, one.quarter / most, one.three_quarters / most, shown / most, f"{name} {value}; {half}",
                f"{value}; {half}",
            )
        )  # fmt: skip
    return tuple(lines)


def own_minutes(page: ReviewPage) -> dict[str, float | None]:
    """This incident's own durations by the names of the distributions."""
    view, taken = page.view, page.acknowledged_at
    return {
        "Found after": (page.detected_at - view.started_at).total_seconds() / 60,
        "Acknowledged after": None if taken is None else (taken - page.detected_at).total_seconds() / 60,
        "Ended after": (view.ended_at - page.detected_at).total_seconds() / 60,
        "Harm": float(view.impact_minutes),
    }


def _minutes(minutes: float) -> str:
    return words.duration(minutes * 60)
