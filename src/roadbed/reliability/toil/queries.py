"""Reading toil: shares of time, where the hours come from, candidates by what they win, what paid off."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.people import queries as people
from roadbed.ground.people.queries import TeamView
from roadbed.ground.people.rules import Caller
from roadbed.reliability.toil.models import Entry, Task
from roadbed.reliability.toil.rules.measuring import MONTH, QUARTER, Share, share_of
from roadbed.reliability.toil.rules.ranking import DAYS_A_MONTH, Cost, Estimate, Payback, cost_of, payback_of
from roadbed.reliability.toil.rules.saving import Saving, saving

SPANS = (MONTH, QUARTER)
SOURCES = (Entry.NO_FIX, Entry.AGAIN, Entry.RUN, Entry.REQUEST, Entry.LOGGED)
SOMEBODY = "somebody of the team"


@dataclass(frozen=True, slots=True)
class PersonShare:
    """One person's toil in their team."""

    person: str
    share: Share


@dataclass(frozen=True, slots=True)
class TeamShare:
    """A team's toil; `before` is its share in the span before, `persons` only those whom the reader may see."""

    team: str
    people: int
    share: Share
    captured_hours: float
    logged_hours: float
    before: float | None
    persons: tuple[PersonShare, ...]

    @property
    def each(self) -> float | None:
        """Hours of one person on average; None where nobody is there."""
        return self.share.hours / self.people if self.people else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task with what it costs a month and what its automation would bring."""

    uid: str
    team: str
    what: str
    category: str
    state: str
    owner: str
    due: date | None
    link: str
    samples: int
    cost: Cost | None
    estimate: Estimate | None
    payback: Payback | None


@dataclass(frozen=True, slots=True)
class Saved:
    """An automation that is in use: hours built, hours saved since, and what was forecast for that time.

    `measured` compares whole weeks before and after; None until there are four on each side.
    """

    team: str
    what: str
    done_at: datetime
    built_hours: float
    saved_hours: float | None
    forecast_hours: float | None
    measured: Saving | None = None


@dataclass(frozen=True, slots=True)
class EntryView:
    """One piece of work."""

    uid: str
    task: str
    task_uid: str
    category: str
    team: str
    person: str
    minutes: int
    source: str
    fact: str | None
    is_toil: bool
    occurred_at: datetime
    left_out_for: str
    assumed: bool = False
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """The toil of a span of days: teams, whoever has most first, and where the hours come from."""

    days: int
    since: datetime
    until: datetime
    teams: tuple[TeamShare, ...]
    whole: Share
    sources: dict[str, float]


def board(*, days: int = MONTH, now: datetime, viewer: Caller | None = None) -> Board:
    """Shares of time. A person's is shown to that person and to whoever leads the team, by name and never by rank."""
    if days not in SPANS:
        raise Invalid(f"{days} days are no span of toil.", remedy="28 or 91.", place=Place(field="days"))
    since = now - timedelta(days=days)
    rows = list(
        _counted(since - timedelta(days=days), now).values_list(
            "task__team_uid", "person_uid", "person", "minutes", "source", "occurred_at"
        )
    )
    minutes: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    captured: dict[str, int] = defaultdict(int)
    before: dict[str, int] = defaultdict(int)
    sources: dict[str, float] = dict.fromkeys(SOURCES, 0.0)
    for team_uid, person_uid, person, spent, source, at in rows:
        if at < since:
            before[team_uid] += spent
            continue
        minutes[team_uid][person_uid, person] += spent
        captured[team_uid] += spent if source != Entry.LOGGED else 0
        sources[source] += spent / 60
    told, known = [], people.teams()
    for team in known:
        spent = sum(minutes[team.uid].values())
        size = len(team.members)
        told.append(
            TeamShare(
                team.name, size, share_of(spent, people=size, days=days), captured[team.uid] / 60,
                (spent - captured[team.uid]) / 60, share_of(before[team.uid], people=size, days=days).share,
                tuple(
                    PersonShare(person, share_of(most, people=1, days=days))
                    for (person_uid, person), most in sorted(minutes[team.uid].items(), key=lambda one: one[0][1])
                    if sees(viewer, team, person_uid)
                ),
            )
        )  # fmt: skip
    everybody = {member.uid for team in known for member in team.members}
    whole = share_of(sum(sum(one.values()) for one in minutes.values()), people=len(everybody), days=days)
    ordered = sorted(told, key=lambda one: (-(one.share.share or 0), one.team))
    return Board(days, since, now, tuple(ordered), whole, sources)


def sees(viewer: Caller | None, team: TeamView | None, person_uid: str) -> bool:
    """Whether somebody may see one person's toil: that person, and whoever leads the team."""
    if viewer is None:
        return False
    leads = team is not None and any(one.lead and one.uid == viewer.uid for one in team.members)
    return leads or viewer.uid == person_uid


