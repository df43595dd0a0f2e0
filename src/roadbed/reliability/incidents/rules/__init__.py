"""What an incident is called, how severe it is, and what may be said of it; pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final

from roadbed.ground.errors import Invalid, Place

SEVERITIES: Final = {
    1: "Most customers cannot do what they came for",
    2: "Some customers are harmed now",
    3: "Harm is small, or near",
    4: "Nobody is harmed yet",
}
SEVERE: Final = 2
"""Severities up to this one hold back features at the gate."""

ROLES: Final = {
    "lead": "Incident commander",
    "communications": "Communications",
    "operations": "Operations lead",
    "scribe": "Scribe",
}
DUTIES: Final = {
    "lead": "decides, and mends nothing personally",
    "communications": "tells everybody outside what they need to know",
    "operations": "is the only one who changes production",
    "scribe": "writes down what was seen and decided",
}
_ALSO_CALLED: Final = {
    "commander": "lead",
    "incident commander": "lead",
    "ops": "operations",
    "comms": "communications",
}
STATUSES: Final = ("open", "mitigated", "resolved")
STAGES: Final = ("triggered", "investigating", "identified", "monitoring", "resolved")
STATUS_OF: Final = dict(zip(STAGES, ("open", "open", "open", "mitigated", "resolved"), strict=True))
UPDATE_MINUTES: Final[dict[int, int | None]] = {1: 30, 2: 60, 3: 240, 4: None}
"""How soon stakeholders hear again, by severity; None where nobody waits for word."""
LONGEST_TITLE, LONGEST_NOTE = 200, 4000
LONGEST_AGO: Final = timedelta(days=366)

_OF_ALERT: Final = {
    "sev1": 1, "1": 1, "sev2": 2, "2": 2, "critical": 2, "page": 2, "high": 2,
    "sev3": 3, "3": 3, "warning": 3, "ticket": 3, "low": 3, "sev4": 4, "4": 4, "info": 4,
}  # fmt: skip
_REFERENCE: Final = re.compile(r"^(?:inc-)?([1-9][0-9]{0,8})$", re.IGNORECASE)


def severity_of(said: Any) -> int:
    """The severity of what an alert said; what pages a person harms somebody until a person says otherwise."""
    return _OF_ALERT.get(str(said).strip().casefold(), SEVERE)


def checked_severity(severity: int) -> int:
    """The severity, refused outside 1 to 4."""
    if severity not in SEVERITIES:
        raise Invalid(
            f"{severity} is not a severity.",
            remedy="; ".join(f"{number}: {said}" for number, said in SEVERITIES.items()) + ".",
            place=Place(field="severity"),
        )
    return severity


def checked_title(title: str) -> str:
    """A title of one line."""
    return _text(" ".join(title.split()), "title", LONGEST_TITLE)


def checked_note(text: str) -> str:
    """A note that says something."""
    return _text(text.strip(), "text", LONGEST_NOTE)


def _text(text: str, field: str, longest: int) -> str:
    if not text or len(text) > longest or "\x00" in text:
        raise Invalid(
            f"The {field} has {len(text)} characters.", remedy=f"Write 1 to {longest}.", place=Place(field=field)
        )
    return text


def checked_short(text: str, field: str, *, longest: int = 300) -> str:
    """A text of one line that says something."""
    return _text(" ".join(text.split()), field, longest)


def checked_stage(stage: str) -> str:
    """One of STAGES."""
    if stage not in STAGES:
        raise Invalid(
            f"{stage[:40]!r} is not a stage.", remedy=f"One of {', '.join(STAGES)}.", place=Place(field="stage")
        )
    return stage


def checked_role(role: str) -> str:
    """One of ROLES, by its key or what people call it."""
    role = _ALSO_CALLED.get(role.strip().casefold(), role)
    if role not in ROLES:
        raise Invalid(f"{role[:40]!r} is not a role.", remedy=f"One of {', '.join(ROLES)}.", place=Place(field="role"))
    return role


def checked_start(started_at: datetime, *, now: datetime) -> datetime:
    """When harm began: never later than now, and within the year before."""
    if started_at > now:
        raise Invalid(
            f"Harm cannot begin in the future, at {started_at.isoformat()}.",
            remedy="Give the instant at which customers were first harmed.",
            place=Place(field="started_at"),
        )
    if now - started_at > LONGEST_AGO:
        raise Invalid(
            f"{started_at.isoformat()} is more than a year ago.",
            remedy="Give the instant at which customers were first harmed.",
            place=Place(field="started_at"),
        )
    return started_at


def name_of(number: int) -> str:
    """What people call it."""
    return f"INC-{number}"


def number_of(reference: str) -> int | None:
    """The number in `INC-7`, `inc-7` or `7`; None where it is something else, such as a uid."""
    found = _REFERENCE.match(reference.strip())
    return int(found[1]) if found else None
