"""Reading goals: how each stands by its newest reading, with what it tempts to beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import F, OuterRef, QuerySet, Subquery

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.asks import measures
from roadbed.ground.asks.measures import SCOPES, Metric, Reading
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.organization.goals.measuring import measured
from roadbed.organization.goals.models import Goal
from roadbed.organization.goals.models import Reading as Row
from roadbed.organization.goals.rules.saying import between, said
from roadbed.organization.goals.rules.standing import NO_DATA, WORDS
from roadbed.organization.goals.rules.targets import DIRECTIONS
from roadbed.organization.goals.rules.tempting import Counter, counters_of, warning_of

SHOWN_DAYS: Final = 180
ALL: Final = "all"
_UNKNOWN: Final = Metric("", "A metric that nobody measures any more", "share", "up")


@dataclass(frozen=True, slots=True)
class ReadingView:
    """What was measured on a day; `said` is the figure in words, `between` its 95% interval."""

    day: date
    at: datetime
    value: float | None
    low: float | None
    high: float | None
    n: int
    why: str
    standing: str
    says: str
    expected: float | None
    said: str
    between: str

    @property
    def word(self) -> str:
        """The standing as people say it."""
        return WORDS[self.standing]


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal as lists show it. `today` is its newest reading; `counters` are seen beside it, `warning` says why."""

    id: int
    uid: str
    scope: str
    name: str
    metric: str
    title: str
    unit: str
    direction: str
    target: float
    target_said: str
    days: int
    due: date
    owner: str
    owner_uid: str
    reason: str
    baseline: float | None
    baseline_low: float | None
    baseline_high: float | None
    baseline_n: int
    baseline_why: str
    baseline_said: str
    set_by: str
    set_at: datetime
    version: int
    state: str
    closed_at: datetime | None
    closed_by: str
    outcome: str
    note: str
    page: str
    today: ReadingView | None
    counters: tuple[Counter, ...]
    warning: str

    @property
    def whose(self) -> str:
        """Whose it is, in words."""
        return self.name or "Everybody"

    @property
    def alone(self) -> str:
        """The counter-metrics on which there is no goal, in words."""
        return " or ".join(one.metric.name.lower() for one in self.counters if not one.goal)

    @property
    def standing(self) -> str:
        """How it stands; how it came out where it is closed."""
        return self.outcome or (self.today.standing if self.today else NO_DATA)


@dataclass(frozen=True, slots=True)
class WordingView:
    """A goal as it was worded once."""

    number: int
    target: float
    target_said: str
    due: date
    owner: str
    reason: str
    why: str
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class CounterView:
    """A counter-metric with its figure of now."""

    metric: str
    title: str
    goal: bool
    value: float | None
    said: str
    between: str
    why: str


@dataclass(frozen=True, slots=True)
class GoalPage:
    """One goal with its readings, oldest first, its wordings, newest first, and its counter-metrics as they are now."""

    goal: GoalView
    readings: tuple[ReadingView, ...]
    wordings: tuple[WordingView, ...]
    beside: tuple[CounterView, ...]


@dataclass(frozen=True, slots=True)
class Measurable:
    """A metric that a goal can be set on, with the figure of now."""

    metric: Metric
    reading: Reading
    said: str
    between: str


def goals(
    *, scope: str = "", name: str = "", metric: str = "", state: str = Goal.OPEN, cursor: str | None = None,
    limit: int = 50,
) -> Page[GoalView]:  # fmt: skip
    """Goals, newest first; of a state or of all, of a scope, of somebody, of a metric."""
    checked_limit(limit)
    rows = Goal.objects.all()
    known = {"state": (Goal.OPEN, Goal.CLOSED, ALL), "scope": SCOPES}
    for field, given in (("state", state), ("scope", scope)):
        if given and given not in known[field]:
            remedy = f"One of {', '.join(known[field])}."
            raise Invalid(f"{given[:20]!r} is no {field} of a goal.", remedy=remedy, place=Place(field=field))
    given_fields = {"scope": scope, "name": name, "metric": metric, "state": "" if state == ALL else state}
    rows = rows.filter(**{field: given for field, given in given_fields.items() if given})
    if cursor:
        (last,) = decode_cursor(cursor, 1)
        if not isinstance(last, int) or not 0 <= last < 2**63:
            raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
        rows = rows.filter(pk__lt=last)
    found = _views(rows.order_by("-pk")[: limit + 1])
    return page_of(found, limit, lambda one: (one.id,))


