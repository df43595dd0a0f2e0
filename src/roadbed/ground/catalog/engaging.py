"""Starting and ending an SRE team's engagement on a service: dated, reviewed on entry, never two at a time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connections
from django.db.models import Q

from roadbed.ground.catalog.hours import EXAMPLE, hours_of
from roadbed.ground.catalog.models import Engagement, Entity
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Team
from roadbed.ground.people.rules import Caller, authorise


def start_engagement(
    caller: Caller,
    service: str,
    *,
    team: str,
    started_on: date,
    entry_review: str = "",
    objectives: tuple[str, ...] = (),
    hand_back: tuple[str, ...] = (),
    kind: str = Engagement.FULL,
    owner_hours: str = "",
    now: datetime,
) -> str:
    """Engage an SRE team on a service from a day on; answers the engagement's uid.

    Of a `shared` one the owner is paged in `owner_hours` and the SRE team outside them; who consults is never paged.

    Raises:
        Invalid: without an entry review, agreed objectives or hand-back conditions: they are the engagement.
        Conflict: when another one covers a day of it.
    """
    authorise(caller, "engagement.write")
    found = require_service(service)
    _complete(entry_review=entry_review, objectives=objectives, hand_back=hand_back)
    hours = _hours(kind, owner_hours)
    with unit(caller, now=now) as writing:
        entity = _locked(found.uid)
        sre = Team.objects.filter(name__iexact=team, archived_at=None).first()
        if sre is None:
            remedy = f"Make it with `roadbed team create {team} --layer reliability`."
            raise NotFound(f"There is no team {team}.", remedy=remedy, place=Place(field="team"))
        if sre.uid == found.owner_uid:
            raise Invalid(
                f"{sre.name} owns {found.name} and answers for it already.",
                remedy="Engage another team, or none.",
                place=Place(field="team"),
            )
        _free(entity, started_on)
        row = Engagement.objects.create(
            service=entity, team=sre, started_on=started_on, entry_review=entry_review.strip(),
            objectives=list(objectives), hand_back=list(hand_back), kind=kind, owner_hours=hours,
        )  # fmt: skip
        writing.record("engagement.started", entity.uid, data=_said(row, sre.name))
    return row.uid


def end_engagement(caller: Caller, service: str, *, ended_on: date, reason: str, now: datetime) -> str:
    """End a service's open engagement with a day, which is its last; answers its uid."""
    authorise(caller, "engagement.write")
    found = require_service(service)
    if not reason.strip():
        raise Invalid(
            "An engagement ends for a reason.",
            remedy="Say which hand-back condition was met.",
            place=Place(field="reason"),
        )
    with unit(caller, now=now) as writing:
        entity = _locked(found.uid)
        row = Engagement.objects.select_related("team").filter(service=entity, ended_on=None).first()
        if row is None:
            raise NotFound(f"No SRE team is engaged on {found.name}.", remedy="`roadbed engagement list` shows them.")
        if ended_on < row.started_on:
            raise Invalid(
                f"It began on {row.started_on}, after {ended_on}.",
                remedy="End it on that day or later.",
                place=Place(field="ended_on"),
            )
        row.ended_on, row.end_reason = ended_on, reason.strip()
        row.save()
        writing.record("engagement.ended", entity.uid, data=_said(row, row.team.name))
    return row.uid


def _complete(*, entry_review: str, objectives: tuple[str, ...], hand_back: tuple[str, ...]) -> None:
    named = (("entry_review", entry_review), ("objectives", "".join(objectives)), ("hand_back", "".join(hand_back)))
    missing = [name for name, text in named if not text.strip()]
    if missing:
        faults = tuple(
            Invalid(
                f"An engagement without {name.replace('_', ' ')} is a favour, not an engagement.",
                remedy="Say what was reviewed, which objectives are agreed, and when the service is handed back.",
                place=Place(field=name),
            )
            for name in missing
        )
        raise Invalid(faults[0].detail, remedy=faults[0].remedy, place=faults[0].place, others=faults[1:])


def _hours(kind: str, owner_hours: str) -> dict[str, Any]:
    if kind not in (Engagement.FULL, Engagement.SHARED, Engagement.CONSULT):
        remedy = "full: always; shared: outside the owner's hours; consult: never."
        raise Invalid(f"{kind[:20]!r} is no kind of engagement.", remedy=remedy, place=Place(field="kind"))
    if (kind == Engagement.SHARED) is not bool(owner_hours.strip()):
        detail = "A shared engagement needs the owner's hours, and no other has any."
        raise Invalid(detail, remedy=f"Like {EXAMPLE}.", place=Place(field="owner_hours"))
    return hours_of(owner_hours) if owner_hours.strip() else {}


def _locked(uid: str) -> Entity:
    rows = Entity.objects.all()
    if connections["default"].features.has_select_for_update:
        rows = rows.select_for_update()
    return rows.get(uid=uid)


def _free(entity: Entity, started_on: date) -> None:
    covering = Engagement.objects.filter(service=entity).filter(Q(ended_on=None) | Q(ended_on__gte=started_on))
    row = covering.select_related("team").first()
    if row is not None:
        until = f"until {row.ended_on}" if row.ended_on else "with no end"
        raise Conflict(
            f"{row.team.name} is engaged on {entity.name} from {row.started_on} {until}.",
            remedy="End that engagement first, or begin after it.",
            place=Place(field="started_on"),
        )


def _said(row: Engagement, team: str) -> dict[str, Any]:
    return {
        "engagement": row.uid, "team": team, "started_on": row.started_on.isoformat(),
        "ended_on": row.ended_on.isoformat() if row.ended_on else None, "reason": row.end_reason,
        "objectives": row.objectives, "hand_back": row.hand_back, "kind": row.kind, "owner_hours": row.owner_hours,
    }  # fmt: skip
