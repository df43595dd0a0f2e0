"""Answers other rooms' question for today's delivery figures."""

from __future__ import annotations

from roadbed.delivery.metrics import editions, queries
from roadbed.ground.asks.figures import DeliveryFigures, DeliveryToday, FigureToday


def delivery_figures(asked: DeliveryFigures) -> DeliveryToday:
    """The five of a team or of all."""
    view = queries.delivery(team=asked.team, days=asked.days, benchmark=editions.NONE, now=asked.now)
    return DeliveryToday(
        figures=tuple(
            FigureToday(one.metric, one.name, one.value, one.unit, one.n, one.low, one.high, one.why)
            for one in view.measured.five
        ),
        silent=view.silent,
        as_of=view.as_of,
    )
