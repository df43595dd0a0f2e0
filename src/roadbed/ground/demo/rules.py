"""What a demo is: its states, what can belong to it, and what its removal came to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MAKING, STANDING, REMOVING = "making", "standing", "removing"
STATES: Final = (MAKING, STANDING, REMOVING)

PERSON, TEAM, ENTITY, REPOSITORY = "person", "team", "entity", "repository"
KINDS: Final = (PERSON, TEAM, ENTITY, REPOSITORY)


@dataclass(frozen=True, slots=True)
class Belongings:
    """What is the demo's.

    Attributes:
        people, teams, entities: uids; services are entities.
        repositories: their locations.
        first, last: positions of the facts that were recorded while it was made.
    """

    people: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    entities: frozenset[str] = frozenset()
    repositories: frozenset[str] = frozenset()
    first: int = 0
    last: int = 0

    @property
    def uids(self) -> frozenset[str]:
        """Everything that a fact can be about."""
        return self.people | self.teams | self.entities

    def also_about(self, subjects: Iterable[str]) -> Belongings:
        """The same, with what rooms found to hang on it."""
        return Belongings(
            people=self.people,
            teams=self.teams,
            entities=self.entities | frozenset(subjects),
            repositories=self.repositories,
            first=self.first,
            last=self.last,
        )


@dataclass(frozen=True, slots=True)
class Gone:
    """What one room let go.

    Attributes:
        rows: how many rows it deleted.
        subjects: uids of those that facts can be about, so that their facts go as well.
        kept: what had to stay, in words, because something of the user's own stands on it.
    """

    rows: int = 0
    subjects: frozenset[str] = frozenset()
    kept: tuple[str, ...] = ()

    def __add__(self, other: Gone) -> Gone:
        return Gone(self.rows + other.rows, self.subjects | other.subjects, (*self.kept, *other.kept))
