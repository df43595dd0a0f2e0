"""Setting a team's weekly rotation; the first person named takes the shift that runs now."""

from __future__ import annotations

from datetime import datetime, time

from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Team
from roadbed.ground.people.queries import MemberView, TeamView
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.paging.load.serving import keep
from roadbed.reliability.paging.models import Rotation, Schedule
from roadbed.reliability.paging.rules.escalation import LONGEST, SHORTEST, STEP_SECONDS
from roadbed.reliability.paging.rules.shifts import WEEKDAYS, anchor_at, zone_of


def set_rotation(
    caller: Caller,
    team: str,
    *,
    emails: tuple[str, ...],
    weekday: str = "monday",
    at: time = time(9, 0),
    zone: str = "UTC",
    step_seconds: int = STEP_SECONDS,
    now: datetime,
) -> None:
    """Give a team its rotation: people in order, the hand-over on the wall clock of a zone.

    Raises:
        Invalid: naming the field: nobody, somebody twice, somebody of another team, no such day or zone.
        NotFound: for an unknown team.
    """
    found = team_named(team)
    authorise(caller, "rotation.write", team=found.name)
    members = _members(found, emails)
    number = _weekday(weekday)
    _zone(zone)
    checked_step(step_seconds)
    at = at.replace(second=0, microsecond=0, tzinfo=None)
    with unit(caller, now=now) as writing:
        keep((found.uid,), now=now)
        row = Team.objects.get(uid=found.uid)
        kept = Rotation.objects.filter(team=row).first()
        values = {
            "people": [member.uid for member in members],
            "weekday": number,
            "at": at,
            "zone": zone,
            "anchor": anchor_at(number, at, zone, now),
            "step_seconds": step_seconds,
            "version": kept.version + 1 if kept else 1,
            "changed_at": now,
        }
        Rotation.objects.update_or_create(team=row, defaults=values)
        Schedule.objects.filter(team=row).delete()
        data = {
            "team": found.name, "people": [member.name for member in members], "weekday": WEEKDAYS[number],
            "at": f"{at:%H:%M}", "zone": zone, "step_seconds": step_seconds,
        }  # fmt: skip
        writing.record("rotation.changed", found.uid, data=data)


def end_rotation(caller: Caller, team: str, *, now: datetime) -> None:
    """Take a team's rotation away; from then on everybody in it is paged at once."""
    found = team_named(team)
    authorise(caller, "rotation.write", team=found.name)
    with unit(caller, now=now) as writing:
        keep((found.uid,), now=now)
        if Rotation.objects.filter(team__uid=found.uid).delete()[0]:
            writing.record("rotation.changed", found.uid, data={"team": found.name, "people": []})


def team_named(name: str) -> TeamView:
    """A team.

    Raises:
        NotFound: when there is none of that name.
    """
    found = people.team(name)
    if found is None:
        raise NotFound(
            f"There is no team {name[:63]}.", remedy="`roadbed team list` shows them.", place=Place(field="team")
        )
    return found


def checked_step(seconds: int) -> None:
    """Refuse what no step can last."""
    if not SHORTEST <= seconds <= LONGEST:
        raise Invalid(
            f"A step of {seconds} s is not possible.",
            remedy=f"Choose {SHORTEST} s to {LONGEST} s; {STEP_SECONDS} s is usual.",
            place=Place(field="step_seconds"),
        )


def _members(team: TeamView, emails: tuple[str, ...]) -> tuple[MemberView, ...]:
    by_email = {member.email.lower(): member for member in team.members}
    if not emails:
        raise Invalid(
            "A rotation needs at least one person.",
            remedy="Name members in their order, or end the rotation.",
            place=Place(field="people"),
        )
    faults = tuple(
        Invalid(
            f"{email[:254]} is not in {team.name}.",
            remedy=f"`roadbed team add-member {team.name} {email[:254]}` puts them there.",
            place=Place(field="people"),
        )
        for email in emails
        if email.lower() not in by_email
    )
    if faults:
        raise Invalid(faults[0].detail, remedy=faults[0].remedy, place=faults[0].place, others=faults[1:])
    chosen = tuple(by_email[email.lower()] for email in emails)
    if len({member.uid for member in chosen}) < len(chosen):
        raise Invalid("Somebody is named twice.", remedy="Name everybody once.", place=Place(field="people"))
    return chosen


def _weekday(name: str) -> int:
    wanted = name.strip().lower()
    found = [number for number, day in enumerate(WEEKDAYS) if len(wanted) > 1 and day.startswith(wanted)]
    if len(found) != 1:
        raise Invalid(
            f"{name[:40]!r} is no weekday.", remedy=f"One of {', '.join(WEEKDAYS)}.", place=Place(field="weekday")
        )
    return found[0]


def _zone(name: str) -> None:
    if zone_of(name) is None:
        raise Invalid(
            f"{name[:64]!r} is no time zone.",
            remedy="Write an IANA name like Europe/Stockholm.",
            place=Place(field="zone"),
        )
