"""What to look at in a demo: home says it in place of the first steps, which somebody else's data would tick off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing to see: what happens there, and where."""

    icon: str
    title: str
    detail: str
    url: str


SIGHTS: Final = (
    (
        "urgent",
        "An incident is open",
        "Its timeline holds what changed just before. One suspect is a flag: set it back, and see the burn stop.",
        "incidents:list",
    ),
    (
        "target",
        "A budget is spent",
        "What was promised, what spent it, and what the gate refuses until it is back.",
        "objectives:list",
    ),
    (
        "barrier-block",
        "The gate was asked",
        "Each answer with its reasons and figures, overridden where somebody had to.",
        "gates:list",
    ),
    (
        "chart-line",
        "Five figures of delivery",
        "How fast and how safely change reaches production, by team and service.",
        "metrics:delivery",
    ),
    (
        "layers-subtract",
        "Three layers",
        "Who answers for delivery, reliability and platform, and where each is thin.",
        "layers:layers",
    ),
    ("notebook", "What was learned", "Reviews with their factors and actions; one is overdue.", "reviews:list"),
)


def sights() -> tuple[Sight, ...]:
    """All that have a page here."""
    found = []
    for icon, title, detail, page in SIGHTS:
        try:
            found.append(Sight(icon, title, detail, reverse(page)))
        except NoReverseMatch:
            continue
    return tuple(found)
