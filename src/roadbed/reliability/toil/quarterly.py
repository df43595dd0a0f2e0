"""Toil by calendar quarter, team by team, for whoever plans the next one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.people import queries as people
from roadbed.reliability.toil.models import Entry
from roadbed.reliability.toil.rules.measuring import Share, share_of

MOST = 20


@dataclass(frozen=True, slots=True)
class QuarterShare:
    """A team's toil in a quarter; None where nothing of any team was noted in it, so that nothing is known."""

    quarter: str
    share: Share | None
    captured_hours: float
    entries: int


@dataclass(frozen=True, slots=True)
class TeamQuarters:
    """A team's quarters, the oldest first. Its people are counted as they are today."""

    team: str
    people: int
    quarters: tuple[QuarterShare, ...]


def quarters(*, now: datetime, many: int = 5) -> tuple[TeamQuarters, ...]:
    """The last quarters of each team by name; the one that goes on is measured until now."""
    if not 1 <= many <= MOST:
        raise Invalid(f"{many} quarters cannot be.", remedy=f"1 to {MOST}.", place=Place(field="quarters"))
    spans = _spans(now, many)
    minutes: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    rows = Entry.objects.filter(is_toil=True, left_out_at=None, occurred_at__gte=spans[0][1], occurred_at__lte=now)
    known: set[str] = set()
    for team, at, spent, source in rows.values_list("task__team_uid", "occurred_at", "minutes", "source").iterator():
        name = _name(at)
        known.add(name)
        told = minutes[team, name]
        told[0] += spent
        told[1] += spent if source != Entry.LOGGED else 0
        told[2] += 1
    return tuple(
        TeamQuarters(team.name, len(team.members), tuple(
            QuarterShare(
                name,
                share_of(minutes[team.uid, name][0], people=len(team.members), days=max((end - start).days, 1))
                if name in known else None,
                minutes[team.uid, name][1] / 60, minutes[team.uid, name][2],
            )
            for name, start, end in spans
        ))
        for team in people.teams()
    )  # fmt: skip


def _name(at: datetime) -> str:
    return f"{at.year} Q{(at.month + 2) // 3}"


def _spans(now: datetime, many: int) -> list[tuple[str, datetime, datetime]]:
    last = now.year * 4 + (now.month - 1) // 3
    starts = [
        now.replace(year=one // 4, month=one % 4 * 3 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)
        for one in range(last - many + 1, last + 2)
    ]
    return [(_name(start), start, min(end, now + timedelta(seconds=1))) for start, end in pairwise(starts)]
