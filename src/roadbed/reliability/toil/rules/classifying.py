"""Whether work is toil: six yes-or-no tests of the SRE book, and the kinds of work that it comes in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from roadbed.ground.errors import Invalid, Place

TESTS: Final = {
    "manual": "A person does it by hand",
    "repetitive": "It comes back",
    "automatable": "A machine could do it",
    "tactical": "Something interrupted to ask for it",
    "no_lasting_value": "Afterwards the service is no better",
    "grows": "It grows with the service",
}
ENOUGH: Final = 4
"""So many of the six make it toil."""

CATEGORIES: Final = {
    "release": "Release",
    "access": "Access and tickets",
    "alerts": "Alert triage",
    "capacity": "Capacity",
    "data": "Data fix",
    "certificates": "Certificates and maintenance",
    "onboarding": "Onboarding",
    "overhead": "Overhead",
}
OVERHEAD: Final = "overhead"
"""Meetings, hiring and the like: work, and kept apart from toil."""

_WORDS: Final = {
    "certificates": r"certificat|\bcerts?\b|renew|rotat|patch|reboot|maintenance|upgrade",
    "access": r"access|grant|permission|account|password|ticket|request|unlock|invite",
    "release": r"release|deploy|approv|roll ?out|rollback|promot|merge",
    "capacity": r"capacity|disk|scale|resize|quota|clean ?up|storage|memory|queue",
    "data": r"data|record|row|duplicate|import|export|reconcil|backfill|migrat",
    "onboarding": r"onboard|new joiner|set ?up|laptop",
    "alerts": r"alert|page|triage|restart|noise|false",
    "overhead": r"meeting|stand-?up|retro|interview|expense|1:1|all-hands|planning",
}
LONGEST_WHAT: Final = 120
LONGEST_LINK: Final = 300
MOST_MINUTES: Final = 24 * 60
_MINUTES: Final = re.compile(r"(?:(\d{1,2})\s*h)?\s*(?:(\d{1,4})\s*(?:m|min)?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Classified:
    """What an entry is: its category, the tests that it passes, and whether that makes it toil."""

    category: str
    passed: tuple[str, ...]
    is_toil: bool


def category_of(what: str) -> str:
    """The category that a task's words speak of; alert triage, the commonest, where none does."""
    said = what.casefold()
    if said in CATEGORIES:
        return said
    return next((name for name, pattern in _WORDS.items() if re.search(pattern, said)), "alerts")


def classify(what: str, *, category: str = "", tests: dict[str, bool] | None = None) -> Classified:
    """What a piece of work is. Tests that are not answered are passed: whoever logs toil says so by logging it.

    Raises:
        Invalid: for an unknown category or test.
    """
    chosen = category or category_of(what)
    if chosen not in CATEGORIES:
        raise Invalid(
            f"{chosen[:40]!r} is no kind of work.", remedy=f"One of {', '.join(CATEGORIES)}.",
            place=Place(field="category"),
        )  # fmt: skip
    answers = dict.fromkeys(TESTS, True) | (tests or {})
    if unknown := set(answers) - set(TESTS):
        raise Invalid(
            f"{min(unknown)[:40]!r} is none of the six tests.", remedy=f"One of {', '.join(TESTS)}.",
            place=Place(field="tests"),
        )  # fmt: skip
    passed = tuple(name for name in TESTS if answers[name])
    return Classified(chosen, passed, chosen != OVERHEAD and len(passed) >= ENOUGH)


def minutes_of(text: str) -> int:
    """Minutes out of `15m`, `2h`, `1h30m` or `15`.

    Raises:
        Invalid: when it is none of them, nothing, or longer than a day.
    """
    found = _MINUTES.fullmatch(text.strip())
    minutes = int(found[1] or 0) * 60 + int(found[2] or 0) if found else 0
    if not 1 <= minutes <= MOST_MINUTES:
        raise Invalid(
            f"{text[:20]!r} is no length of time.", remedy="Write it like 15m or 1h30m, at most a day.",
            place=Place(field="minutes"),
        )  # fmt: skip
    return minutes


def checked_what(text: str) -> str:
    """A task in one line.

    Raises:
        Invalid: when it says nothing, or too much.
    """
    said = " ".join(text.split())
    if not 1 <= len(said) <= LONGEST_WHAT or "\x00" in said:
        raise Invalid(
            "Say what it was in one line.", remedy=f"1 to {LONGEST_WHAT} characters.", place=Place(field="what")
        )
    return said


def key_of(what: str) -> str:
    """The same task said twice has one key: case, numbers and marks do not count."""
    return " ".join(re.sub(r"[\W\d_]+", " ", what.casefold()).split())[:LONGEST_WHAT] or what.casefold()[:LONGEST_WHAT]


def checked_link(text: str) -> str:
    """An address of the web, or nothing.

    Raises:
        Invalid: for anything else.
    """
    said = text.strip()
    if said and (not re.fullmatch(r"https?://[^\s<>\"']+", said) or len(said) > LONGEST_LINK):
        raise Invalid(
            f"{said[:60]!r} is no link.", remedy="Give an address that starts with https://.", place=Place(field="link")
        )
    return said
