"""Roll-ups as they are read: the lines of all objectives from their last evaluation, and their groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.people import queries as people
from roadbed.reliability.objectives.live import window_kept
from roadbed.reliability.objectives.models import Evaluated, Objective
from roadbed.reliability.objectives.rules.evaluation import UNMEASURED
from roadbed.reliability.objectives.rules.kept import period_of
from roadbed.reliability.objectives.rules.rollup import (
    CLASSES,
    ORGANIZATION,
    SCOPES,
    SYSTEM,
    TEAM,
    WHOLE,
    Group,
    Line,
    kind_of,
    rolled,
    urgency,
)
from roadbed.reliability.objectives.rules.targets import Target


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A group with the objectives behind its figures."""

    group: Group
    lines: tuple[Line, ...]


def groups(by: str) -> tuple[Group, ...]:
    """The organization, or every team or system that has objectives, by name.

    Raises:
        Invalid: for anything else.
    """
    _known(by)
    lines = _lines()
    if by == ORGANIZATION:
        return (rolled(ORGANIZATION, WHOLE, lines, title="All services"),)
    titles = _titles(by)
    held: dict[str, list[Line]] = {}
    for one in lines:
        if name := _of(one, by):
            held.setdefault(name, []).append(one)
    return tuple(rolled(by, name, those, title=titles.get(name, "")) for name, those in sorted(held.items()))


def group(by: str, name: str, *, state: str = "") -> GroupPage:
    """One group with its objectives, the ones that need somebody first; with `state` only those of one class.

    Raises:
        Invalid: for a scope or a class that there is not.
        NotFound: for a team or system that there is not.
    """
    _known(by)
    if state and state not in CLASSES:
        remedy = f"One of {', '.join(CLASSES)}."
        raise Invalid(f"{state!r} is no class of objectives.", remedy=remedy, place=Place(field="state"))
    titles = _titles(by)
    if name not in titles:
        remedy = f"`roadbed slo rollup --by {by}` names those with objectives."
        raise NotFound(f"There is no {by} {name[:63]}.", remedy=remedy)
    lines = [one for one in _lines() if by == ORGANIZATION or _of(one, by) == name]
    found = rolled(by, name, lines, title=titles[name])
    shown = sorted((one for one in lines if state in ("", one.state)), key=urgency)
    return GroupPage(found, tuple(shown))


def _known(by: str) -> None:
    if by not in SCOPES:
        raise Invalid(
            f"{by!r} is nothing to roll up to.", remedy=f"One of {', '.join(SCOPES)}.", place=Place(field="by")
        )


def _titles(by: str) -> Mapping[str, str]:
    if by == ORGANIZATION:
        return {WHOLE: "All services"}
    if by == TEAM:
        return {team.name: team.title for team in people.teams()}
    return systems()


def systems() -> dict[str, str]:
    """Titles of systems by name: those that are registered, and those that services only name."""
    found = {system: system for _, _, system in catalog.owners_and_systems().values() if system}
    cursor = ""
    while True:
        page = catalog.entities(kind=SYSTEM.capitalize(), cursor=cursor, limit=200)
        found |= {one.name: one.title or one.name for one in page.items}
        if not page.next_cursor:
            return found
        cursor = page.next_cursor


def _of(line: Line, by: str) -> str:
    return line.owner if by == TEAM else line.system


def _lines() -> list[Line]:
    rows = Objective.objects.filter(removed_at=None).values_list(
        "uid",
        "title",
        "name",
        "service_uid",
        "service_name",
        "owner",
        "target",
        "window",
        "window_minutes",
        "indicator",
    )
    evaluated = {
        one.objective: one for one in Evaluated.objects.only("objective", "standing", "remaining", "as_of", "kept")
    }
    places = catalog.owners_and_systems()
    found = []
    for uid, title, name, service_uid, former_name, former_owner, target, window, minutes, indicator in rows:
        known = evaluated.get(uid)
        service, owner, system = places.get(service_uid, (former_name, former_owner, ""))
        held = period_of(known.kept) if known else None
        good = total = measured = counting = 0
        sliced = False
        if held is not None:
            counts, sliced = held
            measured, counting = counts.measured, counts.counting
            good, total = (
                (counts.good_minutes, counts.measured - counts.idle) if sliced else (counts.good, counts.total)
            )
        found.append(
            Line(
                uid=uid, title=title, name=name, service=service, owner=owner, system=system, kind=kind_of(indicator),
                unit="minutes" if sliced else "events", window=window_kept(window, minutes).name,
                standing=known.standing if known else UNMEASURED, remaining=known.remaining if known else None,
                good=good, total=total, measured=measured, counting=counting if held else minutes,
                target_text=Target.exactly(target).percent(), as_of=known.as_of if known else None,
            )
        )  # fmt: skip
    return found
