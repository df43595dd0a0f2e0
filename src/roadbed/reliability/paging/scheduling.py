"""Giving a team the schedule of a file, and taking it away."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Team
from roadbed.ground.people.queries import TeamView
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.paging.load.serving import keep
from roadbed.reliability.paging.models import Rotation, Schedule
from roadbed.reliability.paging.rotating import checked_step, team_named
from roadbed.reliability.paging.rules.escalation import STEP_SECONDS
from roadbed.reliability.paging.rules.schedules.reading import read

LARGEST = 200_000


def set_schedule(
    caller: Caller,
    team: str,
    *,
    document: str,
    file: str = "schedule.yaml",
    step_seconds: int = STEP_SECONDS,
    now: datetime,
) -> None:
    """Give a team a schedule, in the place of its rotation or of the schedule it had.

    `document` is YAML as docs/reference/on-call-schedules.md has it, with members of the team by e-mail address.

    Raises:
        Invalid: naming file, line and field of each fault: of the format, or somebody who is not in the team.
        NotFound: for an unknown team.
    """
    found = team_named(team)
    authorise(caller, "rotation.write", team=found.name)
    checked_step(step_seconds)
    if len(document) > LARGEST:
        raise Invalid(
            f"The schedule has {len(document)} characters.", remedy=f"{LARGEST} are the most.", place=Place(file)
        )
    schedule = read(document, file, people=_by_email(found))
    with unit(caller, now=now) as writing:
        keep((found.uid,), now=now)
        row = Team.objects.get(uid=found.uid)
        kept = Schedule.objects.filter(team=row).first()
        Schedule.objects.update_or_create(
            team=row,
            defaults={
                "document": document,
                "step_seconds": step_seconds,
                "version": kept.version + 1 if kept else 1,
                "changed_at": now,
            },
        )
        Rotation.objects.filter(team=row).delete()
        layers = [layer.name for layer in schedule.layers]
        data = {
            "team": found.name,
            "layers": layers,
            "people": len(schedule.people),
            "zone": schedule.zone.key,
            "step_seconds": step_seconds,
        }
        writing.record("schedule.changed", found.uid, data=data)


def end_schedule(caller: Caller, team: str, *, now: datetime) -> None:
    """Take a team's schedule away; from then on everybody in it is paged at once."""
    found = team_named(team)
    authorise(caller, "rotation.write", team=found.name)
    with unit(caller, now=now) as writing:
        keep((found.uid,), now=now)
        if Schedule.objects.filter(team__uid=found.uid).delete()[0]:
            writing.record("schedule.changed", found.uid, data={"team": found.name, "layers": [], "people": 0})


def _by_email(team: TeamView) -> dict[str, str]:
    return {member.email.lower(): member.uid for member in team.members}
