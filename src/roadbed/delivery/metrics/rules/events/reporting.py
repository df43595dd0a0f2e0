"""The figures of a file as plain data: a row for each service, team, system or all of it, and each window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from roadbed.delivery.metrics.rules.events.assembling import Gathered, History
from roadbed.delivery.metrics.rules.figures import Figure, Measured, measure
from roadbed.delivery.metrics.rules.hours import Hours
from roadbed.delivery.metrics.rules.values import Incident
from roadbed.delivery.metrics.rules.windows import Window

SERVICE, TEAM, SYSTEM, ORGANIZATION = "service", "team", "system", "organization"
GROUPINGS: Final = (SERVICE, TEAM, SYSTEM, ORGANIZATION)


@dataclass(frozen=True, slots=True)
class Group:
    """Histories that are counted together; `name` is empty for services of which nobody says whose they are."""

    name: str
    histories: tuple[History, ...]
    homeless: tuple[Incident, ...] = ()


def groups_of(gathered: Gathered, by: str) -> list[Group]:
    """The file's services by whatever they are wanted."""
    if by == ORGANIZATION:
        some = gathered.histories or gathered.homeless
        return [Group("", gathered.histories, gathered.homeless)] if some else []
    found: dict[str, list[History]] = defaultdict(list)
    for one in gathered.histories:
        found[{SERVICE: one.name, TEAM: one.owned.team, SYSTEM: one.owned.system}[by]].append(one)
    return [Group(name, tuple(found[name])) for name in sorted(found)]


def rows_of(
    gathered: Gathered, windows: Sequence[Window], *, by: str = SERVICE, hours: Hours | None = None, at: datetime | None
) -> list[dict[str, Any]]:
    """A row for each group and window, by name and time.

    Args:
        gathered: the file.
        windows: the windows.
        by: one of GROUPINGS.
        hours: count lead time in these working hours.
        at: as of when it is known what is over; without it the last instant of the file.
    """
    known_until = at or gathered.end
    return [
        _row(group, window, by, hours, known_until or window.end)
        for group in groups_of(gathered, by)
        for window in windows
    ]


def _row(group: Group, window: Window, by: str, hours: Hours | None, known_until: datetime) -> dict[str, Any]:
    incidents = [*group.homeless, *(one for history in group.histories for one in history.incidents)]
    measured = measure(
        [one for history in group.histories for one in history.judged],
        incidents,
        since=window.start,
        until=window.end,
        onboarded=_onboarded(group),
        once=by == ORGANIZATION,
        hours=hours,
        known_until=known_until,
    )
    named = {} if by == SERVICE else {by: group.name or None}
    window_told = {"start": _utc(window.start), "end": _utc(window.end)}
    open_now = [one for one in incidents if one.started_at < window.end and _is_open(one, known_until)]
    return {
        "service": group.name if by == SERVICE else None,
        **named,
        "window": window_told,
        **_five(measured),
        "open_incidents": len(open_now),
        **_beside(measured),
        "as_of": _utc(known_until),
    }


def _onboarded(group: Group) -> datetime | None:
    """The day of the first deployment, since weeks are counted over whole days."""
    first = min((one.first for one in group.histories if one.first is not None), default=None)
    return None if first is None else first.replace(hour=0, minute=0, second=0, microsecond=0)


def _is_open(one: Incident, at: datetime) -> bool:
    return one.resolved_at is None or one.resolved_at > at


def _five(measured: Measured) -> dict[str, Any]:
    lead, fails = measured.lead_time, measured.fail_rate
    return {
        "deployments": measured.deployments,
        "deployment_frequency_per_week": measured.frequency.value,
        "lead_time_seconds": {"p50": lead.value, "p75": lead.p75, "p90": lead.p90},
        "change_fail_rate": {"value": fails.value, "low": fails.low, "high": fails.high, "n": fails.n},
        "failed_deployment_recovery_seconds": measured.recovery.value,
        "rework_rate": measured.rework_rate.value,
    }


def _beside(measured: Measured) -> dict[str, Any]:
    """What the five rest on, and what stands beside them."""
    return {
        "weeks": measured.weeks if measured.deployments else None,
        "failed_deployments": measured.fail_rate.hits if measured.deployments else None,
        "kinds": measured.labels,
        "lead_time": _spread(measured.lead_time)
        | {"stages": [asdict(one) for one in measured.stages if one.n], "bots": _spread(measured.bots)},
        "recovery": _spans(measured.recovery),
        "rework": {
            "low": measured.rework_rate.low,
            "high": measured.rework_rate.high,
            "n": measured.rework_rate.n,
        },
        "time_to_restore": _spans(measured.time_to_restore) | {"p50": measured.time_to_restore.value},
        "quality": asdict(measured.quality),
        "no_data": {one.metric: one.why for one in measured.five if one.value is None},
    }


def _spread(figure: Figure) -> dict[str, Any]:
    return {
        "n": figure.n, "p50": figure.value, "p50_low": figure.low, "p50_high": figure.high, "p75": figure.p75,
        "p90": figure.p90, "p90_low": figure.p90_low, "p90_high": figure.p90_high,
    }  # fmt: skip


def _spans(figure: Figure) -> dict[str, Any]:
    return {
        "n": figure.n, "open": figure.open, "low": figure.low, "high": figure.high, "p75": figure.p75,
        "p90": figure.p90, "at_least": figure.at_least,
    }  # fmt: skip


def _utc(at: datetime) -> str:
    return at.isoformat(timespec="microseconds" if at.microsecond else "seconds").replace("+00:00", "Z")


def within_of(minutes: int) -> timedelta:
    """How long before an incident a deployment may have finished to be blamed by time alone; 0 blames nobody so."""
    return timedelta(minutes=minutes) if minutes else timedelta(seconds=-1)
