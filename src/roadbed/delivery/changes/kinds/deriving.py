"""Adds the cues of a change up to its kind, with the evidence for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from roadbed.delivery.changes.kinds import places, versions
from roadbed.delivery.changes.kinds.cues import LABELS, PATHS, TYPES, WORDS, Cue
from roadbed.delivery.changes.kinds.values import (
    FEATURE,
    KINDS,
    MAINTENANCE,
    ROLLBACK,
    Change,
    Derived,
    Evidence,
)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each source of cues counts. Chosen by cross-validation: see benchmarks/bench_change_kind.py."""

    title: float = 1.0
    body: float = 1.1
    label: float = 1.5
    type: float = 1.0
    path: float = 1.0
    idle: float = 5.0
    revert: float = 6.0
    direction: float = 3.0
    prior: float = 0.25


WEIGHTS: Final = Weights()
_TYPE: Final = re.compile(r"^\s*(\w+)(\([^)]*\))?!?:\s")
_DECIDED: Final = re.compile(
    r"product decision|business (wants|decided|asked)|marketing|on purpose|as planned|announced|sales (wants|asked)",
    re.IGNORECASE,
)
_STEADY: Final = re.compile(r"format|lint|tabs|whitespace|\bonly\b|comment", re.IGNORECASE)


def derive(change: Change, *, weights: Weights = WEIGHTS, words: tuple[Cue, ...] = WORDS) -> Derived:
    """The kind for which most speaks. Where nothing speaks, a feature: the gate's severer rule."""
    found = tuple(one for one in _evidence(change, weights, words) if one.points)
    sums = dict.fromkeys(KINDS, 0.0)
    for one in found:
        sums[one.kind] += one.points
    ranked = sorted(KINDS, key=lambda kind: (-sums[kind], KINDS.index(kind)))
    first, second = sums[ranked[0]], sums[ranked[1]]
    for_it = sorted((one for one in found if one.kind == ranked[0]), key=lambda one: -one.points)
    told = first > weights.prior
    confidence = round((first - second) / (first + second), 3) if told else 0.0
    return Derived(kind=ranked[0], confidence=confidence, evidence=tuple(for_it))


def _evidence(change: Change, weights: Weights, words: tuple[Cue, ...]) -> Iterator[Evidence]:
    yield Evidence("nothing else", "", "", FEATURE, weights.prior)
    yield from _said(change, weights, words)
    yield from _conventions(change, weights, words)
    yield from _moved(change, weights)
    yield from _touched(change, weights)


def _said(change: Change, weights: Weights, words: tuple[Cue, ...]) -> Iterator[Evidence]:
    # A revert quotes what it takes back, which says nothing of its own kind.
    title = "" if versions.reverts(change.title) else _plain(change.title)
    for cue in words:
        said = cue.pattern.search(title)
        if said:
            yield Evidence(cue.name, "title", said[0], cue.kind, cue.title * weights.title)
        why = cue.pattern.search(change.body)
        if why and not (said and said[0].lower() == why[0].lower()):
            yield Evidence(cue.name, "body", why[0], cue.kind, cue.body * weights.body)


def _plain(title: str) -> str:
    """The title without its conventional type, which counts as a convention and not as a word too."""
    found = _TYPE.match(title)
    return title[found.end() :] if found and found[1].lower() in TYPES else title


def _conventions(change: Change, weights: Weights, words: tuple[Cue, ...]) -> Iterator[Evidence]:
    # Labels and types lie; where a sentence of the body gives the purpose, they count half.
    share = 0.5 if any(cue.kind != MAINTENANCE and cue.pattern.search(change.body) for cue in words) else 1.0
    if (found := _TYPE.match(change.title)) and (kind := TYPES.get(found[1].lower())):
        yield Evidence("commit type", "title", found[0].strip(), kind, weights.type * share)
    for label in change.labels:
        if kind := LABELS.get(label.lower()):
            yield Evidence("label", "labels", label, kind, weights.label * share)


def _moved(change: Change, weights: Weights) -> Iterator[Evidence]:
    text = f"{change.title} {change.body}"
    times = versions.reverts(change.title)
    if times and _STEADY.search(text):
        yield Evidence("revert of what does not run", "title", change.title, MAINTENANCE, 2 * weights.revert)
    elif times % 2:
        kind = FEATURE if _DECIDED.search(change.body) else ROLLBACK
        yield Evidence("revert", "title", change.title, kind, weights.revert)
    elif times:
        yield Evidence("brought again", "title", change.title, FEATURE, 2 * weights.revert)
    if versions.direction(text) < 0 and "idle" not in places.classes(change.paths):
        yield Evidence("version goes down", "title", change.title, ROLLBACK, 2 * weights.direction)


def _touched(change: Change, weights: Weights) -> Iterator[Evidence]:
    classes = places.classes(change.paths)
    shown = ", ".join(change.paths[:3])
    if "idle" in classes:
        yield Evidence("nothing that runs", "paths", shown, MAINTENANCE, weights.idle)
    elif "dependencies" in classes:
        yield Evidence("dependencies only", "paths", shown, MAINTENANCE, weights.path)
    for kind, pattern in PATHS:
        if found := _first(pattern, change.paths):
            yield Evidence("path", "paths", found, kind, weights.path)
    if change.author_is_bot:
        yield Evidence("a bot's update", "author", "", MAINTENANCE, weights.path)
    yield from _grown(change, weights)


def _grown(change: Change, weights: Weights) -> Iterator[Evidence]:
    added, removed = change.additions or 0, change.deletions or 0
    if added >= 100 and added > 5 * removed:  # noqa: PLR2004 - a page of code that replaces none
        yield Evidence("mostly new lines", "diff", f"+{added} -{removed}", FEATURE, weights.path)


def _first(pattern: re.Pattern[str], paths: Iterable[str]) -> str:
    return next((path for path in paths if pattern.search(path)), "")
