"""Answers other rooms' question for today's delivery figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from roadbed.delivery.metrics import queries
from roadbed.delivery.metrics.histories import Scope, histories, scope_of
from roadbed.delivery.metrics.models import Stale
from roadbed.delivery.metrics.projecting import NAME
from roadbed.delivery.metrics.rules.figures import measure
from roadbed.ground.asks.figures import DeliveryFigures, DeliveryToday, FigureToday
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.queries import Owned, ServiceView
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
    since = queries.begin_of(days, until)
    # Of everybody no document of the catalogue has to be read, which for many services costs more than the figures.
    scope = scope_of("", team, system) if team or system else Scope(())
    services: Sequence[ServiceView | Owned] = scope.services if team or system else catalog.owned()
    known = histories(scope, since=since)
    measured = measure(
        known.judged,
        known.incidents,
        since=since,
        until=until,
        onboarded=min([*(one.registered_at for one in services), *known.first.values()], default=None),
        once=scope.everybody,
    )
    return DeliveryToday(
        figures=tuple(
            FigureToday(one.metric, one.name, one.value, one.unit, one.n, one.low, one.high, one.why)
            for one in measured.five
        ),
        silent=tuple(one.name for one in services if one.uid not in known.first),
        as_of=known.as_of,
    )
