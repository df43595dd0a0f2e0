"""What a team's shifts were like: pages in them, interrupted hours, limits, and how evenly they are shared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.paging.load.queries import leads, names_of, rules_now, stints_of, with_holidays
from roadbed.reliability.paging.models import Recipient
from roadbed.reliability.paging.planning import plan_of
from roadbed.reliability.paging.rotating import team_named
from roadbed.reliability.paging.rules.load.burden import MOST_ON_CALL, Burden, OfShifts, Page, burdens, of_shifts
from roadbed.reliability.paging.rules.load.classes import CLASSES
from roadbed.reliability.paging.rules.load.fairness import Luck, Portion, lucks, portions
from roadbed.reliability.paging.rules.load.pay import Stint, merged
from roadbed.reliability.paging.rules.load.reading import read_rules

WEEKS: Final = (4, 13, 52)
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class BurdenView:
    """One person's burden with what is theirs of the team's time and pages."""

    name: str
    burden: Burden
    portion: Portion | None
    luck: Luck | None


@dataclass(frozen=True, slots=True)
class LoadView:
    """What a team's shifts were like in a span; `people` are only those whom the caller may see.

    `known` is the part of the span of which there is a record, None where there is none.
    """

    team: str
    weeks: int
    start: datetime
    end: datetime
    zone: str
    known: float | None
    on_call: int
    pages: int
    of_shifts: OfShifts
    by_class: Mapping[str, int]
    hours: int
    night_hours: int
    crowded: int
    over_time: int
    uneven: int
    people: tuple[BurdenView, ...]
    only_own: bool
    as_of: datetime


def load(caller: Caller, team: str, *, weeks: int = 4, now: datetime) -> LoadView:
    """What a team's shifts of the last weeks were like.

    Raises:
        Invalid: for a number of weeks that is not one of WEEKS.
        NotFound: for an unknown team.
    """
    authorise(caller, "read")
    if weeks not in WEEKS:
        raise Invalid(f"{weeks} weeks are no span here.", remedy="4, 13 or 52.", place=Place(field="weeks"))
    found = team_named(team)
    end = now.replace(microsecond=0)
    start = end - weeks * WEEK
    plan = plan_of(found.uid, now=now)
    zone = plan.schedule.zone.key if plan else "UTC"
    rows = Recipient.objects.filter(alert__team=found.name, paged_at__gte=start, paged_at__lt=end)
    pages = [Page(*row) for row in rows.values_list("paged_at", "person__uid", "alert__uid")]
    stints = stints_of(found, start=start, end=end, now=now)
    clock = with_holidays(read_rules(rules_now().document), found, now).clock
    each = burdens(stints, pages, clock, start, end, zone=zone)
    by_class: Counter[str] = Counter(dict.fromkeys(CLASSES, 0))
    for one in each:
        by_class.update(one.by_class)
    known = sum((min(one.end, end) - max(one.start, start)).total_seconds() for one in stints)
    parts = _parts(each, stints)
    everyone = leads(caller, found)
    return LoadView(
        team=found.name,
        weeks=weeks,
        start=start,
        end=end,
        zone=zone,
        known=known / (end - start).total_seconds() or None,
        on_call=sum(one.seconds > 0 for one in each),
        pages=len({page.alert for page in pages}),
        of_shifts=of_shifts(stints, pages, start, end),
        by_class=dict(by_class),
        hours=sum(one.hours for one in each),
        night_hours=sum(one.night_hours for one in each),
        crowded=sum(len(one.crowded) for one in each),
        over_time=sum(one.of_time > MOST_ON_CALL for one in each),
        uneven=sum(part.portion is not None and part.portion.uneven for part in parts),
        people=tuple(part for part in parts if everyone or part.burden.person == caller.uid),
        only_own=not everyone,
        as_of=now,
    )


def _parts(each: Sequence[Burden], stints: Sequence[Stint]) -> list[BurdenView]:
    seconds = {one.person: one.seconds for one in each if one.seconds}
    longest = max((int((one.end - one.start).total_seconds()) for one in merged(stints) if one.person), default=0)
    shared = {one.person: one for one in portions(seconds, longest=longest)}
    lucky = {one.person: one for one in lucks({one.person: one.pages for one in each}, seconds)}
    names = names_of(one.person for one in each)
    return [
        BurdenView(names.get(one.person, "somebody removed"), one, shared.get(one.person), lucky.get(one.person))
        for one in each
    ]
