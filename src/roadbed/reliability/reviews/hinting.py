"""Hints on a review's wording and actions, as its page and the API show them; they warn and never block."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from roadbed.ground.people import queries as people
from roadbed.reliability.reviews import queries
from roadbed.reliability.reviews.rules.blame.checking import check
from roadbed.reliability.reviews.rules.blame.people import Directory
from roadbed.reliability.reviews.rules.blame.rewriting import rewrite
from roadbed.reliability.reviews.rules.fitness import unfit
from roadbed.reliability.reviews.rules.reading import sentences
from roadbed.reliability.reviews.values import ReviewPage

PARTS = {"impact": "impact", "questions": "open questions", "detection": "detection", "limited": "response"}
"""The part of a review that a section is, as the checks know it; the others are causes."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that could be written better: where it stands, what it is, and how.

    Attributes:
        where: a section's name, or the key of a factor or an action.
        kind: the kind of blame, or the reason why an action is not fit.
        words: those that the hint is about; empty for an action.
        rewrite: what could stand there instead; empty for an action.
    """

    where: str
    kind: str
    text: str
    words: str
    hint: str
    rewrite: str = ""

    @property
    def kind_words(self) -> str:
        """The kind in words."""
        return self.kind.replace("_", " ")


@lru_cache(maxsize=4)
def _directory(names: tuple[str, ...]) -> Directory:
    return Directory(names)


def directory() -> Directory:
    """Whoever can be named."""
    return _directory(tuple(person.name for person in people.people()))


def hints(reference: str) -> tuple[Hint, ...]:
    """The hints on a review, sections first."""
    return hints_of(queries.review(reference))


def hints_of(page: ReviewPage) -> tuple[Hint, ...]:
    """The hints on a review that was read already."""
    names = tuple(person.name for person in people.people())
    known = _directory(names)
    told = [(name, text, PARTS.get(name, "causes")) for name, text in page.sections.items()]
    told += [(factor.key, factor.text, "causes") for factor in page.factors]
    found = [
        Hint(where, warned.kind, one.text, warned.words, warned.hint, rewrite(one.text, section=part, people=known))
        for where, text, part in told
        for one in sentences(text, section=part)
        if (warned := check(one.text, section=part, people=known))
    ]
    factors = {factor.key: factor.text for factor in page.factors}
    for action in page.actions:
        if action.closed_at is None:
            lacks = unfit(
                action.text, factor=factors.get(action.factor, ""), owner=action.owner, evidence=action.evidence,
                people=(*names, action.owner),
            )  # fmt: skip
            if lacks:
                found.append(Hint(action.key, lacks.reason, action.text, "", lacks.hint))
    return tuple(found)
