"""Answers other rooms' question for today's delivery figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from roadbed.delivery.metrics import queries
from roadbed.delivery.metrics.histories import scope_of
from roadbed.delivery.metrics.models import Stale
from roadbed.delivery.metrics.projecting import NAME
from roadbed.delivery.metrics.rollups.reading import known_of
from roadbed.delivery.metrics.rules.figures import measured
from roadbed.ground.asks.figures import DeliveryFigures, DeliveryToday, FigureToday
from roadbed.ground.ledger.models import Fact, ProjectionCursor

MINUTE: Final = timedelta(minutes=1)
News = tuple[str | None, datetime | None, int]


def delivery_figures(asked: DeliveryFigures) -> DeliveryToday:
    """The five of a team, a system or all, without the shares of its teams and services that the room's page shows.

    Figures of weeks do not change within a minute unless something happened, so until then an answer stands.
    """
    until = asked.now.replace(second=0, microsecond=0) + MINUTE
    return _figures(asked.team, asked.system, asked.days, until, _news())


def _news() -> News:
    """What changes when anything does: the newest fact, how far it was read, and how many services wait."""
    fact = Fact.objects.order_by("-position").values_list("uid", flat=True).first()
    read = ProjectionCursor.objects.filter(name=NAME).values_list("updated_at", flat=True).first()
    return fact, read, Stale.objects.count()


@lru_cache(maxsize=64)
def _figures(team: str, system: str, days: int, until: datetime, news: News) -> DeliveryToday:
    del news
    window = queries.window_of(days, until, until)
    scope = scope_of("", team, system)
    known = known_of(scope.uids, since=window.since)
    figures = measured(
        known.sums(window, once=scope.everybody)[0],
        since=window.since,
        until=until,
        onboarded=min([*(one.registered_at for one in scope.services), *known.first.values()], default=None),
    )
    return DeliveryToday(
        figures=tuple(
            FigureToday(one.metric, one.name, one.value, one.unit, one.n, one.low, one.high, one.why)
            for one in figures.five
        ),
        silent=tuple(one.name for one in scope.services if one.uid not in known.first),
        as_of=known.as_of,
    )
