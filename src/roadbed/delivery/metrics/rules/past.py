"""What had been deployed before a deployment: which one carried a commit, a title, a number or a version last."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from roadbed.delivery.metrics.rules import texts
from roadbed.delivery.metrics.rules.values import Deployment

Places = dict[str, list[int]]
"""By a name, the places of the deployments that have it, the earliest first."""


def key_of(sha: str) -> str:
    """Reports shorten commits to different lengths; twelve digits tell a service's apart."""
    return sha[:12]


@dataclass(slots=True)
class Past:
    """Looks back over a service's deployments, oldest first. Most histories ask little, so each index is made late."""

    ordered: Sequence[Deployment]
    _carried: Places | None = None
    _named: dict[str, int] = field(default_factory=dict)
    _titles: Places | None = None
    _numbers: Places | None = None
    _versions: Places | None = None
    _order: dict[str, tuple[int, int]] | None = None

    def carrier(self, sha: str, index: int) -> int | None:
        """The last before a place that carried a commit, or else the first that was deployed at it."""
        if self._carried is None:
            self._carried = _places(self.ordered, lambda one: (key_of(each.sha) for each in one.commits or ()))
            for place, one in enumerate(self.ordered):
                if one.commit:
                    self._named.setdefault(key_of(one.commit), place)
        found = _before(self._carried, key_of(sha), index)
        named = self._named.get(key_of(sha), index)
        return found if found is not None or named >= index else named

    def titled(self, title: str, index: int) -> int | None:
        """The last before a place that carried a commit of this title."""
        if self._titles is None:
            self._titles = _places(
                self.ordered, lambda one: (texts.title_of(each.subject) for each in one.commits or ())
            )
        return _before(self._titles, title, index)

    def numbered(self, number: str, index: int) -> int | None:
        """The last before a place that carried a commit of this change."""
        if self._numbers is None:
            self._numbers = _places(
                self.ordered, lambda one: (each.change or texts.number_of(each.subject) for each in one.commits or ())
            )
        return _before(self._numbers, number, index)

    def versioned(self, version: str, index: int) -> int | None:
        """The last before a place that had this version."""
        if self._versions is None:
            self._versions = _places(self.ordered, lambda one: (one.version.rpartition("/")[2].removeprefix("v"),))
        return _before(self._versions, version, index)

    def rank(self, sha: str, index: int) -> int | None:
        """How many commits had come before one when it first came, of all before a place; None where it had not."""
        if self._order is None:
            self._order = {}
            for place, one in enumerate(self.ordered):
                # The oldest of its commits first, so that what came later stands later.
                for each in (*(commit.sha for commit in reversed(one.commits or ())), one.commit):
                    if each:
                        self._order.setdefault(key_of(each), (len(self._order), place))
        rank, place = self._order.get(key_of(sha), (0, index))
        return rank if place < index else None


def _places(ordered: Sequence[Deployment], names: Callable[[Deployment], Iterable[str]]) -> Places:
    found: Places = defaultdict(list)
    for place, one in enumerate(ordered):
        for name in names(one):
            if name:
                found[name].append(place)
    return found


def _before(places: Places, name: str, index: int) -> int | None:
    known = places.get(name, ())
    at = bisect_left(known, index)
    return known[at - 1] if at else None
