"""What each layer is measured on, today: in words, and told as missing where nothing supplies it."""

from __future__ import annotations

from statistics import median
from typing import Final

from roadbed.ground.asks.figures import DeliveryToday, FigureToday, ReliabilityToday
from roadbed.ground.shell import words
from roadbed.organization.layers.rules.known import Known
from roadbed.organization.layers.rules.layers import Measure, Service

SAID: Final = {word: word.replace("-", " ") for word in ("at-risk", "burning", "spent", "unmeasured", "broken")}


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


def of_reliability(known: Known) -> tuple[Measure, ...]:
    """Objectives, budgets, somebody on call; toil and reviewed objectives have nothing that supplies them."""
    if known.relied is None:
        kept: tuple[Measure, ...] = (
            Measure("Objectives with budget left", None, supplier="the room objectives, which is not installed"),
        )
    else:
        kept = _of_objectives(known.relied, known)
    return (
        *kept,
        _on_call(known),
        _answered(known, "slo_coverage", "Services with a reviewed objective", unit="percent"),
        Measure("Pages that needed a person", None, supplier="whoever is paged, saying so as the page is closed"),
        _answered(known, "toil", "Toil, share of time"),
    )


def _of_objectives(today: ReliabilityToday, known: Known) -> tuple[Measure, ...]:
    left = today.objectives - today.told
    untold = f"{left} of {today.objectives} cannot be told now" if left else f"all {today.objectives}"
    promised = set(today.services)
    with_one = sum(one.uid in promised for one in known.services)
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
            f"{with_one} of {len(known.services)}" if known.services else None,
            "" if known.services else "There is no service.",
        ),
    )


def _on_call(known: Known) -> Measure:
    name = "Owning teams with somebody on call"
    if known.on_call is None:
        return Measure(name, None, supplier="rotations, of the room paging")
    there = sum(team.name in known.on_call for team in known.owners)
    said = f"{there} of {len(known.owners)}" if known.owners else None
    return Measure(name, said, "" if known.owners else "No team owns a service.")


def _answered(known: Known, key: str, name: str, *, unit: str = "points") -> Measure:
    """What people answered in the diagnostic, where nothing measures it."""
    standing = known.standing
    value = standing.questions.get(key) if standing else None
    if standing is None or value is None:
        supplier = "the diagnostic, once five people have answered"
        return Measure(name, None, supplier=supplier)
    said = f"{value * 10:.0f}%" if unit == "percent" else f"{value:.1f} of 10"
    return Measure(name, said, f"answered, n = {standing.people}")


def off_the_paths(known: Known) -> tuple[Service, ...]:
    """Services that were made on no golden path."""
    made = known.made.services if known.made else frozenset[str]()
    return tuple(one for one in known.others if one.uid not in made)


def of_platform(known: Known) -> tuple[Measure, ...]:
    """Golden paths, the way of a new service into production, Roadbed's own budget, what people answered."""
    return (
        _on_paths(known),
        _first_way(known),
        _own_budget(known),
        _load(known),
        _answered(known, "senior_hours", "Seniors' hours on repeats"),
    )


def _on_paths(known: Known) -> Measure:
    name = "Services on a golden path"
    if known.made is None:
        return Measure(name, None, supplier="the room paths, which is not installed")
    others = len(known.others)
    said = f"{others - len(off_the_paths(known))} of {others}" if others else None
    return Measure(name, said, "" if others else "There is no service.")


def _first_way(known: Known) -> Measure:
    """From the making of a service on a golden path to its first deployment to production."""
    name, made = "New service to production, median", known.made
    if made is None or not made.services:
        return Measure(name, None, "None was made on a golden path yet.")
    if not made.seconds:
        return Measure(name, None, f"{made.waiting} made and not deployed yet.")
    note = f"n = {len(made.seconds)}" + (f", {made.waiting} not deployed yet" if made.waiting else "")
    return Measure(name, words.duration(median(made.seconds)), note)


def _own_budget(known: Known) -> Measure:
    name = "Roadbed's own budget left"
    if all(one.name != known.itself for one in known.services):
        return Measure(name, None, supplier="Roadbed in its own catalogue, where `roadbed up` puts it")
    if known.own is None or known.own.lowest is None:
        return Measure(name, None, "It was not measured yet.")
    return Measure(name, words.percent(known.own.lowest), "the lowest of its objectives")


def _load(known: Known) -> Measure:
    name, standing = "Cognitive load, 10 is light", known.standing
    value = standing.scores.get("cognitive-load") if standing else None
    if standing is None or value is None:
        return Measure(name, None, supplier="the diagnostic, once five people have answered")
    return Measure(name, f"{value:.1f} of 10", f"answered, n = {standing.people}")
