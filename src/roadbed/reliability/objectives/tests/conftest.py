"""The cast of the room's tests: a service in the catalogue, an edge that can be told what to count, a repository."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from roadbed.ground import asks
from roadbed.ground.asks import MeasuredWorkload, MeasuredWorkloads
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.people.usecases import create_team, create_token, invite_person, join_team
from roadbed.ground.ports import board
from roadbed.ground.ports.code_host import CodeUnavailable
from roadbed.ground.ports.metrics import (
    EDGE_BOUNDS_MS,
    EdgeCounters,
    EdgeReading,
    MeterUnreachable,
    Sample,
    Scrape,
    ScrapeFailed,
)
from roadbed.reliability.objectives.sampling import Sampled, sample

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HANNE = Caller(uid="p-hanne", name="Hanne Brandt", role="member", teams=frozenset({"team-payments"}))
MARA = Caller(uid="p-mara", name="Mara Lindqvist", role="member", teams=frozenset({"team-routing"}))
CATALOG = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
  annotations:
    roadbed.dev/run: ./serve
spec:
  type: service
  lifecycle: production
  owner: team-payments
"""
SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: {name}
  displayName: {title}
spec:
  service: {service}
  indicator:
    metadata:
      name: {name}-sli
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: {kind}
            spec: {good}
        total:
          metricSource:
            type: {kind}
            spec: {total}
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: {target}
"""


def slo(name: str = "answered", *, service: str = "checkout", target: str = "0.999", latency: int | None = None) -> str:
    good = "{measure: availability}" if latency is None else f"{{measure: latency, thresholdMs: {latency}}}"
    return SLO.format(
        name=name,
        title="Requests answered" if latency is None else "Requests answered in time",
        service=service,
        kind="roadbed-edge",
        good=good,
        total="{measure: requests}",
        target=target,
    )


def scraped_slo(good: str, total: str, *, name: str = "answered", service: str = "checkout") -> str:
    return SLO.format(
        name=name,
        title="Requests answered",
        service=service,
        kind="roadbed-metrics",
        good=f"{{series: '{good}'}}",
        total=f"{{series: '{total}'}}",
        target="0.999",
    )


@dataclass
class Edge:
    """An edge meter that counts what the test lets happen."""

    now: datetime = NOW
    epoch: str = "boot-1"
    down: str = ""
    counts: dict[str, list[int]] = field(default_factory=dict)

    def serve(self, workload: str = "checkout", *, good: int = 0, bad: int = 0, ms: int = 20) -> None:
        held = self.counts.setdefault(workload, [0, 0, *([0] * len(EDGE_BOUNDS_MS))])
        held[0] += good + bad
        held[1] += bad
        for place, bound in enumerate(EDGE_BOUNDS_MS):
            if ms <= bound:
                held[2 + place] += good

    def restart(self) -> None:
        self.epoch = f"{self.epoch}+"
        self.counts = {workload: [0] * len(held) for workload, held in self.counts.items()}

    def read(self) -> EdgeReading:
        if self.down:
            raise MeterUnreachable(self.down)
        return EdgeReading(
            self.now,
            tuple(
                EdgeCounters(workload, self.epoch, held[0], held[1], tuple(zip(EDGE_BOUNDS_MS, held[2:], strict=True)))
                for workload, held in self.counts.items()
            ),
        )


@dataclass
class Pages:
    """Metrics pages as a scraper finds them; a text is a reason why it cannot be read."""

    now: datetime = NOW
    held: dict[int, str | dict[str, float]] = field(default_factory=dict)
    started_at: datetime | None = None

    def scrape(self, host: str, port: int, path: str) -> Scrape:
        assert (host, path) == ("127.0.0.1", "/metrics")
        page = self.held[port]
        if isinstance(page, str):
            raise ScrapeFailed(page)
        samples = []
        for text, value in page.items():
            name, _, labels = text.partition("{")
            pairs = [part.split("=") for part in labels.rstrip("}").split(",") if part]
            samples.append(Sample(name, tuple((key, val.strip('"')) for key, val in pairs), value))
        return Scrape(self.now, tuple(samples), self.started_at)


@dataclass
class Repository:
    """Files by commit."""

    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    down: bool = False

    def resolve(self, location: str, ref: str = "HEAD") -> str:
        if self.down:
            raise CodeUnavailable(f"{location} cannot be reached")
        return list(self.files)[-1] if ref == "HEAD" else ref

    def read(self, location: str, path: str, ref: str = "HEAD") -> bytes | None:
        assert location.startswith("/srv/git/")
        return self.files[ref].get(path)


@dataclass
class House:
    """A service, its sources, and a clock that the test moves."""

    edge: Edge
    pages: Pages
    repository: Repository
    uids: dict[str, str]
    workloads: list[MeasuredWorkload]
    now: datetime = NOW

    @property
    def checkout(self) -> str:
        return self.uids["checkout"]

    def deploy(self, name: str = "checkout", *, since: datetime | None = None, port: int | None = None) -> None:
        scrape = None if port is None else ("127.0.0.1", port, "/metrics")
        self.workloads.append(MeasuredWorkload(name, self.uids[name], "production", since or self.now, scrape))

    def tick(self, seconds: float = 10) -> Sampled:
        """Let time pass, then sample."""
        self.now += timedelta(seconds=seconds)
        self.edge.now = self.pages.now = self.now
        return sample(ROADBED, now=self.now)


@pytest.fixture
def house(db: Any, wired: None) -> Iterator[House]:
    makers, made, answerers = dict(board._makers), dict(board._made), dict(asks._answerers)
    create_team(ROADBED, name="team-payments", now=NOW)
    uids = {}
    for name in ("checkout", "parcels"):
        text = CATALOG.format(name=name)
        registered = catalog.register(ROADBED, text=text, location=f"/srv/git/{name}.git", now=NOW)
        uids[name] = registered.uid_of_component
    standing = House(Edge(), Pages(), Repository(), uids, [])
    board.provide("edge_meter", lambda: standing.edge)
    board.provide("scraper", lambda: standing.pages)
    board.provide("code_host", lambda: standing.repository)
    asks.answer_with(MeasuredWorkloads, lambda _: tuple(standing.workloads))
    yield standing
    board._makers, board._made, asks._answerers = makers, made, answerers


@pytest.fixture
def token(house: House, wired: None) -> str:
    invite_person(ROADBED, email="hanne@example.org", name="Hanne Brandt", now=NOW)
    join_team(ROADBED, team="team-payments", email="hanne@example.org", now=NOW)
    return create_token(caller_of_person(Person.objects.get(email="hanne@example.org")), name="test", now=NOW)[1]


@pytest.fixture
def web(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})
