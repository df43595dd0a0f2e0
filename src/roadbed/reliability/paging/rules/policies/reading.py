"""An escalation policy out of its YAML file, with every fault of it on its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from roadbed.ground.catalog.documents import Path, cut, read_documents
from roadbed.ground.errors import Invalid, Place
from roadbed.reliability.paging.rules.owning import PLATFORM
from roadbed.reliability.paging.rules.policies.values import OF_TEAM, PERSON, Chain, ChainStep, Policies, Target
from roadbed.reliability.paging.rules.schedules.fields import Reader

OF_CHAIN: Final = ("steps", "repeat", "acknowledgement_timeout")
TOP: Final = (*OF_CHAIN, "low_urgency")
MOST_STEPS, MOST_TARGETS, MOST_REPEATS = 20, 20, 11
SHORTEST_WAIT, LONGEST_WAIT = 30, 86_400
USUAL_WAIT, USUAL_REPEATS = 300, 2
_LENGTH: Final = re.compile(r"(\d{1,5})\s*(s|sec|seconds?|m|min|minutes?|h|hours?)", re.IGNORECASE)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Known:
    """Who and what a server knows.

    Attributes:
        people: e-mail addresses in small letters.
        teams: names with the layer of their charter.
        layer: that of the team whose policy it is.
    """

    people: Collection[str]
    teams: Mapping[str, str]
    layer: str = ""


def read(text: str, file: str = "", *, known: Known | None = None) -> Policies:
    """The policy of a file's text; with `known`, people and teams have to be there.

    Raises:
        Invalid: naming file, line, field and remedy of the first fault; the others are with it.
    """
    found = read_documents(text, file)
    if found.errors:
        raise _all(list(found.errors))
    if len(found.documents) != 1:
        raise Invalid(
            f"The file holds {len(found.documents)} policies.", remedy="Write one policy in one file.",
            place=Place(file, found.documents[1].line if found.documents else 1),
        )  # fmt: skip
    reader = Reader(found.documents[0], file)
    said = reader.fields(found.documents[0].value, (), TOP)
    high = _chain(reader, said, (), known)
    low = None
    if said.get("low_urgency") is not None:
        at: Path = ("low_urgency",)
        low = _chain(reader, reader.fields(said["low_urgency"], at, OF_CHAIN), at, known)
    if reader.faults:
        raise _all(reader.faults)
    return Policies(high, low)


def _all(faults: list[Invalid]) -> Invalid:
    first, *others = sorted(faults, key=lambda one: one.place.line or 0)
    return Invalid(first.detail, remedy=first.remedy, place=first.place, others=tuple(others))


def _chain(reader: Reader, said: Mapping[str, Any], path: Path, known: Known | None) -> Chain:
    at = (*path, "steps")
    items = reader.items(said.get("steps"), at)
    if not items:
        reader.fault(at, "The policy has no step.", "Write at least one under `steps`, as `- page: on-call`.")
    if len(items) > MOST_STEPS:
        reader.fault(at, f"There are {len(items)} steps.", f"{MOST_STEPS} are the most.")
    repeat, place = said.get("repeat"), (*path, "repeat")
    if repeat is None:
        repeat = USUAL_REPEATS
    elif not isinstance(repeat, int) or isinstance(repeat, bool) or not 0 <= repeat <= MOST_REPEATS:
        reader.fault(
            place, f"{_shown(repeat)} is not possible here.", f"Write a whole number from 0 to {MOST_REPEATS}."
        )
        repeat = 0
    timeout, at = said.get("acknowledgement_timeout"), (*path, "acknowledgement_timeout")
    return Chain(
        steps=tuple(_step(reader, item, place, known) for item, place in items[:MOST_STEPS]),
        rounds=repeat + 1,
        acknowledged=None if timeout is None else _seconds(reader, timeout, at, least=60, never=True),
    )


def _step(reader: Reader, value: Any, path: Path, known: Known | None) -> ChainStep:
    said = reader.fields(value, path, ("page", "wait"))
    at, given = (*path, "page"), said.get("page")
    listed = given if isinstance(given, list) else [] if given is None else [given]
    if not 1 <= len(listed) <= MOST_TARGETS:
        names = ", ".join(OF_TEAM)
        reader.fault(at, f"A step pages 1 to {MOST_TARGETS} targets.", f"Name {names}, or people by e-mail address.")
    many = isinstance(given, list)
    targets = [
        _target(reader, one, (*at, number) if many else at, known) for number, one in enumerate(listed[:MOST_TARGETS])
    ]
    wait = said.get("wait")
    seconds = USUAL_WAIT if wait is None else _seconds(reader, wait, (*path, "wait"), least=SHORTEST_WAIT)
    return ChainStep(tuple(dict.fromkeys(targets)), seconds)


def _target(reader: Reader, value: Any, path: Path, known: Known | None) -> Target:
    """A word of OF_TEAM, a person by e-mail address, or a mapping from a word to another team."""
    if isinstance(value, dict) and len(value) == 1:
        (kind, team), *_ = value.items()
        if kind in OF_TEAM and isinstance(team, str):
            return _of_other(reader, kind, team.strip(), (*path, kind), known)
    elif isinstance(value, str) and value.strip().lower() in OF_TEAM:
        return Target(value.strip().lower())
    elif isinstance(value, str) and "@" in value:
        email = value.strip().lower()
        if known is not None and email not in known.people:
            reader.fault(
                path, f"{cut(value, 80)} is nobody here.", "Name somebody of `roadbed person list` by their address."
            )
        return Target(PERSON, email=email[:254])
    reader.fault(
        path, f"{_shown(value)} is nobody who can be paged.",
        f"Write one of {', '.join(OF_TEAM)}, an e-mail address, or `on-call: ANOTHER-TEAM`.",
    )  # fmt: skip
    return Target(next(iter(OF_TEAM)))


def _of_other(reader: Reader, kind: str, team: str, path: Path, known: Known | None) -> Target:
    name = next((one for one in known.teams if one.lower() == team.lower()), "") if known is not None else team
    if not name:
        reader.fault(path, f"There is no team {cut(team, 63)}.", "`roadbed team list` shows them.")
    elif known is not None and known.teams[name] == PLATFORM != known.layer:
        reader.fault(
            path, f"{name} is a platform team, which is paged for what it owns and for nothing else.",
            "Name another team; an alert of the platform's own components pages it anyway.",
        )  # fmt: skip
    return Target(kind, team=(name or team)[:63])


def _seconds(reader: Reader, value: Any, path: Path, *, least: int, never: bool = False) -> int:
    """A length in seconds; where `never` is possible, 0 for it."""
    if never and value in (0, "never") and value is not False:
        return 0
    found = _LENGTH.fullmatch(value.strip()) if isinstance(value, str) else None
    seconds = int(found[1]) * _SECONDS[found[2][0].lower()] if found else -1
    if not least <= seconds <= LONGEST_WAIT:
        least_said = f"{least} s" if least < 60 else f"{least // 60} min"  # noqa: PLR2004 - a minute
        also = ", or never" if never else ""
        reader.fault(
            path, f"{_shown(value)} is not possible here.", f"Write {least_said} to 24 h, like 90 s or 10 min{also}."
        )
        return USUAL_WAIT
    return seconds


def _shown(value: Any) -> str:
    return cut(repr(value), 80)
