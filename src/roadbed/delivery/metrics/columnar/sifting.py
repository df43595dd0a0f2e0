"""Which commits' texts may say something: literal words without which no rule of the texts can find anything.

A question answered yes here is put to the rule itself; one answered no is no by the rule too, which a test checks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

from roadbed.delivery.metrics.rules import phrases, texts
from roadbed.delivery.metrics.rules.values import Commit

_LONGEST_FILLER: Final = 32
"""Letters; longer ones begin with a word of Git's and an exclamation mark."""
_STRANGE: Final = ("\u017f", "\u212a", "\u0130", "\u0131")
"""Letters outside of ASCII that a rule takes for s, k and i."""


def may_take_back(subjects: Sequence[str], bodies: Sequence[str] | None) -> list[int]:
    """The places of commits that may revert something."""
    words = _Lines(subjects).holding(phrases.UNDOING)
    found = {place for place in words if _takes_back(subjects[place], bodies[place] if bodies else "")}
    return sorted(found | {place for place, one in enumerate(bodies or ()) if one and "everts " in one})


def _takes_back(subject: str, body: str) -> bool:
    """What has no verb of a revert in its subject has one in its body, or says that something is out again."""
    return bool(phrases.REVERT.match(subject) or phrases.OUT_AGAIN.match(subject) or phrases.TAKEN_BACK.search(body))


def of_hotfix_branches(subjects: Sequence[str]) -> list[int]:
    """The places of merges of branches that are called hotfixes."""
    merges = ((place, one) for place, one in enumerate(subjects) if one[:5].lower() == "merge")
    return [place for place, one in merges if texts.is_from_hotfix_branch(Commit("", one))]


def may_mend(subjects: Sequence[str], bodies: Sequence[str]) -> set[int]:
    """The places of commits that may be a merge, say nothing, or mend a fault; labels are looked at elsewhere."""
    told = [f"{one}\n{body}" if body else one for one, body in zip(subjects, bodies, strict=True)]
    lines = _Lines(told)
    found = lines.holding(phrases.FAULTS) | lines.holding(phrases.HOTFIXES)
    fixes = lines.holding(phrases.FIXES) - found
    found |= {place for place in fixes if _may_name_an_origin(subjects[place], bodies[place])}
    found |= {place for place, one in enumerate(subjects) if one[:5] == "Merge"}
    short = (place for place, one in enumerate(subjects) if len(one) <= _LONGEST_FILLER or "!" in one)
    found |= {place for place in short if texts.says_nothing(subjects[place])}
    if not lines.plain:
        found |= {place for place, one in enumerate(told) if any(letter in one for letter in _STRANGE)}
    return found


def _may_name_an_origin(subject: str, body: str) -> bool:
    """Whatever names where a fault came from has a digit, apart from the number that a squash merge appends."""
    return any(map(str.isdigit, texts.title_of(subject))) or any(map(str.isdigit, body))


class _Lines:
    """Texts as one, in which a word is looked for once."""

    def __init__(self, told: Sequence[str]) -> None:
        self.plain = all(map(str.isascii, told))
        low = [one.lower() for one in told]
        self._all = "\0".join(low)
        self._begins = [0, *accumulate(len(one) + 1 for one in low)]

    def holding(self, words: Iterable[str]) -> set[int]:
        """Those that hold any of the words."""
        found: set[int] = set()
        for word in words:
            at = self._all.find(word)
            while at >= 0:
                place = bisect_right(self._begins, at) - 1
                found.add(place)
                at = self._all.find(word, self._begins[place + 1])
        return found
