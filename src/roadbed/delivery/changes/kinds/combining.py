"""What signals say together that none of them says alone: a way back is a rollback where something is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from roadbed.delivery.changes.kinds.values import FEATURE, MAINTENANCE, RELIABILITY, ROLLBACK, SECURITY

TROUBLE: Final = ("it breaks down", "it fails", "it gives something wrong", "it is slow or full", "the new one is bad")
HARM: Final = ("a weakness", "an adversary", "something lies open")
WISH: Final = ("somebody decided it", "money and offers", "people can now", "brought again")


@dataclass(frozen=True, slots=True)
class Combination:
    """Signals that mean more together: one of each of `needs`, none of `unless`; `kind` is the first guess."""

    name: str
    kind: str
    needs: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...] = ()


COMBINATIONS: Final = (
    Combination(
        "back, for trouble",
        ROLLBACK,
        needs=(("a way back", "what was before"), TROUBLE),
        unless=(*HARM, *WISH),
    ),
    Combination(
        "back, lately come",
        ROLLBACK,
        needs=(("a way back", "what was before"), ("it came lately", "only for now")),
        unless=(*HARM, *WISH),
    ),
    Combination(
        "back, by decision",
        FEATURE,
        needs=(("a way back", "taking out", "revert"), ("somebody decided it", "money and offers")),
        unless=TROUBLE,
    ),
    Combination(
        "back, to close a hole",
        SECURITY,
        needs=(("a way back", "revert", "taking out"), HARM),
    ),
    Combination(
        "revert of what does not run",
        MAINTENANCE,
        needs=(("revert", "brought again by a revert"), ("names tidy work", "nothing that runs")),
        unless=(*TROUBLE, *HARM),
    ),
    Combination(
        "revert of a removal",
        FEATURE,
        needs=(("revert",), ("names a removal",)),
        unless=(*TROUBLE, *HARM, "it came lately", "only for now"),
    ),
    Combination(
        "off, for trouble",
        ROLLBACK,
        needs=(("switching off", "taking out"), TROUBLE),
        unless=HARM,
    ),
    Combination(
        "off, lately come",
        ROLLBACK,
        needs=(("switching off", "taking out"), ("it came lately", "only for now", "the new one is bad")),
        unless=HARM,
    ),
    Combination(
        "off, by decision",
        FEATURE,
        needs=(("switching off", "taking out"), ("somebody decided it", "withdrawn on purpose")),
        unless=TROUBLE,
    ),
    Combination(
        "worth protecting and open",
        SECURITY,
        needs=(("something worth protecting",), ("something lies open", "an adversary")),
    ),
    Combination(
        "worth protecting and protected",
        SECURITY,
        needs=(("something worth protecting", "who may"), ("a protection",)),
    ),
    Combination(
        "access taken away",
        SECURITY,
        needs=(("who may",), ("taking out", "a protection", "switching off")),
    ),
    Combination(
        "new, and nothing is wrong",
        FEATURE,
        needs=(("something new", "a capability", "brought to people"),),
        unless=(
            *TROUBLE,
            *HARM,
            "a way back",
            "for tests",
            "for the workshop",
            "it says nothing changes",
            "a safety net",
            "room to run",
            "it gets noticed",
            "a protection",
        ),
    ),
    Combination(
        "new, as a safety net",
        RELIABILITY,
        needs=(("something new",), ("a safety net", "room to run", "it gets noticed")),
        unless=("people can now", "money and offers"),
    ),
    Combination(
        "mending what fails",
        RELIABILITY,
        needs=(("mending",), TROUBLE),
        unless=(*HARM, "people can now", "something new"),
    ),
    Combination(
        "mending what people lacked",
        FEATURE,
        needs=(("mending",), ("people can now", "something new", "somebody decided it")),
    ),
    Combination(
        "tidying for trouble",
        RELIABILITY,
        needs=(("tidying", "it says nothing changes"), TROUBLE),
    ),
    Combination(
        "tidying, nothing is wrong",
        MAINTENANCE,
        needs=(("tidying",),),
        unless=(*TROUBLE, *HARM, *WISH, "something new"),
    ),
    Combination(
        "a version for trouble",
        RELIABILITY,
        needs=(("a version of something", "dependencies only"), TROUBLE),
        unless=HARM,
    ),
    Combination(
        "a version for people",
        FEATURE,
        needs=(
            ("a version of something", "dependencies only"),
            ("people can now", "something on screen", "money and offers", "something new"),
        ),
        unless=(*TROUBLE, *HARM),
    ),
    Combination(
        "a version to close a hole",
        SECURITY,
        needs=(("a version of something", "dependencies only"), HARM),
    ),
    Combination(
        "a version and no more",
        MAINTENANCE,
        needs=(("a version of something", "dependencies only"), ("says no more than a title",)),
        unless=(*TROUBLE, *HARM, *WISH, "something new", "a capability", "mending", "a way back", "a protection"),
    ),
    Combination(
        "flags, forward",
        FEATURE,
        needs=(("files of flags",), ("brought to people", "version goes up")),
        unless=(*TROUBLE, "switching off", "a way back"),
    ),
    Combination(
        "flags, off",
        ROLLBACK,
        needs=(("files of flags",), ("switching off", "a way back", "version goes down")),
        unless=("somebody decided it", "people can now"),
    ),
    Combination(
        "what happened, undecided",
        RELIABILITY,
        needs=(("tells what happened",),),
        unless=(*WISH, "a way back", "revert", "nothing that runs", "it says nothing changes"),
    ),
    Combination(
        "what happened, and open",
        SECURITY,
        needs=(("tells what happened",), (*HARM, "something worth protecting", "who may")),
    ),
    Combination(
        "does not run, and open",
        SECURITY,
        needs=(("nothing that runs",), ("something lies open", "an adversary", "worth protecting and open")),
        unless=("a weakness",),
    ),
    Combination(
        "does not run, a way back",
        ROLLBACK,
        needs=(("nothing that runs",), ("a way back", "revert")),
    ),
    Combination(
        "tidying, and nothing changes",
        MAINTENANCE,
        needs=(("it says nothing changes",), ("tidying", "taking out", "for the workshop", "for tests")),
        unless=(*TROUBLE, *HARM),
    ),
)
