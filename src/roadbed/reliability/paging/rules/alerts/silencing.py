"""When a silence is in force: once, or again and again on the wall clock of a zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.recurring import RuleError, occurrences, rule_of
from roadbed.reliability.paging.rules.alerts.matching import Matcher, fit
from roadbed.reliability.paging.rules.alerts.placing import Withheld

LONGEST: Final = timedelta(days=31)
LONGEST_REASON: Final = 300
_AHEAD: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Quiet:
    """A silence, or a maintenance window where `rrule` says how it comes again."""

    uid: str
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    reason: str
    by: str
    rrule: str = ""
    zone: str = "UTC"
    ended_at: datetime | None = None

    def span(self, now: datetime) -> tuple[datetime, datetime] | None:
        """The stretch of it that is in force at an instant."""
        if self.ended_at is not None and now >= self.ended_at:
            return None
        found = self.spans(after=now, before=now + timedelta(microseconds=1))
        return next((one for one in found if one[0] <= now < one[1]), None)

    def spans(self, *, after: datetime, before: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """Its stretches between two instants."""
        rule = rule_of(self.rrule) if self.rrule else None
        length = self.ends_at - self.starts_at
        return occurrences(self.starts_at, length, ZoneInfo(self.zone), rule, after=after, before=before)

    def next_after(self, now: datetime) -> tuple[datetime, datetime] | None:
        """The stretch in force, else the one that comes, within thirteen months."""
        if self.ended_at is not None:
            return None
        return next(iter(self.spans(after=now, before=now + _AHEAD)), None)


def silenced(labels: Mapping[str, str], quiets: Iterable[Quiet], *, now: datetime) -> Withheld | None:
    """The silence that is in force for these labels."""
    for quiet in quiets:
        if fit(quiet.matchers, labels) and (span := quiet.span(now)) is not None:
            what = "maintenance window" if quiet.rrule else "silence"
            said = f"A {what} of {quiet.by} fits until {span[1]:%-d %B %H:%M} UTC: {quiet.reason}"
            return Withheld(f"silence:{quiet.uid}", f"{said.rstrip('.')}.")
    return None


def check_time(*, starts_at: datetime, ends_at: datetime, rrule: str, zone: ZoneInfo | None, now: datetime) -> None:
    """Whether a silence can be so.

    Raises:
        Invalid: naming the field at fault.
    """
    if not timedelta(0) < ends_at - starts_at <= LONGEST:
        lasts = "ends before it begins" if ends_at <= starts_at else f"lasts {(ends_at - starts_at).days} days"
        raise Invalid(
            f"A silence lasts from a moment to {LONGEST.days} days; this one {lasts}.",
            remedy="End it after its start; one that has to go on is a rule to mend.",
            place=Place(field="ends_at"),
        )
    if zone is None:
        raise Invalid("That is no time zone.", remedy="Like Europe/Berlin.", place=Place(field="zone"))
    if not rrule:
        if ends_at <= now:
            raise Invalid("It would be over already.", remedy="End it later than now.", place=Place(field="ends_at"))
        return
    try:
        rule = rule_of(rrule)
    except RuleError as fault:
        remedy = "Like FREQ=WEEKLY;BYDAY=TU."
        raise Invalid(f"The rule cannot be read: {fault}.", remedy=remedy, place=Place(field="rrule")) from None
    first = occurrences(starts_at, ends_at - starts_at, zone, rule, after=starts_at, before=starts_at + _AHEAD * 5)
    if not first or first[0][0] != starts_at:
        raise Invalid(
            "The rule does not name its own start.",
            remedy="Begin at the first time that the rule names, on the clock of the zone.",
            place=Place(field="starts_at"),
        )