def candidates(*, now: datetime, team: str = "") -> tuple[Candidate, ...]:
    """Tasks of the last quarter that are not automated: by hours won, then those without an estimate by their cost."""
    since = now - timedelta(days=QUARTER)
    samples: dict[int, list[int]] = defaultdict(list)
    for task, spent in _counted(since, now).values_list("task_id", "minutes"):
        samples[task].append(spent)
    rows = Task.objects.filter(pk__in=list(samples)).exclude(state=Task.DONE)
    if team:
        rows = rows.filter(team__iexact=team)
    found = [_candidate(row, samples[row.pk]) for row in rows]
    return tuple(sorted(found, key=_rank))


def candidate(uid: str, *, now: datetime) -> Candidate:
    """One task.

    Raises:
        NotFound: when there is none.
    """
    row = Task.objects.filter(uid=uid).first()
    if row is None:
        raise NotFound(f"There is no task {uid[:40]}.", remedy="`roadbed toil tasks` shows them.")
    rows = _counted(now - timedelta(days=QUARTER), now).filter(task=row)
    return _candidate(row, list(rows.values_list("minutes", flat=True)))


def saved(*, now: datetime) -> tuple[Saved, ...]:
    """What was automated, newest first: hours a month that it cost, less what it still costs, since it is in use."""
    found = []
    for row in Task.objects.filter(state=Task.DONE).order_by("-done_at")[:20]:
        if row.done_at is None:
            continue
        months = (now - row.done_at) / timedelta(days=DAYS_A_MONTH)
        since = sum(_counted(row.done_at, now).filter(task=row).values_list("minutes", flat=True)) / 60
        upkeep = row.upkeep or 0.0
        forecast = None if row.cost_then is None else (row.cost_then - upkeep) * months
        spared = None if row.cost_then is None else row.cost_then * months - since
        found.append(
            Saved(row.team, row.what, row.done_at, row.built_hours or 0.0, spared, forecast, _measured(row, now))
        )
    return tuple(found)


WEEK = timedelta(days=7)
MOST_WEEKS = 26


def _measured(row: Task, now: datetime) -> Saving | None:
    """Weeks from the task's first entry until it was planned, and since it is in use, at most half a year of each."""
    first = row.entries.filter(is_toil=True, left_out_at=None).order_by("occurred_at").first()
    if first is None or row.planned_at is None or row.done_at is None:
        return None
    before = _weeks(row, row.planned_at, int((row.planned_at - first.occurred_at) / WEEK), back=True)
    return saving(before, _weeks(row, row.done_at, int((now - row.done_at) / WEEK), back=False))


def _weeks(row: Task, at: datetime, whole: int, *, back: bool) -> list[float]:
    many = min(whole, MOST_WEEKS)
    start = at - WEEK * many if back else at
    hours = [0.0] * many
    for when, spent in _counted(start, start + WEEK * many).filter(task=row).values_list("occurred_at", "minutes"):
        hours[min(int((when - start) / WEEK), many - 1)] += spent / 60
    return hours


def entries(
    *, now: datetime, days: int = MONTH, team: str = "", task: str = "", viewer: Caller | None = None, limit: int = 200
) -> tuple[EntryView, ...]:
    """Pieces of work, newest first, those that were left out too. Others than one's own have no name but for leads."""
    leads = {one.name: one for one in people.teams()}
    rows = Entry.objects.select_related("task").filter(occurred_at__gt=now - timedelta(days=days))
    if team:
        rows = rows.filter(task__team__iexact=team)
    if task:
        rows = rows.filter(task__uid=task)
    return tuple(
        EntryView(
            row.uid, row.task.what, row.task.uid, row.task.category, row.task.team,
            row.person if sees(viewer, leads.get(row.task.team), row.person_uid) else SOMEBODY,
            row.minutes, row.source, row.fact, row.is_toil, row.occurred_at, row.left_out_for, row.assumed,
            row.reference or "",
        )
        for row in rows.order_by("-occurred_at", "-pk")[:limit]
    )  # fmt: skip


def _counted(since: datetime, until: datetime) -> QuerySet[Entry]:
    return Entry.objects.filter(is_toil=True, left_out_at=None, occurred_at__gte=since, occurred_at__lte=until)


def _candidate(row: Task, minutes: list[int]) -> Candidate:
    cost = cost_of(minutes, days=QUARTER)
    estimate = None
    if row.build_low is not None and row.build_high is not None:
        estimate = Estimate(row.build_low, row.build_high, row.upkeep or 0.0)
    return Candidate(
        row.uid, row.team, row.what, row.category, row.state, row.owner, row.due, row.link, len(minutes), cost,
        estimate, payback_of(cost, estimate) if cost and estimate else None,
    )  # fmt: skip


def _rank(one: Candidate) -> tuple[int, float]:
    if one.payback is not None:
        return 0, -one.payback.won
    return (1, -one.cost.hours) if one.cost is not None else (2, -one.samples)
