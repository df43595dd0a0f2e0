"""Delivery metrics at size: a rebuild from the ledger, a fact to its figure, the pages. `--deployments N` for others."""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from delivery_ledger import CHANGES_EACH, ONE_FAILS_IN, SERVICES, WEEKS, prepared

DEPLOYMENTS, ASKED = 1_000_000, 40
NEWS = itertools.count()
PAGES = (("the organization's page", "/delivery"), ("the organization's page of 52 weeks", "/delivery?days=364"),
         ("a team's page", "/delivery?team=team-{team:02}"), ("a service's page", "/delivery?service=shop-{service:03}"),
         ("a team's page of 52 weeks", "/delivery?team=team-{team:02}&days=364"))  # fmt: skip
AFTER_NEWS = "/delivery?days=364"


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock and of the processor, children included."""
    began, spent = time.perf_counter(), processor()
    work()
    return time.perf_counter() - began, processor() - spent


def processor() -> float:
    """Processor seconds of this process and of its children that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak() -> float:
    """The most memory that this process held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def peak_of_all() -> float:
    """The same with as many children as judge at once, as if each had been the largest of them at that moment."""
    from roadbed.delivery.metrics.sharing import PROCESSES

    return peak() + PROCESSES * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def work() -> dict[str, Any]:
    """The figures, in a process of its own whose data folder is in ROADBED_DATA."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from roadbed.config.wiring import wire

    wire()
    for database in ("default", "samples"):
        call_command("migrate", database=database, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)

    from roadbed.delivery.metrics.projecting import METRICS
    from roadbed.delivery.metrics.sharing import settle_all
    from roadbed.ground.ledger import projections

    read = timed(lambda: projections.rebuild(METRICS.name, now=timezone.now()))
    judged = timed(settle_all)
    memory = peak_of_all()
    news = [fact_to_figure(next(NEWS)) for _ in range(ASKED)]
    pages = {name: asked(address) for name, address in PAGES}
    pages["the organization's page of 52 weeks, after news"] = asked(
        AFTER_NEWS, before=lambda: fact_to_figure(next(NEWS))
    )
    return {
        "read": read, "judged": judged, "rebuild_memory": memory, "news": news, "memory": peak(),
        "first": {name: spent[0] for name, spent in pages.items()},
        "pages": {name: spent[1:] for name, spent in pages.items()},
    }  # fmt: skip


def fact_to_figure(number: int) -> tuple[float, float]:
    """A deployment is recorded, read, judged, and counted in its service's and the organization's figures."""
    from django.utils import timezone

    from roadbed.delivery.metrics import queries
    from roadbed.delivery.metrics.projecting import METRICS
    from roadbed.delivery.metrics.settling import settle
    from roadbed.ground.catalog.queries import owned
    from roadbed.ground.ledger import projections
    from roadbed.ground.ledger.unit import unit
    from roadbed.ground.people.rules import ROADBED

    service = owned()[number * 7 % SERVICES]
    before = queries.delivery(now=timezone.now()).measured
    data = {
        "deployment": f"news-{number}",
        "service": service.name,
        "commit": f"{number:040x}",
        "version": f"n{number}",
    }

    def happens() -> None:
        now = timezone.now()
        with unit(ROADBED, now=now) as writing:
            writing.record("service.upgraded", service.uid, environment="production", occurred_at=now, data=data)
        while projections.advance(METRICS, now=now):
            pass
        settle()
        queries.delivery(service=service.name, now=timezone.now())

    spent = timed(happens)
    after = queries.delivery(now=timezone.now())
    assert (after.pending, after.measured.quality.asked) >= (0, before.quality.asked - 50)
    return spent


def asked(address: str, *, before: Callable[[], object] = lambda: None) -> list[tuple[float, float]]:
    """One page asked for again and again, each time of another team or service; the first time, when all is read, too.

    `before` happens before each time, and is not timed.
    """
    from django.test import Client

    from roadbed.ground.people.models import Person

    client = Client()
    client.force_login(Person.objects.get(email="mara@kestrel.example"))

    def once(turn: int) -> None:
        response = client.get(address.format(team=turn % 50, service=turn * 7 % SERVICES), SERVER_NAME="localhost")
        assert response.status_code == 200, response.content[:500]

    spent = []
    for turn in range(ASKED + 1):
        before()
        spent.append(timed(lambda turn=turn: once(turn)))
    return spent


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20)[18]


def run(deployments: int = DEPLOYMENTS) -> list[dict[str, Any]]:
    """The figures."""
    home = Path(tempfile.mkdtemp(prefix="roadbed-bench-", dir="/var/tmp"))
    environment = {**os.environ, "ROADBED_DATA": str(home), "DJANGO_SETTINGS_MODULE": "roadbed.config.settings"}
    try:
        shutil.copy(prepared(deployments) / "roadbed.db", home)
        done = subprocess.run(
            [sys.executable, __file__, "--work"], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        found = json.loads(done.stdout.splitlines()[-1])
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return told(found, deployments)


def told(found: dict[str, Any], deployments: int) -> list[dict[str, Any]]:
    """What was measured as figures with their targets."""
    size = (f"{deployments:,} deployments, {deployments * CHANGES_EACH:,} changes, {deployments // ONE_FAILS_IN:,} "
            f"incidents, {SERVICES} services, {WEEKS} weeks")  # fmt: skip
    clock, cpu = (sum(found[part][at] for part in ("read", "judged")) for at in (0, 1))
    figures: list[dict[str, Any]] = [
        {"name": "delivery: rebuild of all, by the clock", "value": clock, "unit": "s", "target": 15, "size": size},
        {"name": "delivery: rebuild of all, processor time", "value": cpu, "unit": "s"},
        {"name": "delivery: of that reading facts, by the clock", "value": found["read"][0], "unit": "s"},
        {"name": "delivery: memory of the rebuild", "value": found["rebuild_memory"], "unit": "MB", "target": 1024},
        {"name": "delivery: a fact to its figure, worst", "value": max(one for one, _ in found["news"]), "unit": "s",
         "target": 1, "size": size},
        {"name": "delivery: a fact to its figure, processor time, worst", "value": max(one for _, one in found["news"]),
         "unit": "s"},
    ]  # fmt: skip
    for name, spent in found["pages"].items():
        figures += [
            {"name": f"delivery: {name}, p95", "value": p95([one for one, _ in spent]) * 1000, "unit": "ms",
             "target": 100, "size": size},
            {"name": f"delivery: {name}, processor time, p95", "value": p95([one for _, one in spent]) * 1000, "unit": "ms"},
        ]  # fmt: skip
    return [
        *figures,
        {"name": "delivery: memory", "value": found["memory"], "unit": "MB", "target": 1024, "size": size},
    ]


def main() -> int:
    """Print the figures, or in the process of its own what it measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", action="store_true")
    parser.add_argument("--deployments", type=int, default=DEPLOYMENTS)
    given = parser.parse_args()
    if given.work:
        print(json.dumps(work()))
        return 0
    for one in run(given.deployments):
        print(f"{one['name']:60} {one['value']:10.3f} {one['unit']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
