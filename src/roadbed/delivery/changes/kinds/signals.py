"""Everything in a change that may speak for a kind, each with where it stands and the words that say it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from roadbed.delivery.changes.kinds import places, telling, versions
from roadbed.delivery.changes.kinds.combining import COMBINATIONS
from roadbed.delivery.changes.kinds.conventions import LABELS, commit_type
from roadbed.delivery.changes.kinds.reading import Index, Listed, read
from roadbed.delivery.changes.kinds.values import Change
from roadbed.delivery.changes.kinds.vocabulary import CONCEPTS

SHOWN: Final = 200
"""The most characters of a change that are shown as evidence."""
MANY: Final = 50
TEXTS: Final = ("title", "body")
VAGUE: Final = frozenset({"what was before", "a version of something", "how it should behave"})
"""Concepts that say nothing of the purpose by themselves."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing found: its name, where it stands, the words."""

    name: str
    where: str
    words: str

    @property
    def key(self) -> str:
        """What its weight is listed under: words weigh differently in a title and in a body."""
        return f"{self.name} @ {self.where}" if self.where in TEXTS else self.name


@cache
def index() -> Index:
    """The vocabulary made ready to be found; made when it is first needed."""
    return Index(CONCEPTS)


def signals(change: Change, without: Container[Listed] = ()) -> tuple[Signal, ...]:
    """What a change says, each thing once, in a fixed order; listed words in `without` are as if unknown."""
    said = list(_said(change, without))
    found = [*_conventions(change), *_moved(change), *_touched(change), *said]
    return (*found, *_alone(found, said), *_together(found))


def _said(change: Change, without: Container[Listed]) -> Iterator[Signal]:
    title = telling.unquoted(change.title) if versions.reverts(change.title) else commit_type(change.title)[2]
    for where, text in zip(TEXTS, (title, change.body), strict=True):
        for hit in index().find(read(text), without).values():
            yield Signal(hit.concept, where, hit.words[:SHOWN])
    if not change.body.strip():
        yield Signal("says no more than a title", "diff", "")
    elif happened := telling.happened_in(change.body):
        yield Signal("tells what happened", "body", happened)


def _conventions(change: Change) -> Iterator[Signal]:
    written, kind, _ = commit_type(change.title)
    if written:
        yield Signal(f"commit type for {kind}", "commit type", written)
    labels = {label: LABELS.get(label.lower(), "") for label in change.labels[:MANY]}
    for kind in dict.fromkeys(filter(None, labels.values())):
        told = ", ".join(label for label, its in labels.items() if its == kind)
        yield Signal(f"label for {kind}", "labels", told[:SHOWN])


def _moved(change: Change) -> Iterator[Signal]:
    title = change.title[:SHOWN]
    if times := versions.reverts(change.title):
        yield Signal("revert" if times % 2 else "brought again by a revert", "revert", title)
        named = telling.taken_back(change.title)
        if telling.is_tidy(named) or telling.is_tidy(change.body):
            yield Signal("names tidy work", "revert", named[:SHOWN])
        if telling.is_removal(named):
            yield Signal("names a removal", "revert", named[:SHOWN])
    step = versions.direction(f"{change.title[:500]} {change.body}") or versions.beside(change.title, change.body)
    if step:
        yield Signal("version goes down" if step < 0 else "version goes up", "versions", title)


def _touched(change: Change) -> Iterator[Signal]:
    classes = places.classes(change.paths)
    shown = ", ".join(change.paths[:3])[:SHOWN]
    if "idle" in classes:
        yield Signal("nothing that runs", "paths", shown)
    elif "dependencies" in classes:
        yield Signal("dependencies only", "paths", shown)
    for name, path in places.touched(change.paths):
        yield Signal(name, "paths", path)
    if change.author_is_bot:
        yield Signal("a bot's update", "author", "")
    if shape := places.shape(change.additions, change.deletions):
        yield Signal(shape, "diff", f"+{change.additions} -{change.deletions}")


def _alone(found: Iterable[Signal], said: Iterable[Signal]) -> Iterator[Signal]:
    """A label or type that no word of the text supports or contradicts."""
    if not any(one.name not in VAGUE and one.words for one in said):
        for one in found:
            if one.where in {"labels", "commit type"}:
                yield Signal(f"{one.name}, and no word says otherwise", one.where, one.words)


def _together(found: Iterable[Signal]) -> Iterator[Signal]:
    known: dict[str, Signal] = {}
    for one in found:
        known.setdefault(one.name, one)
    for combination in COMBINATIONS:
        hits = [next((known[name] for name in group if name in known), None) for group in combination.needs]
        if all(hits) and not any(name in known for name in combination.unless):
            words = " … ".join(hit.words for hit in hits if hit and hit.words)
            known.setdefault(combination.name, Signal(combination.name, "whole", words[:SHOWN]))
            yield known[combination.name]
