"""The rows behind a figure: which deployments, commits or incidents it was counted from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, islice
from typing import Final

from roadbed.delivery.metrics.histories import scope_of
from roadbed.delivery.metrics.newest import Span, incidents_in, judged_in
from roadbed.delivery.metrics.queries import DAYS, begin_of, end_of
from roadbed.delivery.metrics.rollups.reading import judged_now, latest_of
from roadbed.delivery.metrics.rules import figures
from roadbed.delivery.metrics.rules.hours import Hours, hours_of
from roadbed.delivery.metrics.rules.leads import Pair, seconds_of
from roadbed.delivery.metrics.rules.values import Carried, Incident, Judged
from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.errors import Invalid, Place

TOGETHER: Final = 25
"""Deployments whose changes are looked for in later ones at once."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        counts: whether it is one of the hits of a rate; True for every row of the other metrics.
        seconds: what it adds to a span; of an open one how long it lasts already; None where it adds none.
        why: why it counts as failed or as rework, or what the commit says.
    """

    uid: str
    service: str
    service_uid: str
    at: datetime
    version: str
    commit: str
    label: str
    counts: bool
    seconds: float | None
    open: bool
    why: str


def behind(
    metric: str,
    *,
    service: str = "",
    team: str = "",
    system: str = "",
    days: int = DAYS,
    until: datetime | None = None,
    working_hours: str = "",
    holidays: str = "",
    cursor: str = "",
    limit: int = 50,
    now: datetime,
) -> Page[Row]:
    """The rows behind a figure, newest first; of a rate those that count first stand apart by `counts`.

    Raises:
        Invalid: for a metric or window that there is not.
    """
    if metric not in figures.NAMES:
        raise Invalid(
            f"There is no metric {metric[:40]!r}.",
            remedy=f"One of {', '.join(figures.NAMES)}.",
            place=Place(field="metric"),
        )
    limit = checked_limit(limit)
    end = end_of(until, now)
    since = begin_of(days, end)
    scope = scope_of(service, team, system)
    after = _after(cursor) if cursor else None
    span = Span(scope.uids, since, end, end if after is None else after[0], judged_now(scope.uids)[0])
    hours = hours_of(working_hours, holidays.split(","))
    latest = latest_of(scope.uids, since=since, until=end) if scope.everybody and metric == figures.LEAD_TIME else None
    told = _rows(metric, span, now, _Counting(latest, hours))
    if after is not None:
        last = (after[0].isoformat(), *after[1:])
        told = dropwhile(lambda row: _key(row) >= last, told)
    return page_of(list(islice(told, limit + 1)), limit, _key)


def _after(cursor: str) -> tuple[datetime, str, str]:
    at, uid, commit = decode_cursor(cursor, 3)
    try:
        instant = datetime.fromisoformat(at)
    except (TypeError, ValueError):
        instant = None
    if instant is None or instant.tzinfo is None or not isinstance(uid, str) or not isinstance(commit, str):
        raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
    return instant, uid, commit


def _key(row: Row) -> tuple[str, str, str]:
    return row.at.isoformat(), row.uid, row.commit


@dataclass(frozen=True, slots=True)
class _Counting:
    """How lead times are counted: in which hours, and each change only where `latest` says so, if it is there."""

    latest: Callable[[Sequence[tuple[datetime, str, str]]], Sequence[bool]] | None
    hours: Hours | None


def _rows(metric: str, span: Span, now: datetime, counting: _Counting) -> Iterator[Row]:
    """All rows, the newest first; they are read as they are asked for."""
    if metric == figures.TIME_TO_RESTORE:
        return (_of_incident(one, now) for one in incidents_in(span))
    if metric == figures.RECOVERY:
        return (_of_failure(one, now) for one in judged_in(span, failed=True))
    judged = judged_in(span)
    if metric == figures.LEAD_TIME:
        return _of_commits(judged, counting)
    if metric == figures.FAIL_RATE:
        return (_of_deployment(one, counts=one.failed, why=one.failed_by) for one in judged)
    if metric == figures.REWORK_RATE:
        return (_of_deployment(one, counts=one.unplanned, why=_rework(one)) for one in judged)
    return (_of_deployment(one, counts=True, why="") for one in judged)


def _rework(one: Judged) -> str:
    return (f"{one.label}: {one.label_by}" if one.label_by else one.label) if one.unplanned else ""


def _of_deployment(one: Judged, *, counts: bool, why: str) -> Row:
    return Row(
        one.uid, one.service, one.service_uid, one.at, one.version, one.commit, one.label, counts, None, open=False,
        why=why,
    )  # fmt: skip


def _of_failure(one: Judged, now: datetime) -> Row:
    over = one.restored_at is not None and one.restored_at <= now
    end = one.restored_at if one.restored_at is not None and over else now
    seconds = max(0.0, (end - one.at).total_seconds())
    return Row(
        one.uid, one.service, one.service_uid, one.at, one.version, one.commit, one.label, counts=True,
        seconds=seconds, open=not over, why=one.failed_by,
    )  # fmt: skip


def _of_commits(judged: Iterator[Judged], counting: _Counting) -> Iterator[Row]:
    """A row for each pair. Of a change that went to several services the organization counts the latest arrival."""
    while some := list(islice(judged, TOGETHER)):
        pairs = [(one, each) for one in some for each in sorted(one.carried, key=lambda each: each.sha, reverse=True)]
        counts: Sequence[bool] = [True] * len(pairs)
        if counting.latest is not None:
            counts = counting.latest([(one.at, one.uid, each.sha) for one, each in pairs])
        yield from (_of_pair(one, each, counting.hours) for (one, each), yes in zip(pairs, counts, strict=True) if yes)


def _of_pair(one: Judged, each: Carried, hours: Hours | None) -> Row:
    seconds = next(iter(seconds_of([Pair(one.at, each)], hours)), None)
    return Row(
        one.uid, one.service, one.service_uid, one.at, one.version, each.sha, one.label,
        counts=seconds is not None and not each.bot, seconds=seconds, open=False,
        why=f"{each.subject} (a machine's, kept apart)" if each.bot else each.subject,
    )  # fmt: skip


def _of_incident(one: Incident, now: datetime) -> Row:
    over = one.resolved_at is not None and one.resolved_at <= now
    end = one.resolved_at if one.resolved_at is not None and over else now
    return Row(
        one.uid, one.service, one.service_uid, one.started_at, "", "", "incident", counts=True,
        seconds=max(0.0, (end - one.started_at).total_seconds()), open=not over,
        why=one.why or ("" if one.deployment else _no_cause(one)),
    )  # fmt: skip


def _no_cause(one: Incident) -> str:
    return f"Caused elsewhere: {one.elsewhere}." if one.elsewhere else "No deployment is named as its cause."
