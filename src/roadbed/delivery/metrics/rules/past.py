"""What had been deployed before a deployment: which one carried a commit, a title, a number or a version last."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from roadbed.delivery.metrics.rules import texts
from roadbed.delivery.metrics.rules.values import Deployment

Places = dict[str, list[int]]
"""By a name, the places of the deployments that have it, the earliest first."""
Named = Iterator[tuple[int, str]]
"""Places of deployments with a name that each has, the earliest deployment first."""


def key_of(sha: str) -> str:
    """Reports shorten commits to different lengths; twelve digits tell a service's apart."""
    return sha[:12]


def keys_of(shas: Iterable[str]) -> list[str]:
    """Of many commits at once."""
    return [sha[:12] for sha in shas]


class Names(Protocol):
    """What deployments are known by; read only where somebody asks."""

    def shas(self) -> Named:
        """Of the commits that each carried, the newest first."""
        ...

    def subjects(self) -> Named:
        """Their subjects."""
        ...

    def numbers(self) -> Named:
        """Their changes' numbers."""
        ...

    def versions(self) -> Iterable[str]:
        """The version of each deployment."""
        ...

    def commits(self) -> Iterable[str]:
        """The commit that each was deployed at, empty where nobody told."""
        ...


@dataclass(frozen=True, slots=True)
class NamesOf:
    """The names of deployments that are there as values."""

    ordered: Sequence[Deployment]

    def shas(self) -> Named:
        """Each commit."""
        return ((place, each.sha) for place, one in enumerate(self.ordered) for each in one.commits or ())

    def subjects(self) -> Named:
        """As they were told."""
        return ((place, each.subject) for place, one in enumerate(self.ordered) for each in one.commits or ())

    def numbers(self) -> Named:
        """As the source told it, else as the title ends."""
        return (
            (place, each.change or texts.number_of(each.subject))
            for place, one in enumerate(self.ordered)
            for each in one.commits or ()
        )

    def versions(self) -> Iterable[str]:
        """As they were told."""
        return (one.version for one in self.ordered)

    def commits(self) -> Iterable[str]:
        """As they were told."""
        return (one.commit for one in self.ordered)


@dataclass(slots=True)
class Past:
    """Looks back over a service's deployments, oldest first. Most histories ask little, so each index is made late."""

    names: Names
    _carried: Places | None = None
    _named: dict[str, int] = field(default_factory=dict)
    _titles: Places = field(default_factory=dict)
    _subjects: list[tuple[int, str]] | None = None
    _numbers: Places | None = None
    _versions: Places | None = None
    _order: dict[str, tuple[int, int]] | None = None

    def carrier(self, sha: str, index: int) -> int | None:
        """The last before a place that carried a commit, or else the first that was deployed at it."""
        if self._carried is None:
            self._carried = _places((place, key_of(each)) for place, each in self.names.shas())
            for place, commit in enumerate(self.names.commits()):
                if commit:
                    self._named.setdefault(key_of(commit), place)
        found = _before(self._carried, key_of(sha), index)
        named = self._named.get(key_of(sha), index)
        return found if found is not None or named >= index else named

    def titled(self, title: str, index: int) -> int | None:
        """The last before a place that carried a commit of this title, as `texts.title_of` has it."""
        if title and title not in self._titles:
            # Few titles are asked for, and most subjects do not hold one.
            if self._subjects is None:
                self._subjects = [(place, subject.casefold()) for place, subject in self.names.subjects()]
            some = ((place, subject) for place, subject in self._subjects if title in subject)
            self._titles[title] = [place for place, subject in some if texts.title_of(subject) == title]
        return _before(self._titles, title, index)

    def numbered(self, number: str, index: int) -> int | None:
        """The last before a place that carried a commit of this change."""
        if self._numbers is None:
            self._numbers = _places(self.names.numbers())
        return _before(self._numbers, number, index)

    def versioned(self, version: str, index: int) -> int | None:
        """The last before a place that had this version."""
        if self._versions is None:
            plain = (one.rpartition("/")[2].removeprefix("v") for one in self.names.versions())
            self._versions = _places(enumerate(plain))
        return _before(self._versions, version, index)

    def rank(self, sha: str, index: int) -> int | None:
        """How many commits had come before one when it first came, of all before a place; None where it had not."""
        if self._order is None:
            self._order = self._arrivals()
        rank, place = self._order.get(key_of(sha), (0, index))
        return rank if place < index else None

    def _arrivals(self) -> dict[str, tuple[int, int]]:
        order: dict[str, tuple[int, int]] = {}
        carried: dict[int, list[str]] = defaultdict(list)
        for place, sha in self.names.shas():
            carried[place].append(sha)
        for place, commit in enumerate(self.names.commits()):
            # The oldest of its commits first, so that what came later stands later.
            for each in (*reversed(carried[place]), commit):
                if each:
                    order.setdefault(key_of(each), (len(order), place))
        return order


def _places(named: Iterable[tuple[int, str]]) -> Places:
    found: Places = defaultdict(list)
    for place, name in named:
        if name:
            found[name].append(place)
    return found


def _before(places: Places, name: str, index: int) -> int | None:
    known = places.get(name, ())
    at = bisect_left(known, index)
    return known[at - 1] if at else None
