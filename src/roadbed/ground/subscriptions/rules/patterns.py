"""Which facts a subscription asks for: kinds by name or beginning, then environment, service and team."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.ledger.rules import FactView

EVERYTHING: Final = "*"
TAIL: Final = ".*"
MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; an empty part asks for any.

    Attributes:
        kinds: exact kinds, beginnings such as `incident.*`, or `*`.
    """

    kinds: tuple[str, ...]
    environment: str = ""
    service_uid: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """Which service a fact is about and who owns that; empty where it is about none, or about one that is gone."""

    service_uid: str = ""
    service: str = ""
    team: str = ""


def matches(pattern: str, kind: str) -> bool:
    """Whether one pattern covers a kind."""
    if pattern == EVERYTHING:
        return True
    if pattern.endswith(TAIL):
        return kind.startswith(pattern.removesuffix("*"))
    return kind == pattern


def covered(patterns: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    """The known kinds that the patterns cover."""
    asked = tuple(patterns)
    return frozenset(kind for kind in known if any(matches(pattern, kind) for pattern in asked))


def checked(patterns: Iterable[str], known: frozenset[str]) -> tuple[str, ...]:
    """The patterns as they are kept: no blanks, each once, in order of the alphabet.

    Raises:
        Invalid: naming the first that covers nothing.
    """
    kept = sorted({pattern.strip() for pattern in patterns} - {""})
    if not kept:
        raise Invalid(
            "No kind of fact is named.", remedy="Name one, a beginning like `incident.*`, or `*`.", place=_HERE
        )
    if len(kept) > MOST:
        raise Invalid(
            f"{len(kept)} patterns are more than {MOST}.", remedy="Ask by beginnings, or for `*`.", place=_HERE
        )
    for pattern in kept:
        if not covered((pattern,), known):
            raise Invalid(
                f"{pattern[:80]!r} covers no kind of fact.",
                remedy="`roadbed subscription kinds` lists them; a beginning ends in `.*`.",
                place=_HERE,
            )
    return tuple(kept)


def wants(wanted: Wanted, fact: FactView, about: About) -> bool:
    """Whether a fact goes to who asked."""
    if not any(matches(pattern, fact.kind) for pattern in wanted.kinds):
        return False
    if wanted.environment and environment_of(fact) != wanted.environment:
        return False
    if wanted.service_uid and service_uid_of(fact) != wanted.service_uid:
        return False
    return not wanted.team or about.team == wanted.team


def service_uid_of(fact: FactView) -> str:
    """The service that a fact names in its data, else its subject, which need not be one."""
    named = fact.data.get("service_uid")
    return named if isinstance(named, str) and named else fact.subject


def environment_of(fact: FactView) -> str:
    """Where it happened; empty where the fact does not say."""
    said = fact.environment or fact.data.get("environment")
    return said if isinstance(said, str) else ""


_HERE: Final = Place(field="kinds")
