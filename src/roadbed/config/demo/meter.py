"""What the demo's services count from now on: the same flows as their past, read like any metrics page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from roadbed.config.demo import company, minutes, traffic
from roadbed.config.demo.company import Service
from roadbed.config.demo.files import BUCKET, COUNT, COUNTER
from roadbed.config.demo.stories import STORIES
from roadbed.config.demo.traffic import Flow
from roadbed.delivery.flags import queries as flags
from roadbed.ground.asks import MeasuredWorkload
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.demo import queries as demo
from roadbed.ground.demo.queries import DemoView
from roadbed.ground.demo.rules import REMOVING
from roadbed.ground.errors import Refusal
from roadbed.ground.ports.metrics import Sample, Scrape, ScrapeFailed, Scraper

HOST: Final = f"metrics.{company.DOMAIN}"
PORT: Final = 9102
SECONDS: Final = 60
SUSPECT: Final = ("parcel-tracking", "eta-v2")
"""The flag that today's harm hangs on: set back, nothing more fails from that minute on."""


def workloads() -> tuple[MeasuredWorkload, ...]:
    """The demo's services as things that are measured; none without a demo."""
    held = demo.present()
    if held is None or held.state == REMOVING:
        return ()
    found = []
    for service in company.SERVICES:
        known = catalog.service(service.name)
        if known is not None and demo.is_demo(known.uid):
            found.append(
                MeasuredWorkload(
                    workload=service.name, service_uid=known.uid, environment="production", since=held.made_at,
                    scrape=(HOST, PORT, f"/{service.name}"),
                )
            )  # fmt: skip
    return tuple(found)


class DemoMeter:
    """Answers for the demo's pages and hands every other one on."""

    def __init__(self, real: Scraper, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._real, self._clock = real, clock

    def scrape(self, host: str, port: int, path: str) -> Scrape:
        if host != HOST:
            return self._real.scrape(host, port, path)
        held = demo.present()
        if held is None:
            raise ScrapeFailed("the demo is gone")
        return page(company.service(path.removeprefix("/")), held, now=self._clock())


def page(service: Service, held: DemoView, *, now: datetime) -> Scrape:
    """What a service's page says at an instant.

    Raises:
        ScrapeFailed: for the service whose page does not answer.
    """
    if service.silent:
        raise ScrapeFailed(minutes.SILENCE)
    mended = _mended(service)
    samples: list[Sample] = []
    for place, promise in enumerate(service.promises):
        good, total = counted(_flow(service.name, place, held.made_at), held.made_at, now, mended=mended)
        if promise.within_ms is None:
            samples.append(Sample(COUNTER, (("status_class", "2xx"),), float(good)))
            samples.append(Sample(COUNTER, (("status_class", "5xx"),), float(total - good)))
        else:
            samples.append(Sample(BUCKET, (("le", f"{promise.within_ms / 1000:g}"),), float(good)))
            samples.append(Sample(COUNT, (), float(total)))
    return Scrape(at=now, samples=tuple(samples), started_at=held.made_at)


@lru_cache(maxsize=64)
def _flow(name: str, place: int, made_at: datetime) -> Flow:
    service = company.service(name)
    return minutes.flow_of(service, service.promises[place], STORIES, made_at=made_at)


def counted(flow: Flow, since: datetime, now: datetime, *, mended: datetime | None) -> tuple[int, int]:
    """Good and all events from an instant to another, without a memory: the same at every call, and never less."""
    first, last = traffic.minute_of(since), traffic.minute_of(now)
    part = (now.timestamp() - last * SECONDS) / SECONDS
    total = traffic.until(flow.day, last) - traffic.until(flow.day, first)
    bad = traffic.failures_until(flow.day, last, flow.background)
    bad -= traffic.failures_until(flow.day, first, flow.background)
    until = last if mended is None else min(last, traffic.minute_of(mended))
    bad += sum(failed for minute, failed in flow.harm.items() if first <= minute < until)
    here = flow.minute(last) if until == last else (flow.day[last % traffic.DAY],) * 2
    begun, failed = int(here[1] * part), int((here[1] - here[0]) * part)
    return total - bad + begun - failed, total + begun


def _mended(service: Service) -> datetime | None:
    """When the flag that today's harm hangs on was set back, if it was."""
    if service.name != SUSPECT[0]:
        return None
    try:
        found = flags.flag(*SUSPECT).state_in("production")
    except Refusal:
        return None
    return None if found.state == "100%" else found.changed_at