def goals_of(scope: str, name: str) -> tuple[GoalView, ...]:
    """The open goals of a team, a system or everybody, by when they are due."""
    return _views(Goal.objects.filter(state=Goal.OPEN, scope=scope, name=name).order_by("due", "pk"))


def goal(uid: str) -> GoalView:
    """One goal.

    Raises:
        NotFound: when there is none.
    """
    return _views([_row(uid)])[0]


def goal_page(uid: str, *, now: datetime) -> GoalPage:
    """One goal with everything about it; its counter-metrics are measured now."""
    row = _row(uid)
    (view,) = _views([row])
    newest = list(row.readings.order_by("-day")[:SHOWN_DAYS])
    return GoalPage(
        goal=view,
        readings=tuple(_reading(one, row.unit) for one in reversed(newest)),
        wordings=tuple(
            WordingView(one.number, one.target, said(one.target, row.unit), one.due, one.owner, one.reason, one.why,
                        one.changed_by, one.changed_at)
            for one in row.wordings.order_by("-number")
        ),
        beside=tuple(_beside(row, one, now) for one in view.counters),
    )  # fmt: skip


def measurable(scope: str, name: str, *, days: int, now: datetime) -> tuple[Measurable, ...]:
    """What a goal of somebody can be set on, and what it would begin with."""
    found = []
    for one in measures.metrics():
        reading = measured(scope, name, one.key, days=days, now=now)
        found.append(
            Measurable(one, reading, said(reading.value, one.unit), between(reading.low, reading.high, one.unit))
        )
    return tuple(found)


def _row(uid: str) -> Goal:
    row = Goal.objects.filter(uid=uid.replace("\x00", "")[:32]).first()
    if row is None:
        raise NotFound(f"There is no goal {uid[:40]}.", remedy="`roadbed goal list` shows them.")
    return row


def _views(rows: QuerySet[Goal] | Iterable[Goal]) -> tuple[GoalView, ...]:
    listed = list(rows)
    last = Row.objects.filter(goal=OuterRef("goal")).order_by("-day").values("day")[:1]
    newest = Row.objects.filter(goal__in=listed).annotate(last=Subquery(last)).filter(day=F("last"))
    today = {one.goal_id: one for one in newest}
    pursued: dict[tuple[str, str], set[str]] = defaultdict(set)
    uids = {row.target_uid for row in listed}
    for scope, target, metric in Goal.objects.filter(state=Goal.OPEN, target_uid__in=uids).values_list(
        "scope", "target_uid", "metric"
    ):
        pursued[scope, target].add(metric)
    return tuple(_view(row, today.get(row.pk), pursued[row.scope, row.target_uid]) for row in listed)


def _view(row: Goal, today: Row | None, pursued: set[str]) -> GoalView:
    metric = measures.metric(row.metric) or _UNKNOWN
    counters = counters_of(metric, measures.metrics(), pursued)
    return GoalView(
        id=row.pk, uid=row.uid, scope=row.scope, name=row.name, metric=row.metric, title=metric.name, unit=row.unit,
        direction=DIRECTIONS[row.better], target=row.target, target_said=said(row.target, row.unit), days=row.days,
        due=row.due, owner=row.owner, owner_uid=row.owner_uid, reason=row.reason, baseline=row.baseline,
        baseline_low=row.baseline_low, baseline_high=row.baseline_high, baseline_n=row.baseline_n,
        baseline_why=row.baseline_why, baseline_said=said(row.baseline, row.unit), set_by=row.set_by, set_at=row.set_at,
        version=row.version, state=row.state, closed_at=row.closed_at, closed_by=row.closed_by, outcome=row.outcome,
        note=row.note, page=metric.page, today=None if today is None else _reading(today, row.unit), counters=counters,
        warning=warning_of(metric, counters) if row.state == Goal.OPEN else "",
    )  # fmt: skip


def _reading(one: Row, unit: str) -> ReadingView:
    return ReadingView(
        one.day, one.at, one.value, one.low, one.high, one.n, one.why, one.standing, one.says, one.expected,
        said(one.value, unit), between(one.low, one.high, unit),
    )  # fmt: skip


def _beside(row: Goal, one: Counter, now: datetime) -> CounterView:
    found = measured(row.scope, row.name, one.metric.key, days=row.days, now=now)
    unit = one.metric.unit
    return CounterView(
        one.metric.key, one.metric.name, one.goal, found.value, said(found.value, unit),
        between(found.low, found.high, unit), found.why,
    )  # fmt: skip
