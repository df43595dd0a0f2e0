"""Whether there is a demo, what belongs to it, and whether something does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from roadbed.ground.demo import rules
from roadbed.ground.demo.models import Belonging, Demo
from roadbed.ground.demo.rules import Belongings


@dataclass(frozen=True, slots=True)
class DemoView:
    """The demo as pages and commands tell it.

    Attributes:
        state: making, standing or removing.
        seconds: how long its making took; None until it is made.
        facts: how many facts its making recorded.
        running: what of it really runs, or why nothing does; empty until that is known.
    """

    organization: str
    state: str
    made_at: datetime
    seconds: float | None
    facts: int
    running: str


def present() -> DemoView | None:
    """The demo, None where there is none."""
    row = Demo.objects.first()
    if row is None:
        return None
    facts = max(0, row.last_position - row.first_position + 1) if row.last_position else 0
    return DemoView(row.organization, row.state, row.made_at, row.seconds, facts, row.running)


def belongings() -> Belongings:
    """Everything that is the demo's."""
    row = Demo.objects.first()
    if row is None:
        return Belongings()
    held: dict[str, set[str]] = {kind: set() for kind in rules.KINDS}
    for kind, uid in Belonging.objects.values_list("kind", "uid"):
        held[kind].add(uid)
    return Belongings(
        people=frozenset(held[rules.PERSON]),
        teams=frozenset(held[rules.TEAM]),
        entities=frozenset(held[rules.ENTITY]),
        repositories=frozenset(held[rules.REPOSITORY]),
        first=row.first_position,
        last=row.last_position,
    )


def counts() -> Mapping[str, int]:
    """How many things of each kind belong to it."""
    found = Counter(Belonging.objects.values_list("kind", flat=True))
    return {kind: found.get(kind, 0) for kind in rules.KINDS}


def of_demo(uids: Iterable[str]) -> frozenset[str]:
    """Those of some people, teams or services that are the demo's."""
    return frozenset(Belonging.objects.filter(uid__in=list(uids)).values_list("uid", flat=True))


def is_demo(uid: str) -> bool:
    """Whether a person, a team or a service is the demo's."""
    return Belonging.objects.filter(uid=uid).exists()
