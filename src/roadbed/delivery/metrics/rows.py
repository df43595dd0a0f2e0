"""The rows behind a figure: which deployments, commits or incidents it was counted from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from roadbed.delivery.metrics.histories import histories, scope_of
from roadbed.delivery.metrics.queries import DAYS, begin_of, end_of
from roadbed.delivery.metrics.rules import figures
from roadbed.delivery.metrics.rules.hours import Hours, hours_of
from roadbed.delivery.metrics.rules.leads import Pair, seconds_of
from roadbed.delivery.metrics.rules.values import Carried, Incident, Judged
from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.errors import Invalid, Place


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
    hours = hours_of(working_hours, holidays.split(","))
    known = histories(scope, since=since)
    judged = sorted((one for one in known.judged if since <= one.at < end), key=lambda one: (one.at, one.uid))
    began = [one for one in known.incidents if since <= one.started_at < end]
    rows = sorted(_rows(metric, judged, began, now, _Counting(scope.everybody, hours)), key=_key, reverse=True)
    if cursor:
        after = _after(cursor)
        rows = [row for row in rows if _key(row) < after]
    return page_of(rows, limit, _key)


def _after(cursor: str) -> tuple[str, str, str]:
    at, uid, commit = decode_cursor(cursor, 3)
    if not all(isinstance(one, str) for one in (at, uid, commit)):
        raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
    return at, uid, commit


def _key(row: Row) -> tuple[str, str, str]:
    return row.at.isoformat(), row.uid, row.commit


@dataclass(frozen=True, slots=True)
class _Counting:
    """How lead times are counted: each change once, in which hours."""

    once: bool
    hours: Hours | None


def _rows(
    metric: str, judged: Sequence[Judged], incidents: Iterable[Incident], now: datetime, counting: _Counting
) -> list[Row]:
    if metric == figures.TIME_TO_RESTORE:
        return [_of_incident(one, now) for one in incidents]
    if metric == figures.LEAD_TIME:
        return _of_commits(judged, counting)
    if metric == figures.RECOVERY:
        return [_of_failure(one, now) for one in judged if one.failed]
    if metric == figures.FAIL_RATE:
        return [_of_deployment(one, counts=one.failed, why=one.failed_by) for one in judged]
    if metric == figures.REWORK_RATE:
        return [_of_deployment(one, counts=one.unplanned, why=_rework(one)) for one in judged]
    return [_of_deployment(one, counts=True, why="") for one in judged]


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


def _of_commits(judged: Sequence[Judged], counting: _Counting) -> list[Row]:
    """A row for each pair. Of a change that went to several services the organization counts the latest arrival."""
    latest = {each.sha: one.uid for one in judged for each in one.carried}
    return [
        _of_pair(one, each, counting.hours)
        for one in judged
        for each in one.carried
        if not counting.once or latest[each.sha] == one.uid
    ]


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
