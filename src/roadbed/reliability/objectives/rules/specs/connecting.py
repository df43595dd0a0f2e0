"""Which definitions a source of counts can measure: counters that are added up, and numbers that judge a minute."""

from __future__ import annotations

from typing import Final

from roadbed.ground.ports.counts import FLAG, SHARE, THRESHOLD
from roadbed.reliability.objectives.rules.definitions import WINDOW, Queries
from roadbed.reliability.objectives.rules.indicators import ELSEWHERE, PULLED, SIGNS, Connection, Indicator, Judged
from roadbed.reliability.objectives.rules.linting.queries import split_ratio
from roadbed.reliability.objectives.rules.promql.sums import NotCountable, summands_of

PROMETHEUS: Final = Connection("prometheus")
"""What files mean that are made for Prometheus and name no server."""


def pulled(queries: Queries | None, connection: Connection) -> Indicator:
    """The indicator that a source counts or measures; none, with the reason, where it can do neither."""
    if queries is None:
        return Indicator(ELSEWHERE, reason=f"Nothing of it is asked of {connection}.")
    if queries.fraction_below:
        return _counted(_native(queries), connection)
    if judged := _judged(queries):
        return Indicator(PULLED, connection=connection, judged=judged)
    if queries.error_ratio:
        return _of_ratio(queries, connection)
    asked = queries.given()
    if set(asked) not in ({"good", "total"}, {"bad", "total"}):
        return Indicator(ELSEWHERE, reason="It needs total and either good or bad.")
    return _counted(asked, connection)


def _counted(asked: dict[str, str], connection: Connection) -> Indicator:
    for name, query in asked.items():
        try:
            summands_of(query)
        except NotCountable as fault:
            reason = f"{name} cannot be counted by the minute: {fault}. Write sums of increase(counter[{WINDOW}])."
            return Indicator(ELSEWHERE, reason=reason)
    return Indicator(PULLED, connection=connection, sides=tuple(sorted(asked.items())))


def _native(queries: Queries) -> dict[str, str]:
    count = f"histogram_count({queries.total})"
    return {"good": f"histogram_fraction(0, {queries.fraction_below}, {queries.total}) * {count}", "total": count}


def _judged(queries: Queries) -> Judged | None:
    if queries.gauge and queries.value is not None and queries.operator in SIGNS:
        return Judged(THRESHOLD, queries.gauge, queries.operator, f"{queries.value:f}")
    return Judged(FLAG, queries.up) if queries.up else None


def _of_ratio(queries: Queries, connection: Connection) -> Indicator:
    """A ratio of two sums of counters is counted; of any other only the share is known."""
    name, part, total = split_ratio(queries.error_ratio)
    if name:
        found = _counted({name: part, "total": total}, connection)
        if found.source == PULLED:
            return found
    return Indicator(PULLED, connection=connection, judged=Judged(SHARE, queries.error_ratio))
