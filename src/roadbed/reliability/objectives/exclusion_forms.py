"""The form that excludes time: what was typed, read as a wish, with every fault beside its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.reliability.objectives.excluding import check
from roadbed.reliability.objectives.previewing import Wish
from roadbed.reliability.objectives.rules.periods import WindowError, zone_of

FIELDS: Final = ("objective", "starts_at", "ends_at", "zone", "again", "rrule", "reason")
OWN: Final = "own"
AGAIN: Final = (
    ("", "Once"),
    ("FREQ=DAILY", "Every day"),
    ("FREQ=WEEKLY", "Every week, on this weekday"),
    ("FREQ=MONTHLY", "Every month, on this day"),
    (OWN, "By a rule of one's own"),
)
LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Read:
    """What was typed: as a wish where it is one, else the refusals by field; `""` holds one of no field."""

    given: Mapping[str, str]
    wish: Wish | None
    faults: Mapping[str, Refusal]

    @property
    def digest(self) -> str:
        """All that a preview depends on."""
        return "|".join(self.given[name] for name in FIELDS if name != "reason")


def given_in(data: Mapping[str, Any], *, zone: str) -> dict[str, str]:
    """The fields as they were typed."""
    found = {name: str(data.get(name, "")).replace("\x00", "").strip()[:LONGEST] for name in FIELDS}
    return {**found, "zone": found["zone"] or zone}


def read(given: Mapping[str, str], *, service_uid: str, objectives: frozenset[str]) -> Read:
    """Read the form."""
    faults: dict[str, Refusal] = {}

    def tried(name: str, value: Callable[[], Any]) -> Any:
        try:
            return value()
        except Refusal as refusal:
            for one in (refusal, *refusal.others):
                faults.setdefault(one.place.field or name, one)
            return None

    zone = tried("zone", lambda: _zone(given["zone"])) or "UTC"
    starts = tried("starts_at", lambda: _instant("starts_at", given["starts_at"], zone))
    ends = tried("ends_at", lambda: _instant("ends_at", given["ends_at"], zone))
    rrule = rule_text(given)
    tried("rrule", lambda: _own(given, rrule))
    tried("objective", lambda: _known(given["objective"], objectives))
    tried("", lambda: check(starts, ends, rrule, zone, given["reason"]))
    if faults:
        return Read(given, None, faults)
    return Read(given, Wish(service_uid, given["objective"], starts, ends, rrule, given["zone"]), {})


def rule_text(given: Mapping[str, str]) -> str:
    """The rule of what was chosen; one that was typed goes before."""
    return given["rrule"] or (given["again"] if given["again"] != OWN else "")


def _own(given: Mapping[str, str], rrule: str) -> None:
    if given["again"] == OWN and not rrule:
        raise Invalid(
            "No rule was written.", remedy="Like FREQ=MONTHLY;BYDAY=1SU, or choose another repetition.",
            place=Place(field="rrule"),
        )  # fmt: skip


def _known(objective: str, objectives: frozenset[str]) -> None:
    if objective and objective not in objectives:
        raise Invalid(
            "The service has no such objective.", remedy="Choose one of those in the list.",
            place=Place(field="objective"),
        )  # fmt: skip


def _zone(name: str) -> str:
    try:
        zone_of(name)
    except WindowError as fault:
        raise Invalid(f"{fault}.", remedy="Like Europe/Berlin, or UTC.", place=Place(field="zone")) from None
    return name


def _instant(field: str, text: str, zone: str) -> datetime:
    """A time on the wall of a zone; where the wall shows it twice the first is meant."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        said = f"{text[:40]!r} is no time." if text else "A time is missing."
        raise Invalid(said, remedy="Write it like 2026-11-23T09:00.", place=Place(field=field)) from None
    if wall.tzinfo is not None:
        return wall
    at = wall.replace(tzinfo=zone_of(zone))
    if at.astimezone(UTC).astimezone(zone_of(zone)).replace(tzinfo=None) != wall:
        raise Invalid(
            f"{wall:%H:%M} is skipped that day in {zone}: the clock jumps over it.",
            remedy="Begin or end before or after the jump.",
            place=Place(field=field),
        )
    return at
