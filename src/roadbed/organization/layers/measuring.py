"""What each layer is measured on, today: asked of the rooms that know, and told as missing where none does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import median
from typing import Final

from roadbed.ground import asks
from roadbed.ground.asks import WhoIsOnCall
from roadbed.ground.asks.figures import (
    DeliveryFigures,
    DeliveryToday,
    FigureToday,
    ReliabilityFigures,
    ReliabilityToday,
)
from roadbed.ground.errors import Unavailable
from roadbed.ground.ledger.queries import facts_after
from roadbed.ground.shell import words
from roadbed.organization.layers.rules.layers import Measure, Service

DAYS: Final = 28
ITSELF: Final = "roadbed"
MADE, FIRST = "path.scaffolded", "service.deployed"
MOST: Final = 20_000
SAID: Final = {word: word.replace("-", " ") for word in ("at-risk", "burning", "spent", "unmeasured", "broken")}


def delivery_today(now: datetime) -> DeliveryToday | None:
    """The five, None where no room counts them."""
    try:
        return asks.put(DeliveryFigures(now=now, days=DAYS))
    except Unavailable:
        return None


def reliability_today(services: tuple[str, ...] | None = None) -> ReliabilityToday | None:
    """How objectives stand, None where no room keeps any."""
    try:
        return asks.put(ReliabilityFigures(services))
    except Unavailable:
        return None


def of_delivery(today: DeliveryToday | None) -> tuple[Measure, ...]:
    """The five DORA metrics."""
    if today is None:
        return (Measure("The five DORA metrics", None, supplier="the room metrics, which is not installed"),)
    return tuple(Measure(one.name, _value(one), _note(one)) for one in today.figures)


def _value(one: FigureToday) -> str | None:
    if one.value is None:
        return None
    if one.unit == "s":
        return words.duration(one.value)
    return words.percent(one.value) if one.unit == "share" else f"{one.value:,.1f} a week"


def _note(one: FigureToday) -> str:
    return one.why if one.value is None else f"n = {one.n:,}"


def of_reliability(
    today: ReliabilityToday | None, services: Sequence[Service], owners: Sequence[str], now: datetime
) -> tuple[Measure, ...]:
    """Objectives, budgets, somebody on call; toil and reviewed objectives have nothing that supplies them."""
    if today is None:
        kept: tuple[Measure, ...] = (
            Measure("Objectives with budget left", None, supplier="the room objectives, which is not installed"),
        )
    else:
        kept = _of_objectives(today, services)
    return (
        *kept,
        _on_call(owners, now),
        Measure("Services with a reviewed objective", None, supplier="a date of review on each objective"),
        Measure("Pages that needed a person", None, supplier="whoever is paged, saying so as the page is closed"),
        Measure("Toil, share of time", None, supplier="a log of toil by the people on call"),
    )


def _of_objectives(today: ReliabilityToday, services: Sequence[Service]) -> tuple[Measure, ...]:
    left = today.objectives - today.told
    untold = f"{left} of {today.objectives} cannot be told now" if left else f"all {today.objectives}"
    with_one = sum(one.uid in today.services for one in services)
    trouble = [f"{today.standings[name]} {said}" for name, said in SAID.items() if today.standings.get(name)]
    return (
        Measure(
            "Objectives with budget left",
            None if today.within is None else f"{today.within} of {today.told}",
            untold if today.objectives else "No objective is promised.",
        ),
        Measure(
            "Objectives in trouble",
            (", ".join(trouble) or "none") if today.objectives else None,
            "" if today.objectives else "No objective is promised.",
        ),
        Measure(
            "Services with an objective",
            f"{with_one} of {len(services)}" if services else None,
            "" if services else "There is no service.",
        ),
    )


def _on_call(owners: Sequence[str], now: datetime) -> Measure:
    name = "Owning teams with somebody on call"
    try:
        there = sum(asks.put(WhoIsOnCall(team, now)) is not None for team in owners)
    except Unavailable:
        return Measure(name, None, supplier="rotations, of the room paging")
    return Measure(name, f"{there} of {len(owners)}" if owners else None, "" if owners else "No team owns a service.")


def off_the_paths(services: Sequence[Service]) -> tuple[Service, ...]:
    """Services that were made on no golden path."""
    made = {fact.subject for fact in facts_after(0, kinds={MADE}, limit=MOST)}
    return tuple(one for one in services if one.uid not in made and one.name != ITSELF)


def of_platform(services: Sequence[Service]) -> tuple[Measure, ...]:
    """Golden paths, the way of a new service into production, Roadbed's own budget."""
    known = [one for one in services if one.name != ITSELF]
    off = len(off_the_paths(services))
    return (
        Measure(
            "Services on a golden path",
            f"{len(known) - off} of {len(known)}" if known else None,
            "" if known else "There is no service.",
        ),
        _first_way(),
        _own_budget(services),
        Measure("Cognitive load, 0–100", None, supplier="a survey of the people who use the platform"),
        Measure("Seniors' hours on repeats", None, supplier="a survey of the people who use the platform"),
    )


def _first_way() -> Measure:
    """From the making of a service on a golden path to its first deployment to production."""
    made: dict[str, datetime] = {}
    first: dict[str, datetime] = {}
    for fact in facts_after(0, kinds={MADE, FIRST}, limit=MOST):
        if fact.kind == MADE:
            made[fact.subject] = fact.occurred_at
        elif fact.environment == "production":
            first[fact.subject] = min(fact.occurred_at, first.get(fact.subject, fact.occurred_at))
    took = [(first[uid] - at).total_seconds() for uid, at in made.items() if uid in first and first[uid] >= at]
    waiting = len(made) - len(took)
    name = "New service to production, median"
    if not took:
        said = f"{waiting} made and not deployed yet." if made else "None was made on a golden path yet."
        return Measure(name, None, said)
    note = f"n = {len(took)}" + (f", {waiting} not deployed yet" if waiting else "")
    return Measure(name, words.duration(median(took)), note)


def _own_budget(services: Sequence[Service]) -> Measure:
    name = "Roadbed's own budget left"
    itself = next((one.uid for one in services if one.name == ITSELF), None)
    if itself is None:
        return Measure(name, None, supplier="Roadbed in its own catalogue, where `roadbed up` puts it")
    today = reliability_today((itself,))
    if today is None or today.lowest is None:
        return Measure(name, None, "It was not measured yet.")
    return Measure(name, words.percent(today.lowest), "the lowest of its objectives")
