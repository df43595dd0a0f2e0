"""Everything in a change that may speak for a kind, each with where it stands and the words that say it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from roadbed.delivery.changes.kinds import places, versions
from roadbed.delivery.changes.kinds.conventions import LABELS, commit_type
from roadbed.delivery.changes.kinds.reading import Concept, Index, read
from roadbed.delivery.changes.kinds.values import Change
from roadbed.delivery.changes.kinds.vocabulary import CONCEPTS

NOTHING: Final = "nothing else"
_QUOTED: Final = re.compile(r'["“„«][^"”“»]{0,200}["”“»]?')
_STEADY: Final = re.compile(r"format|lint|tabs|spaces|whitespace|import|comment|typo|style|rename|prettier|black|docs?\b|readme|tests?\b", re.IGNORECASE)

PAST: Final = frozenset(
    "was were had got did made went came took gave held lost found ran saw said sent kept left fell broke grew wrote "
    "knew stayed began became led meant stood stuck sat spent could ate rose forgot hung froze woke threw drew flew "
    "hid shook slid sank stole wore won bought brought caught fought taught thought felt slept swept dealt "
    "wurde wurden war waren hatte hatten konnte konnten kam fiel ging estaba era fue fueron hacía tenía était étaient avait".split()
)
NOT_PAST: Final = frozenset(
    "asked wanted decided announced requested approved agreed promised voted informed planned based detailed related "
    "deprecated supported allowed added merged needed shared named typed unused unchanged removed renamed moved merged "
    "generated wished demanded speed exceed proceed succeed indeed breed".split()
)
_REMOVAL: Final = re.compile(
    r"\W*(\w+(\([^)]{0,40}\))?!?:\s)?(remov|drop|delet|hid(e|ing)|disabl|no |no$|freez|stop|clos|deprecat|end |cut|ban|suspend|retir|withdraw|take out|kill|switch off|turn off)",
    re.IGNORECASE,
)
TROUBLE: Final = ("it breaks down", "it fails", "it gives something wrong", "it is slow or full", "the new one is bad")
HARM: Final = ("a weakness", "an adversary", "something lies open")
WISH: Final = ("somebody decided it", "money and offers", "people can now", "brought again")

TOGETHER: Final[tuple[tuple[str, tuple[tuple[str, ...], ...], tuple[str, ...]], ...]] = (
    # name, one of each of these must be said, and none of those.
    ("back, for trouble", (("a way back", "what was before"), TROUBLE), WISH + HARM),
    ("back, lately come", (("a way back", "what was before"), ("it came lately", "only for now")), WISH + HARM),
    ("back, by decision", (("a way back", "taking out", "revert"), ("somebody decided it", "money and offers")), TROUBLE),
    ("back, to close a hole", (("a way back", "revert", "taking out"), HARM), ()),
    ("revert of what does not run", (("revert", "brought again by a revert"), ("names tidy work", "nothing that runs")), TROUBLE + HARM),
    ("revert of a removal", (("revert",), ("names a removal",)), TROUBLE + HARM + ("it came lately", "only for now")),
    ("off, for trouble", (("switching off", "taking out"), TROUBLE), HARM),
    ("off, lately come", (("switching off", "taking out"), ("it came lately", "only for now", "the new one is bad")), HARM),
    ("off, by decision", (("switching off", "taking out"), ("somebody decided it", "withdrawn on purpose")), TROUBLE),
    ("worth protecting and open", (("something worth protecting",), ("something lies open", "an adversary")), ()),
    ("worth protecting and protected", (("something worth protecting", "who may"), ("a protection",)), ()),
    ("access taken away", (("who may",), ("taking out", "a protection", "switching off")), ()),
    ("new, and nothing is wrong", (("something new", "a capability", "brought to people"),), TROUBLE + HARM + ("a way back", "for tests", "for the workshop", "it says nothing changes", "a safety net", "room to run", "it gets noticed", "a protection")),
    ("new, as a safety net", (("something new",), ("a safety net", "room to run", "it gets noticed")), ("people can now", "money and offers")),
    ("mending what fails", (("mending",), TROUBLE), ("people can now", "something new") + HARM),
    ("mending what people lacked", (("mending",), ("people can now", "something new", "somebody decided it")), ()),
    ("tidying for trouble", (("tidying", "it says nothing changes"), TROUBLE + ("it is slow or full",)), ()),
    ("tidying, nothing is wrong", (("tidying",),), TROUBLE + HARM + WISH + ("something new",)),
    ("a version for trouble", (("a version of something", "dependencies only"), TROUBLE), HARM),
    ("a version for people", (("a version of something", "dependencies only"), ("people can now", "something on screen", "money and offers", "something new")), TROUBLE + HARM),
    ("a version to close a hole", (("a version of something", "dependencies only"), HARM), ()),
    ("a version and no more", (("a version of something", "dependencies only"),), TROUBLE + HARM + WISH + ("something new", "something on screen", "a capability", "mending", "a way back", "a protection")),
    ("flags, forward", (("files of flags",), ("brought to people", "version goes up")), TROUBLE + ("switching off", "a way back")),
    ("flags, off", (("files of flags",), ("switching off", "a way back", "version goes down")), ("somebody decided it", "people can now")),
    ("what happened, undecided", (("tells what happened",),), WISH + ("a way back", "revert", "nothing that runs", "it says nothing changes")),
    ("what happened, and open", (("tells what happened",), HARM + ("something worth protecting", "who may")), ()),
    ("does not run, and open", (("nothing that runs",), ("something lies open", "an adversary", "worth protecting and open")), ("a weakness",)),
    ("does not run, a way back", (("nothing that runs",), ("a way back", "revert")), ()),
)  # fmt: skip


SPEAKING: Final = frozenset(one.name for one in CONCEPTS) - {"what was before", "a version of something", "how it should behave"}
"""Concepts that say something of the purpose; without any of them only label and type are left."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing found: its name, where it stands, the words."""

    name: str
    where: str
    words: str

    @property
    def key(self) -> str:
        """What the weights are listed under."""
        return f"{self.name} @ {self.where}" if self.where in {"title", "body"} else self.name


