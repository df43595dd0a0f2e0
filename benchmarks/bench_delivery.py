"""Delivery metrics at size: rebuilding all, one fact to its figure, a page's queries. `--deployments N` for other sizes."""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SERVICES, WEEKS, CHANGES_EACH, BATCH, ASKED = 500, 52, 5, 500, 20
DEPLOYMENTS = 100_000
NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


def facts(deployments: int) -> Iterator[Any]:
    """Deployments of 500 services over 52 weeks, five changes each; one in twenty with an incident."""
    from roadbed.ground.ledger.rules import FactView

    draw = random.Random(1)  # noqa: S311 - a made-up history
    step = timedelta(weeks=WEEKS) / deployments
    position = 0
    for at in range(deployments):
        service, when = f"service-{at % SERVICES}", NOW - timedelta(weeks=WEEKS) + at * step
        commits = [
            {
                "sha": f"{at * CHANGES_EACH + one:040x}", "subject": f"Change {at}-{one}",
                "authored_at": (when - timedelta(hours=draw.randint(1, 60))).isoformat(),
            }
            for one in range(CHANGES_EACH)
        ]  # fmt: skip
        told = {
            "deployment": f"d{at}", "service": service, "commit": commits[0]["sha"], "commits": commits,
            "commit_count": CHANGES_EACH, "version": f"v{at}",
        }  # fmt: skip
        kinds: list[tuple[str, str, timedelta, dict[str, Any]]] = [("service.upgraded", service, timedelta(), told)]
        if at % 20 == 0:
            cause = {"service_uid": service, "deployment": f"d{at}"}
            kinds.append(("incident.detected", f"i{at}", timedelta(minutes=9), cause))
            kinds.append(("incident.resolved", f"i{at}", timedelta(minutes=50), {"service_uid": service}))
        for kind, subject, later, data in kinds:
            position += 1
            uid = f"{position:032x}"
            yield FactView(
                position, uid, kind, subject, "production", when + later, when + later, "p", "Ana", "ci", uid, "", data
            )


def work(deployments: int) -> dict[str, Any]:
    """The figures, in a process of its own whose data folder is in ROADBED_DATA."""
    import django
    from django.core.management import call_command

    django.setup()
    for database in ("default", "samples"):
        call_command("migrate", database=database, verbosity=0)
    from django.db import transaction

    from roadbed.delivery.metrics import queries
    from roadbed.delivery.metrics.models import Told
    from roadbed.delivery.metrics.projecting import apply
    from roadbed.delivery.metrics.rules.figures import measure
    from roadbed.delivery.metrics.settling import settle, stored
    from roadbed.ground.ledger import projections

    begin, cpu = time.perf_counter(), time.process_time()
    batch: list[Any] = []
    for one in facts(deployments):
        batch.append(one)
        if len(batch) == BATCH:
            with transaction.atomic(using=projections.database()):
                apply(tuple(batch))
            batch = []
    with transaction.atomic(using=projections.database()):
        apply(tuple(batch))
    kept = time.perf_counter() - begin
    settle(most=SERVICES)
    whole, spent = time.perf_counter() - begin, time.process_time() - cpu
    news = []
    for at in range(ASKED):
        row = next(facts(1))
        began = time.perf_counter()
        uid = f"{at:032x}"[::-1]
        apply((type(row)(0, uid, row.kind, f"service-{at}", *_rest(row, uid, at)),))
        settle()
        news.append(time.perf_counter() - began)
    asked = []
    for _ in range(ASKED):
        began = time.perf_counter()
        queries.delivery(now=NOW)
        asked.append((time.perf_counter() - began) * 1000)
    one = []
    for at in range(ASKED):
        began = time.perf_counter()
        judged, incidents = stored([f"service-{at}"], since=NOW - timedelta(weeks=12))
        measure(judged, incidents, since=NOW - timedelta(days=28), until=NOW, onboarded=None)
        one.append((time.perf_counter() - began) * 1000)
    return {
        "one": statistics.quantiles(one, n=20)[18],
        "facts": Told.objects.count(), "kept": kept, "whole": whole, "cpu": spent, "news": max(news),
        "asked": statistics.quantiles(asked, n=20)[18],
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


def _rest(row: Any, uid: str, at: int) -> tuple[Any, ...]:
    data = {**row.data, "deployment": f"news-{at}", "service": f"service-{at}"}
    return row.environment, NOW, NOW, "p", "Ana", "ci", uid, "", data


def run(deployments: int = DEPLOYMENTS) -> list[dict[str, Any]]:
    """The figures."""
    home = tempfile.mkdtemp(prefix="roadbed-bench-", dir="/var/tmp")
    environment = {**os.environ, "ROADBED_DATA": home, "DJANGO_SETTINGS_MODULE": "roadbed.config.settings"}
    try:
        command = [sys.executable, str(Path(__file__)), "--work", "--deployments", str(deployments)]
        done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
        found = json.loads(done.stdout.splitlines()[-1])
    finally:
        shutil.rmtree(home, ignore_errors=True)
    size = f"{deployments:,} deployments, {deployments * CHANGES_EACH:,} changes, {SERVICES} services, {WEEKS} weeks"
    return [
        {"name": "delivery: rebuild of all, by the clock", "value": found["whole"], "unit": "s", "size": size},
        {"name": "delivery: rebuild of all, processor time", "value": found["cpu"], "unit": "s", "size": size},
        {"name": "delivery: of that keeping the facts", "value": found["kept"], "unit": "s", "size": size},
        {"name": "delivery: a fact to its figure, worst", "value": found["news"], "unit": "s", "target": 1, "size": size},
        {"name": "delivery: a service's figures, p95", "value": found["one"], "unit": "ms", "target": 100, "size": size},
        {"name": "delivery: the organization's figures, 28 days, p95", "value": found["asked"], "unit": "ms",
         "size": size},
        {"name": "delivery: memory", "value": found["memory"], "unit": "MB", "target": 1024, "size": size},
    ]  # fmt: skip


def main() -> int:
    """Print the figures, or in the process of its own what it measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", action="store_true")
    parser.add_argument("--deployments", type=int, default=DEPLOYMENTS)
    given = parser.parse_args()
    print(json.dumps(work(given.deployments) if given.work else run(given.deployments)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
