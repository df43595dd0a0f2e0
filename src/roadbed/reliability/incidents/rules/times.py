"""The times of an incident and which order they can have; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from roadbed.ground.errors import Invalid, Place

TIMES: Final = {
    "started_at": "Harm began",
    "detected_at": "Detected",
    "acknowledged_at": "Acknowledged",
    "mitigated_at": "Mitigated",
    "ended_at": "Harm ended",
    "resolved_at": "Resolved",
}
"""Names of the times with what a page calls them. Harm may begin before it is detected and end after mitigation."""

NAMES: Final = {
    "impact-started": "started_at", "detected": "detected_at", "acknowledged": "acknowledged_at",
    "mitigated": "mitigated_at", "impact-ended": "ended_at", "resolved": "resolved_at",
}  # fmt: skip
"""What the API and the command line call them."""

NEVER_BEFORE: Final = {
    "acknowledged_at": "detected_at",
    "mitigated_at": "started_at",
    "ended_at": "started_at",
    "resolved_at": "detected_at",
}


def checked_which(which: str) -> str:
    """The field of a time by either of its names."""
    found = NAMES.get(which, which if which in TIMES else "")
    if not found:
        raise Invalid(
            f"{which[:40]!r} is not a time of an incident.",
            remedy=f"One of {', '.join(NAMES)}.",
            place=Place(field="which"),
        )
    return found


def checked_order(times: Mapping[str, datetime | None], *, changed: str, now: datetime) -> None:
    """Refuse a time in the future, one before what has to come first, and the resolution of what goes on."""
    at = times[changed]
    if at is None:
        return
    if at > now:
        raise Invalid(
            f"{at.isoformat()} lies in the future.", remedy="Give what has happened.", place=Place(field="at")
        )
    for later, earlier in NEVER_BEFORE.items():
        first, second = times.get(earlier), times.get(later)
        if changed in (later, earlier) and first is not None and second is not None and second < first:
            raise Invalid(
                f"{TIMES[later]} ({second.isoformat()}) would come before “{TIMES[earlier].lower()}” "
                f"({first.isoformat()}).",
                remedy="Correct the other one first, or check the time zone.",
                place=Place(field="at"),
            )