@cache
def index_of(concepts: tuple[Concept, ...]) -> Index:
    """The concepts made ready to be found."""
    return Index(concepts)


def signals(change: Change, concepts: tuple[Concept, ...] = CONCEPTS) -> tuple[Signal, ...]:
    """What a change says, each thing once, in a fixed order."""
    said = [*_said(change, index_of(concepts))]
    found = [*_conventions(change), *_moved(change), *_touched(change), *said]
    return (*found, *_alone(found, said), *_together(found))


def _alone(found: Iterable[Signal], said: Iterable[Signal]) -> Iterator[Signal]:
    """A label or type that no word of the text supports or contradicts."""
    if not any(one.name in SPEAKING for one in said):
        for one in found:
            if one.where in {"labels", "commit type"}:
                yield Signal(f"{one.name}, and no word says otherwise", one.where, one.words)


def _said(change: Change, index: Index) -> Iterator[Signal]:
    title = commit_type(change.title)[2]
    # A revert quotes what it takes back, which says nothing of its own kind.
    if versions.reverts(change.title):
        title = _QUOTED.sub(" ", title[:500])
    for where, text in (("title", title), ("body", change.body)):
        for hit in index.find(read(text)).values():
            yield Signal(hit.concept, where, hit.words)
    if not change.body.strip():
        yield Signal("says no more than a title", "body", "")
    elif happened := happened_in(change.body):
        yield Signal("tells what happened", "body", happened)


def happened_in(body: str) -> str:
    """The words of a body that tell of the past, empty where it does not."""
    words = read(body, 1000).words
    past = [word for word in words if word in PAST or (word.endswith("ed") and len(word) > 4 and word not in NOT_PAST)]
    return ", ".join(dict.fromkeys(past))


def _conventions(change: Change) -> Iterator[Signal]:
    written, kind, _ = commit_type(change.title)
    if written:
        yield Signal(f"commit type for {kind}", "commit type", written)
    for kind in dict.fromkeys(LABELS.get(label.lower(), "") for label in change.labels[:50]):
        if kind:
            told = ", ".join(label for label in change.labels[:50] if LABELS.get(label.lower()) == kind)
            yield Signal(f"label for {kind}", "labels", told)


def _moved(change: Change) -> Iterator[Signal]:
    times = versions.reverts(change.title)
    if times:
        yield Signal("revert" if times % 2 else "brought again by a revert", "revert", change.title)
        quoted = change.title[:500].partition('"')[2] or change.title[:500]
        if _STEADY.search(f"{quoted} {change.body[:500]}"):
            yield Signal("names tidy work", "revert", quoted)
        if _REMOVAL.match(quoted):
            yield Signal("names a removal", "revert", quoted)
    step = versions.direction(f"{change.title[:500]} {change.body}") or versions.beside(change.title, change.body)
    if step:
        yield Signal("version goes down" if step < 0 else "version goes up", "versions", change.title)


def _touched(change: Change) -> Iterator[Signal]:
    classes = places.classes(change.paths)
    shown = ", ".join(change.paths[:3])
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


def _together(found: Iterable[Signal]) -> Iterator[Signal]:
    known: dict[str, Signal] = {}
    for one in found:
        known.setdefault(one.name, one)
    for name, needed, unless in TOGETHER:
        hits = [next((known[one] for one in group if one in known), None) for group in needed]
        if all(hits) and not any(one in known for one in unless):
            one = Signal(name, "together", " … ".join(hit.words for hit in hits if hit and hit.words))
            known.setdefault(name, one)
            yield one
