"""Keeping who was on call as time passes: before anything changes the future, the past is written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Membership, Team
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging.load.models import Served
from roadbed.reliability.paging.planning import Plan, plans
from roadbed.reliability.paging.rules.schedules.rendering import LONGEST, render

BATCH: Final = 20
"""Teams kept in one transaction, so that one with hundreds of teams holds the database no longer than others do."""


def keep_all(*, now: datetime) -> int:
    """Write down who was on call until now in every team; answers how many teams had something to keep."""
    uids = sorted(plans(now=now))
    return sum(keep(uids[begin : begin + BATCH], now=now) for begin in range(0, len(uids), BATCH))


def keep(team_uids: Iterable[str], *, now: datetime) -> int:
    """Write down who was on call until now in some teams; answers how many of them had something to keep.

    Whatever changes a schedule calls it first, in the same transaction: what was, stays.
    """
    until = now.replace(microsecond=0)
    found = plans(team_uids, now=now)
    if not found:
        return 0
    with unit(ROADBED, now=now):
        # Two that keep the same team at once would write its time twice.
        rows = Team.objects.select_for_update().filter(uid__in=list(found)).order_by("pk")
        teams = {row.uid: row for row in rows}
        kept = {team for standby in (False, True) for team in _keep(teams, found, until=until, standby=standby)}
    return len(kept)


def _keep(teams: Mapping[str, Team], found: Mapping[str, Plan], *, until: datetime, standby: bool) -> set[int]:
    """One of the two records of each team; answers which teams had something to keep."""
    last = _last(teams.values(), standby=standby)
    longer: dict[int, int] = {}
    fresh: list[Served] = []
    for uid, team in teams.items():
        before = last.get(team.pk)
        new = rows_of(found[uid], team, since=before.ends_at if before else None, until=until, standby=standby)
        if before is not None and new and _same(before, new[0]):
            if len(new) == 1:
                longer[before.pk] = team.pk
            else:
                Served.objects.filter(pk=before.pk).update(ends_at=new[0].ends_at)
            new = new[1:]
        fresh += new
    Served.objects.filter(pk__in=list(longer)).update(ends_at=until)
    Served.objects.bulk_create(fresh)
    return {*longer.values(), *(row.team_id for row in fresh)}


def keep_of_person(person_uid: str, *, now: datetime) -> int:
    """The same for every team of a person, before they leave or come back."""
    teams = Membership.objects.filter(person__uid=person_uid).values_list("team__uid", flat=True)
    return keep(list(teams), now=now)


def rows_of(plan: Plan, team: Team, *, since: datetime | None, until: datetime, standby: bool = False) -> list[Served]:
    """What a plan says of the time since it was last kept, or since it was written; not stored."""
    schedule = plan.schedule.standing_by if standby else plan.schedule
    written = plan.changed_at.replace(microsecond=0)
    start = max(since, written) if since else written
    start = max(start, until - LONGEST)
    if schedule is None or start >= until or not schedule.layers:
        return []
    zones = {layer.name: layer.zone.key for layer in schedule.layers}
    return [
        Served(
            team=team, starts_at=slot.start, ends_at=slot.end, person_uid=slot.person or "", layer=slot.layer or "",
            zone=zones.get(slot.layer or "", schedule.zone.key), standby=standby,
        )
        for slot in render(schedule, start, until).slots
    ]  # fmt: skip


def _last(teams: Iterable[Team], *, standby: bool) -> dict[int, Served]:
    found: dict[int, Served] = {}
    # The newest row of each team by its index: one short look-up a team beats a scan of all rows.
    for team in teams:
        row = Served.objects.filter(team=team, standby=standby).order_by("-ends_at").first()
        if row is not None:
            found[team.pk] = row
    return found


def _same(before: Served, row: Served) -> bool:
    return (before.ends_at, before.person_uid, before.layer, before.zone) == (
        row.starts_at, row.person_uid, row.layer, row.zone,
    )  # fmt: skip
