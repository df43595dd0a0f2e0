"""The map of all objectives: a bar for each, its height the budget that is left, together by team."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from roadbed.ground.shell import words
from roadbed.ground.shell.components import Badge, State
from roadbed.reliability.objectives.listing import Row
from roadbed.reliability.objectives.rules.evaluation import (
    AT_RISK,
    BROKEN,
    BURNING,
    LOW_BUDGET,
    SPENT,
    STANDINGS,
    UNMEASURED,
)
from roadbed.reliability.objectives.showing import STATES

HEIGHT: Final = 22
CAP: Final = 2
SMALLEST: Final = 2
"""So high is a bar at least, in the same units: a sliver would look like nothing left."""
SAID: Final = (
    ((SPENT,), "spent"), ((BURNING,), "burning"), ((UNMEASURED, BROKEN), "without data"), ((AT_RISK,), "at risk"),
)  # fmt: skip
"""What is wrong with some, the worst first."""


@dataclass(frozen=True, slots=True)
class Group:
    """One team's objectives; `badge` says the worst of them, None where nothing is wrong."""

    owner: str
    number: int
    bars: SafeString
    label: str
    badge: Badge | None


def groups(rows: Iterable[Row]) -> tuple[Group, ...]:
    """The map, by team's name; in each the one that needs a person most comes first."""
    by_owner: dict[str, list[Row]] = {}
    for row in rows:
        by_owner.setdefault(row.owner, []).append(row)
    return tuple(_group(owner, by_owner[owner]) for owner in sorted(by_owner, key=lambda name: (not name, name)))


def _group(owner: str, rows: list[Row]) -> Group:
    rows.sort(key=lambda row: (STANDINGS.index(row.standing), 1.0 if row.remaining is None else row.remaining))
    bars = "".join(_bar(state_of(row), _height(row)) for row in rows)
    standings = [row.standing for row in rows]
    wrong = [(those[0], sum(map(standings.count, those)), word) for those, word in SAID]
    counts = [(standing, number, word) for standing, number, word in wrong if number]
    said = ", ".join([words.plural(len(rows), "objective"), *(f"{number} {word}" for _, number, word in counts)])
    badge = Badge(STATES[counts[0][0]], f"{counts[0][1]} {counts[0][2]}", plain=True) if counts else None
    return Group(owner, len(rows), mark_safe(bars), f"{owner or 'No team'}: {said}", badge)  # noqa: S308 - made of numbers


def state_of(row: Row) -> State:
    """The colour of a bar: what needs a person now, else what is left."""
    return "warn" if row.standing not in (SPENT, BURNING) and _low(row) else STATES[row.standing]


def _low(row: Row) -> bool:
    return row.remaining is not None and row.remaining < LOW_BUDGET and STATES[row.standing] in ("good", "warn")


def _height(row: Row) -> int:
    return HEIGHT if row.remaining is None else round(max(0.0, min(1.0, row.remaining)) * HEIGHT)


@lru_cache(maxsize=512)
def _bar(state: State, height: int) -> str:
    if state == "unknown":
        inside = format_html('<rect fill="url(#rb-hatch)" width="8" height="{}"/>', HEIGHT)
    elif state == "idle":
        inside = format_html('<rect class="f" width="8" height="{}"/>', HEIGHT)
    else:
        tall = max(SMALLEST, height)
        cap = format_html('<rect class="f" width="8" height="{}"/>', CAP) if state == "bad" and height == 0 else ""
        inside = format_html(
            '<rect class="t" width="8" height="{}"/><rect class="f" y="{}" width="8" height="{}"/>{}',
            HEIGHT, HEIGHT - tall, tall, cap,
        )  # fmt: skip
    return format_html('<svg class="is-{}" viewBox="0 0 8 {}" aria-hidden="true">{}</svg>', state, HEIGHT, inside)
