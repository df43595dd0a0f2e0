"""Which commits' texts may say something: literal words without which no rule of the texts can find anything.

A question answered yes here is put to the rule itself; one answered no is no by the rule too, which a test checks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, product
from typing import Final

from roadbed.delivery.metrics.rules import texts

_FAULTS: Final = (
    "regress", "since", "after", "again", "planned", "of plan", "the plan", "this plan",
    "any plan", "schedul", "sprint", "caused", "causes", "broke", "brought", "brings",
    "introduc", "led to", "started", "starts", "blame", "the cause", "fallout", "fall-out", "side effect", "user",
    "customer", "client", "merchant", "tenant", "visitor", "shopper", "driver", "guest", "partner", "people",
    "everyone", "support", "complaint", "escalat", "paged", "inc", "mortem", "production ", "prod ", "live ", "outage",
)  # fmt: skip
"""At least one is in whatever `texts.fault_in` finds."""
_HOTFIXES: Final = ("hotfix", "hot-fix", "emergency fix", "quickfix", "quick-fix")
_FIXES: Final = (
    "fix", "bug", "correct", "repair", "mend", "handle", "guard", "prevent", "avoid", "stop", "do not", "don't",
    "resolve", "patch", "restore", "unbreak", "never", "make sure", "ensure",
)  # fmt: skip
_LONGEST_FILLER: Final = 32
"""Letters; longer ones begin with a word of Git's and an exclamation mark."""
_UNDOING: Final = frozenset({
    "".join(letters)
    for word in ("reve", "back", "undo", "roll")
    for letters in product(*((one, one.upper(), *("\u212a",) * (one == "k")) for one in word))
})  # fmt: skip
"""How whatever reverts something begins, in small letters and in capital ones."""
_STRANGE: Final = ("\u017f", "\u212a", "\u0130", "\u0131")
"""Letters outside of ASCII that a rule takes for s, k and i."""


def may_take_back(subjects: Sequence[str], bodies: Sequence[str] | None) -> list[int]:
    """The places of commits that may revert something."""
    found = [place for place, one in enumerate(subjects) if one[:4] in _UNDOING]
    if bodies is None:
        return found
    told = [place for place, one in enumerate(bodies) if one and "everts commit" in one]
    return sorted({*found, *told}) if told else found


def may_mend(subjects: Sequence[str], bodies: Sequence[str]) -> set[int]:
    """The places of commits that may be a merge, say nothing, or mend a fault; labels are looked at elsewhere."""
    told = [f"{one}\n{body}" if body else one for one, body in zip(subjects, bodies, strict=True)]
    lines = _Lines(told)
    found = lines.holding(_FAULTS) | lines.holding(_HOTFIXES)
    fixes = lines.holding(_FIXES) - found
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
