"""Journeys as lists, pages and the API show them: frozen values; a figure is None where nothing can be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.reliability.objectives.journeys.models import Journey, JourneyEvaluated, JourneyVersion
from roadbed.reliability.objectives.live import window_kept
from roadbed.reliability.objectives.rules.evaluation import STANDINGS, UNMEASURED
from roadbed.reliability.objectives.rules.journeys.values import MINUTES
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.words import STANDING_WORDS

NEVER: Final = "No data: it was not evaluated yet."
LIST: Final = "`roadbed slo journey list` names all of them."
METHOD_WORDS: Final = {
    MINUTES: "Counted in minutes: one is bad when a required step is bad in it.",
    "Events": "Counted in the events of its required steps, each weighted.",
}


@dataclass(frozen=True, slots=True)
class JourneyView:
    """A journey with how it stands.

    Attributes:
        steps: what the file says of each step, with its part in the window: `spent` of the budget, whose sum is the
            journey's, `alone`, `bad_minutes`, `share` of the budget, `coverage`, events.
        minutes: minutes of the window by state; with `before`, those before everything was counted, they add up to it.
        degraded: minutes that were not bad although an optional step was.
        spent: bad ones of the budget, `allowed` how many may be; `unit`: minutes or weighted events.
    """

    uid: str
    name: str
    title: str
    description: str
    owner: str
    target: Decimal
    target_text: str
    window: str
    window_words: str
    method: str
    method_words: str
    alerts: str
    standing: str
    standing_word: str
    remaining: float | None
    attainment: float | None
    coverage: float | None
    paging: bool
    unit: str
    spent: float
    allowed: int
    minutes: Mapping[str, int]
    before: int
    degraded: int
    steps: tuple[Mapping[str, Any], ...]
    windows: tuple[Mapping[str, Any], ...]
    pairs: tuple[Mapping[str, Any], ...]
    forecast: Mapping[str, Any] | None
    raw: Mapping[str, Any] | None
    top_line: str
    problem: str
    as_of: datetime | None
    version: int
    origin: str
    source_file: str
    source_line: int | None
    source_commit: str
    created_at: datetime
    changed_at: datetime
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class JourneyVersionView:
    """What a journey was from an instant on, and who said so."""

    number: int
    definition: Mapping[str, Any]
    source_commit: str
    by: str
    since: datetime


def journeys(*, owner: str = "", standing: str = "", text: str = "") -> tuple[JourneyView, ...]:
    """All journeys, those that need a person first.

    Raises:
        Invalid: for a standing that there is not.
    """
    if standing and standing not in STANDINGS:
        remedy = f"One of {', '.join(STANDINGS)}."
        raise Invalid(f"{standing!r} is not a standing.", remedy=remedy, place=Place(field="standing"))
    rows = Journey.objects.filter(removed_at=None).order_by("name")
    if owner:
        rows = rows.filter(owner=owner.replace("\x00", ""))
    wanted = text.casefold().strip()
    found = [
        one
        for one in _views(rows)
        if standing in ("", one.standing)
        and (not wanted or any(wanted in part.casefold() for part in (one.name, one.title)))
    ]
    return tuple(sorted(found, key=_urgency))


def _urgency(one: JourneyView) -> tuple[int, float, str]:
    return STANDINGS.index(one.standing), 1.0 if one.remaining is None else one.remaining, one.name


def journey(name: str) -> JourneyView:
    """One journey by its name or uid; an ended one is still shown by its uid.

    Raises:
        NotFound: with where to find it.
    """
    row = Journey.objects.filter(name=name[:63], removed_at=None).first()
    if row is None and name.isalnum():
        row = Journey.objects.filter(uid=name).first()
    if row is None:
        raise NotFound(f"There is no journey {name[:63]}.", remedy=LIST)
    return _views([row])[0]


def versions(uid: str) -> tuple[JourneyVersionView, ...]:
    """All versions of a journey, newest first."""
    rows = JourneyVersion.objects.filter(journey__uid=uid).order_by("-number")
    return tuple(JourneyVersionView(row.number, row.definition, row.source_commit, row.by, row.since) for row in rows)


def _views(rows: Iterable[Journey]) -> list[JourneyView]:
    held = list(rows)
    evaluated = {one.journey: one for one in JourneyEvaluated.objects.filter(journey__in=[row.uid for row in held])}
    return [_view(row, evaluated.get(row.uid)) for row in held]


def _view(row: Journey, known: JourneyEvaluated | None) -> JourneyView:
    figures: Mapping[str, Any] = known.figures if known else {}
    window, standing = window_kept(row.window, row.window_minutes), known.standing if known else UNMEASURED
    return JourneyView(
        uid=row.uid,
        name=row.name,
        title=row.title,
        description=row.description,
        owner=row.owner,
        target=row.target.normalize(),
        target_text=Target.exactly(row.target).percent(),
        window=window.name,
        window_words=window.in_words(),
        method=row.method,
        method_words=METHOD_WORDS[row.method],
        alerts=row.alerts,
        standing=standing,
        standing_word=STANDING_WORDS[standing],
        remaining=known.remaining if known else None,
        attainment=known.attainment if known else None,
        coverage=known.coverage if known else None,
        paging=bool(known and known.paging),
        unit=figures.get("unit", "minutes" if row.method == MINUTES else "weighted events"),
        spent=figures.get("spent", 0),
        allowed=figures.get("allowed", 0),
        minutes=figures.get("minutes", {}),
        before=figures.get("before", 0),
        degraded=figures.get("degraded", 0),
        steps=tuple(figures.get("steps") or [_unevaluated(step) for step in row.steps]),
        windows=tuple(figures.get("windows", ())),
        pairs=tuple(figures.get("pairs", ())),
        forecast=figures.get("forecast"),
        raw=figures.get("raw"),
        top_line=figures.get("top_line", NEVER),
        problem=figures.get("problem", ""),
        as_of=known.as_of if known else None,
        version=row.version,
        origin=row.origin,
        source_file=row.source_file,
        source_line=row.source_line,
        source_commit=row.source_commit,
        created_at=row.created_at,
        changed_at=row.changed_at,
        removed_at=row.removed_at,
    )


def _unevaluated(step: Mapping[str, Any]) -> dict[str, Any]:
    of = f"the journey {step['journey']}" if step["journey"] else f"{step['service']}/{step['objective']}"
    nothing = dict.fromkeys(("share", "good", "total", "coverage"))
    return {
        **step,
        "of": of,
        "uid": "",
        "service_uid": "",
        "title": "",
        "spent": 0,
        "alone": 0,
        "bad_minutes": 0,
        **nothing,
    }
