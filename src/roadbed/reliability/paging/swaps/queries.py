"""Requests for shifts as pages and the API read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from roadbed.reliability.paging.rotating import team_named
from roadbed.reliability.paging.swaps.models import ShiftRequest

KEPT: Final = timedelta(days=30)
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request. `asked` is empty for anyone of the team, `taken_by` until somebody accepted."""

    uid: str
    team: str
    asker: str
    asker_uid: str
    asked: str
    asked_uid: str
    starts_at: datetime
    ends_at: datetime
    back_starts_at: datetime | None
    back_ends_at: datetime | None
    standby: bool
    note: str
    state: str
    declined: int
    declined_by: tuple[str, ...]
    taken_by: str
    made_at: datetime
    closed_at: datetime | None


def of_team(team: str, *, now: datetime, everything: bool = False) -> tuple[RequestView, ...]:
    """A team's requests that are open, the next first; with `everything` those of the last 30 days too."""
    return _views(_rows(now, everything).filter(team__uid=team_named(team).uid))


def of_person(uid: str, teams: frozenset[str], *, now: datetime, everything: bool = False) -> tuple[RequestView, ...]:
    """What somebody asked for, and what is asked of them, as one of their teams too."""
    anyone = Q(asked=None, team__name__in=list(teams))
    return _views(_rows(now, everything).filter(Q(asker__uid=uid) | Q(asked__uid=uid) | anyone))


def waiting_for(uid: str, teams: frozenset[str], *, now: datetime) -> tuple[RequestView, ...]:
    """What waits for somebody's answer."""
    asked = of_person(uid, teams, now=now)
    return tuple(one for one in asked if one.asker_uid != uid and uid not in one.declined_by)


def view_of(row: ShiftRequest) -> RequestView:
    """One request."""
    return RequestView(
        row.uid, row.team.name, row.asker.name, row.asker.uid, row.asked.name if row.asked else "",
        row.asked.uid if row.asked else "", row.starts_at, row.ends_at, row.back_starts_at, row.back_ends_at,
        row.standby,
        row.note, row.state, len(row.declined_by),
        tuple(row.declined_by), row.taken_by.name if row.taken_by else "", row.made_at, row.closed_at,
    )  # fmt: skip


def _rows(now: datetime, everything: bool) -> QuerySet[ShiftRequest]:  # noqa: FBT001 - a flag of two callers
    still = Q(state=ShiftRequest.OPEN, starts_at__gt=now)
    return ShiftRequest.objects.filter(still | Q(made_at__gt=now - KEPT) if everything else still)


def _views(rows: QuerySet[ShiftRequest]) -> tuple[RequestView, ...]:
    found = rows.select_related("team", "asker", "asked", "taken_by").order_by("starts_at", "pk")
    return tuple(view_of(row) for row in found[:MOST])
