"""What a command in a chat means: a verb and its words. No clock, no records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

ACK, RESOLVE, ESCALATE, SNOOZE, WHO = "ack", "resolve", "escalate", "snooze", "who"
INCIDENT, PAGE, HELP = "incident", "page", "help"
VERBS: Final = (ACK, RESOLVE, ESCALATE, SNOOZE, WHO, INCIDENT, PAGE, HELP)
ALSO: Final = {
    "acknowledge": ACK, "take": ACK, "close": RESOLVE, "oncall": WHO, "on-call": WHO, "incidents": INCIDENT, "?": HELP,
    "": HELP,
}  # fmt: skip

USAGE: Final = (
    "`/roadbed who [TEAM or SERVICE]`: who is on call, and who follows",
    "`/roadbed ack [PAGE]`: take the page that waits for you",
    "`/roadbed resolve [PAGE] REASON`: close a page that you have",
    "`/roadbed escalate [PAGE] [REASON]`: hand a page that you have on to the next step",
    "`/roadbed snooze [PAGE] 2h`: let a page that you have rest for that long, then be paged again if it goes on",
    "`/roadbed page TEAM or SERVICE TEXT`: page whoever is on call; begin TEXT with sev1 to sev4 for its severity",
    "`/roadbed incident`: what is open; `incident SERVICE TITLE` declares one, `incident INC-7 TEXT` writes to it",
)
_SEVERITY: Final = re.compile(r"sev-?([1-4])\b[:,]?\s*", re.IGNORECASE)
_LENGTH: Final = re.compile(r"(?:for\s+)?(\d{1,5})\s*(m|min|minutes?|h|hours?|d|days?)", re.IGNORECASE)
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
_INCIDENT: Final = re.compile(r"inc-[0-9]{1,9}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A verb of VERBS, its first word, and what follows that."""

    verb: str
    first: str = ""
    rest: str = ""

    @property
    def text(self) -> str:
        """All of it after the verb."""
        return f"{self.first} {self.rest}".strip()


def spoken(text: str) -> Spoken | None:
    """The command; None for a verb that there is not."""
    verb, _, after = " ".join(text.split()).partition(" ")
    known = ALSO.get(verb.lower(), verb.lower())
    if known not in VERBS:
        return None
    first, _, rest = after.partition(" ")
    return Spoken(known, first, rest)


def severity_in(text: str, *, usual: int) -> tuple[int, str]:
    """The severity that a text begins with, and the text without it."""
    found = _SEVERITY.match(text)
    return (int(found[1]), text[found.end() :]) if found else (usual, text)


def length(text: str) -> timedelta | None:
    """A length of time like 30m, 2h, 90 min or 1 day; None for anything else."""
    found = _LENGTH.fullmatch(text.strip())
    return timedelta(**{_UNITS[found[2][0].lower()]: int(found[1])}) if found else None


def is_incident(word: str) -> bool:
    """Whether a word names an incident."""
    return _INCIDENT.fullmatch(word) is not None
