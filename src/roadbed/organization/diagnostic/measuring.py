"""What Roadbed measured of the questions, asked of the rooms that count; for the eyes of signed-in people only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from django.urls import NoReverseMatch, reverse

from roadbed.ground import asks
from roadbed.ground.asks.counted import GoldenPaths, MadeOnPaths, ReviewsClosed
from roadbed.ground.asks.figures import DeliveryFigures, DeliveryToday, FigureToday, ReliabilityFigures
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.queries import Owned
from roadbed.ground.errors import Unavailable
from roadbed.ground.shell import words
from roadbed.organization.diagnostic.evidence import evidence
from roadbed.organization.diagnostic.rules.measured import Measured, by_frequency, by_seconds

DAYS: Final = 28
QUARTER: Final = timedelta(days=90)
THIRTY: Final = timedelta(days=30)
ITSELF: Final = "roadbed"
OF_SECONDS: Final = {"lead_time": "lead_time", "recovery": "recovery_time"}
OF_SHARE: Final = {"fail_rate": "change_fail_rate", "rework_rate": "rework_rate"}


def measured(*, team: str = "", now: datetime) -> tuple[Measured, ...]:
    """What is known, by question; a question that nothing measures is left out."""
    services = tuple(one for one in catalog.owned() if one.name != ITSELF and (not team or one.owner == team))
    found = [*_delivery(team, services, now), *_objectives(services), *_reviews(team, now), *_paths(team, services)]
    found += evidence(team, services, now)
    return tuple(sorted(found, key=lambda one: one.key))


def _delivery(team: str, services: tuple[Owned, ...], now: datetime) -> Iterator[Measured]:
    try:
        today = asks.put(DeliveryFigures(now=now, team=team, days=DAYS))
    except Unavailable:
        return
    url = _address("metrics:delivery", team)
    for one in today.figures:
        if one.value is None:
            continue
        if one.metric in OF_SECONDS:
            yield _seconds(OF_SECONDS[one.metric], one, url)
        elif one.metric in OF_SHARE:
            low, high = (None if end is None else end * 100 for end in (one.low, one.high))
            note = f"n = {one.n}, {DAYS} days"
            yield Measured(OF_SHARE[one.metric], words.percent(one.value), one.value * 100, low, high, note, url)
        elif one.metric == "frequency":
            yield from _frequency(one, today, services, url)


def _frequency(one: FigureToday, today: DeliveryToday, services: tuple[Owned, ...], url: str) -> Iterator[Measured]:
    told = len(services) - len(set(today.silent) & {service.name for service in services})
    if told > 0 and one.value is not None:
        each = one.value / told
        note = f"mean of {words.plural(told, 'service')} with a deployment, {DAYS} days"
        yield Measured("deployment_frequency", f"{each:,.1f} a week", by_frequency(each), note=note, url=url)


def _seconds(key: str, one: FigureToday, url: str) -> Measured:
    low, high = one.low, one.high
    between = "" if low is None or high is None else f", {words.duration(low)} to {words.duration(high)}"
    value = one.value or 0.0
    return Measured(
        key,
        words.duration(value),
        by_seconds(key, value),
        None if low is None else by_seconds(key, low),
        None if high is None else by_seconds(key, high),
        f"median of {DAYS} days{between}, n = {one.n}",
        url,
    )


def _objectives(services: tuple[Owned, ...]) -> Iterator[Measured]:
    if not services:
        return
    try:
        today = asks.put(ReliabilityFigures(tuple(one.uid for one in services)))
    except Unavailable:
        return
    said = f"{len(today.services)} of {len(services)}"
    note = "services with an objective; that it was reviewed this quarter is not recorded, so it scores nothing"
    yield Measured("slo_coverage", said, None, note=note, url=_address("objectives:list"))


def _reviews(team: str, now: datetime) -> Iterator[Measured]:
    until = now - THIRTY
    try:
        found = asks.put(ReviewsClosed(since=until - QUARTER, until=until, team=team))
    except Unavailable:
        return
    if found.incidents:
        share = found.closed / found.incidents
        said = f"{found.closed} of {found.incidents}"
        note = "incidents that ended 30 to 120 days ago"
        yield Measured("review_actions", said, share * 100, note=note, url=_address("reviews:list"))


def _paths(team: str, services: tuple[Owned, ...]) -> Iterator[Measured]:
    try:
        made = asks.put(GoldenPaths())
    except Unavailable:
        return
    if services:
        on = sum(one.uid in made.services for one in services)
        share = 100 * on / len(services)
        yield Measured("golden_path", f"{on} of {len(services)}", share, note="services that a path made")
    if not team:
        yield from _first_way(made)


def _first_way(made: MadeOnPaths) -> Iterator[Measured]:
    if made.seconds:
        took = median(made.seconds)
        note = f"median of {words.plural(len(made.seconds), 'service')} made on a path"
        yield Measured("new_service", words.duration(took), by_seconds("new_service", took), note=note)


def _address(page: str, team: str = "") -> str:
    try:
        url = reverse(page)
    except NoReverseMatch:
        return ""
    return f"{url}?team={team}" if team else url
