"""Which definitions a source of counts can measure: those whose queries add up counters."""

from __future__ import annotations

from typing import Final

from roadbed.reliability.objectives.rules.definitions import WINDOW, Queries
from roadbed.reliability.objectives.rules.indicators import ELSEWHERE, PULLED, Connection, Indicator
from roadbed.reliability.objectives.rules.promql.sums import NotCountable, summands_of

PROMETHEUS: Final = Connection("prometheus")
"""What files mean that are made for Prometheus and name no server."""


def pulled(queries: Queries | None, connection: Connection) -> Indicator:
    """The indicator that a source counts; none, with the reason, where its queries cannot be counted exactly."""
    asked = queries.given() if queries is not None else {}
    if set(asked) not in ({"good", "total"}, {"bad", "total"}):
        return Indicator(
            ELSEWHERE,
            reason=f"It is given as a ratio or a threshold of {connection}, which has no counts. "
            "Roadbed's server needs total and either good or bad.",
        )
    for name, query in asked.items():
        try:
            summands_of(query)
        except NotCountable as fault:
            reason = f"{name} cannot be counted by the minute: {fault}. Write sums of increase(counter[{WINDOW}])."
            return Indicator(ELSEWHERE, reason=reason)
    return Indicator(PULLED, connection=connection, sides=tuple(sorted(asked.items())))
