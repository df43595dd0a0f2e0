"""Finding gaps that owners were not told of yet, and telling them by mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse

from roadbed.ground.errors import Unavailable
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Person, Team
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.ground.ports.notifier import Message, NotDelivered
from roadbed.reliability.paging import shifts
from roadbed.reliability.paging.ahead.models import GapTold
from roadbed.reliability.paging.rules.schedules.covering import EMPTY, NO_SECOND
from roadbed.reliability.paging.rules.schedules.telling import HOURS, distance_of, key_of
from roadbed.reliability.paging.shifts import GapView

TELL: Final = "paging.tell-gaps"
MOST_OWNERS: Final = 10
KEPT: Final = timedelta(days=30)
SECONDS: Final = 10.0
_WEEK: Final = timedelta(days=7)


def look(*, now: datetime) -> int:
    """Note every gap at a distance at which nobody was told of it, and let its team's owners be told. Answers how many.

    Leads are told, or all of a team that has no lead.
    """
    told = _noted(shifts.gaps_ahead(now=now), now=now)
    GapTold.objects.filter(ends_at__lt=now - KEPT).delete()
    return told


def _noted(found: Iterable[GapView], *, now: datetime) -> int:
    fresh: dict[str, list[tuple[str, int, GapView]]] = defaultdict(list)
    for gap in found:
        hours = distance_of(gap.start, now)
        if hours is not None:
            key = key_of((gap.team, gap.rule, gap.person, gap.layer), gap.start, now, hours)
            fresh[gap.team].append((key, hours, gap))
    known = set(
        GapTold.objects.filter(key__in=[one[0] for rows in fresh.values() for one in rows]).values_list(
            "key", flat=True
        )
    )
    many = 0
    for name, rows in fresh.items():
        new = [row for row in rows if row[0] not in known and not _goes_on(row[2], now)]
        team = people.team(name) if new else None
        if team is None:
            continue
        owners = [one for one in team.members if one.lead] or list(team.members)
        with unit(ROADBED, now=now):
            held = Team.objects.select_for_update().get(uid=team.uid)
            # Another one may have noted them since.
            here = set(GapTold.objects.filter(key__in=[key for key, _, _ in new]).values_list("key", flat=True))
            made = [
                GapTold(
                    team=held, key=key, rule=gap.rule, person=gap.person[:160], why=gap.why[:200],
                    starts_at=gap.start, ends_at=gap.end, hours=hours, told_at=now,
                )
                for key, hours, gap in new
                if key not in here
            ]  # fmt: skip
            GapTold.objects.bulk_create(made)
            keys = [row.key for row in made]
            for owner in owners[:MOST_OWNERS] if keys else ():
                payload = {"person": owner.uid, "team": name, "gaps": keys}
                enqueue(TELL, payload, key=f"{TELL}:{owner.uid}:{keys[0]}", now=now)
        many += len(made)
    return many


def _goes_on(gap: GapView, now: datetime) -> bool:
    """Whether it is the one whose begin was told of."""
    told = GapTold.objects.filter(
        team__name=gap.team, rule=gap.rule, person=gap.person[:160], hours=min(HOURS), told_at__gt=now - _WEEK
    )
    return gap.start <= now and told.exists()


def tell(person_uid: str, team: str, keys: list[str], *, now: datetime, last_attempt: bool) -> None:
    """Tell one owner. What has passed by, or somebody who left, is not told of.

    Raises:
        Unavailable: when another attempt may help.
    """
    person = Person.objects.filter(uid=person_uid, is_active=True).first()
    rows = list(GapTold.objects.filter(key__in=keys, ends_at__gt=now).order_by("starts_at"))
    if person is None or not rows:
        return
    zone = shifts.zone_of_team(team, now=now)
    link = str(settings.PUBLIC_URL) + reverse("paging:schedule", args=[team])
    lines = [
        f"{row.starts_at.astimezone(zone):%a %-d %b %H:%M} to {row.ends_at.astimezone(zone):%a %-d %b %H:%M}: "
        f"{row.why if row.rule in (EMPTY, NO_SECOND) else f'{row.person} {row.why}'}"
        for row in rows
    ]
    text = f"In the on-call schedule of {team}, times of {zone.key}:\n\n" + "\n".join(lines) + f"\n\n{link}\n"
    many = f"{len(rows)} gaps" if len(rows) > 1 else "A gap"
    message = Message(
        key=f"gaps-{keys[0][:24]}-{person.uid}", address=person.email,
        subject=f"{many} in the on-call of {team} within {min(row.hours for row in rows)} h", text=text, link=link,
    )  # fmt: skip
    try:
        board.notifier("smtp").deliver(message, seconds=SECONDS)
    except NotDelivered as fault:
        if not (fault.permanent or last_attempt):
            raise Unavailable(f"The notice did not leave: {fault.reason}") from None
