"""The verbs of the layers: say what nobody can measure, open and close roles, note the stage."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Team
from roadbed.ground.people.rules import ROADBED, Caller, authorise
from roadbed.organization.layers import standing
from roadbed.organization.layers.models import Entered, OpenRole, StageNoted
from roadbed.organization.layers.rules.known import Circumstances
from roadbed.organization.layers.rules.stages import stage_of

SUBJECT = "organization"
MOST = 1_000_000
LONGEST = 120


def enter(caller: Caller, told: Circumstances, *, now: datetime) -> None:
    """Say what nobody can measure; None takes an earlier word back."""
    authorise(caller, "organization.write")
    if told.engineers is not None and not 0 <= told.engineers <= MOST:
        raise Invalid(
            f"{told.engineers} engineers are not between 0 and {MOST:,}.", place=Place(field="engineers"),
            remedy="Leave it out to count the active people.",
        )  # fmt: skip
    data = {
        "engineers": told.engineers, "contractual_uptime": told.contractual_uptime,
        "consumer_scale": told.consumer_scale, "divergent_ci": told.divergent_ci,
    }  # fmt: skip
    with unit(caller, now=now) as writing:
        Entered.objects.update_or_create(pk=1, defaults={**data, "changed_by": caller.name[:160], "changed_at": now})
        writing.record("organization.changed", SUBJECT, data=data)


def open_role(caller: Caller, *, title: str, team: str = "", now: datetime) -> str:
    """Enter a vacancy; answers its uid."""
    authorise(caller, "organization.write")
    title = " ".join(title.split())
    if not title or len(title) > LONGEST or not title.isprintable():
        raise Invalid(
            f"{title[:60]!r} is not a title.", remedy=f"Write 1 to {LONGEST} characters, as in the advert.",
            place=Place(field="title"),
        )  # fmt: skip
    with unit(caller, now=now) as writing:
        found = Team.objects.filter(name__iexact=team, archived_at=None).first() if team else None
        if team and found is None:
            raise NotFound(
                f"There is no team {team[:63]}.", remedy="`roadbed team list` shows them.", place=Place(field="team")
            )
        row = OpenRole.objects.create(title=title, team=found, opened_by=caller.name[:160], opened_at=now)
        writing.record("role.opened", row.uid, data={"title": title, "team": found.name if found else ""})
    return row.uid


def close_role(caller: Caller, uid: str, *, now: datetime) -> None:
    """Somebody was hired, or the search ended."""
    authorise(caller, "organization.write")
    with unit(caller, now=now) as writing:
        row = OpenRole.objects.filter(uid=uid[:32]).first()
        if row is None:
            raise NotFound(f"There is no open role {uid[:40]}.", remedy="`roadbed layers roles` shows them.")
        if not OpenRole.objects.filter(pk=row.pk, closed_at=None).update(closed_at=now):
            raise Conflict("This role is closed already.")
        writing.record("role.closed", row.uid, data={"title": row.title})


def note_stage(engineers: int, *, now: datetime) -> str:
    """Note the stage where it has changed, so that the next one has something to hold on to; answers it."""
    previous = standing.previous_stage()
    stage, _ = stage_of(engineers, previous)
    if stage != previous:
        with unit(ROADBED, now=now) as writing:
            StageNoted.objects.create(stage=stage, engineers=engineers, noted_at=now)
            data = {"stage": stage, "engineers": engineers, "previous": previous}
            writing.record("stage.changed", SUBJECT, data=data)
    return stage
