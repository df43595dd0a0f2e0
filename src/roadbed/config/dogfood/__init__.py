"""Roadbed as the first service of its own catalogue: its files, and how its own requests are measured."""

from __future__ import annotations

from django.conf import settings

from roadbed.ground import asks
from roadbed.ground.asks import MeasuredWorkload, MeasuredWorkloads
from roadbed.ground.catalog import queries as catalog

NAME = "roadbed"


def measure() -> None:
    """Add Roadbed's own web to what is measured: scraped, since it stands beside the edge and not behind it."""
    services = asks.answerer_of(MeasuredWorkloads)
    asks.answer_with(MeasuredWorkloads, lambda question: (*services(question), *_itself()))


def _itself() -> tuple[MeasuredWorkload, ...]:
    known = catalog.service(NAME)
    if known is None:
        return ()
    host, port = settings.ADDRESS
    return (
        MeasuredWorkload(
            workload=NAME,
            service_uid=known.uid,
            environment="production",
            since=known.registered_at,
            scrape=(host, port, "/metrics"),
        ),
    )
