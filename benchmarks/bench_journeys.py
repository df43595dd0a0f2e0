"""Journeys evaluated over thirty days of minutes, a month's report of 500 services, and their roll-up."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SERVICES, JOURNEYS, STEPS, STEPPED = 500, 100, 3, 60
KEPT = 31 * 1440
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
TEAMS = 25


def run() -> list[dict[str, Any]]:
    """Measure in a process of its own, with a data folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="roadbed-bench-"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROADBED", "DJANGO"))}
    environment = kept | {"ROADBED_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "roadbed.config.settings"}
    try:
        done = subprocess.run(
            [sys.executable, __file__], env=environment, check=True, timeout=900, stdout=subprocess.PIPE, text=True
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    figures: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _cpu(work: Callable[[], object], times: int = 5) -> float:
    rounds = []
    for _ in range(times):
        began = time.process_time()
        work()
        rounds.append((time.process_time() - began) * 1000)
    return min(rounds)


def _measured() -> list[dict[str, Any]]:
    import django

    django.setup()
    from django.core.management import call_command

    for alias in ("default", "samples"):
        call_command("migrate", database=alias, verbosity=0)
    _fill()
    from roadbed.reliability.objectives.evaluating import evaluate_all
    from roadbed.reliability.objectives.journeys.evaluating import evaluate_journeys
    from roadbed.reliability.objectives.live import live_objectives
    from roadbed.reliability.objectives.reports.queries import Wish, report
    from roadbed.reliability.objectives.rolled.queries import groups
    from roadbed.reliability.objectives.rules.reporting.html import html_of

    evaluate_all(live_objectives(), at=NOW)
    first = _cpu(lambda: evaluate_journeys(at=NOW), times=1)
    found = report(Wish(), now=NOW)
    over = f"{JOURNEYS} journeys of {STEPS} steps, 9 windows, 30 days of minutes"
    size = f"{SERVICES} services, {len(found['journeys'])} journeys"
    return [
        {"name": "journeys evaluated for the first time", "value": first, "unit": "ms CPU",
         "size": f"{STEPPED} series, {KEPT:,} minutes each"},
        {"name": "journeys evaluated", "value": _cpu(lambda: evaluate_journeys(at=NOW)), "unit": "ms CPU",
         "target": 500, "size": over},
        {"name": "a month's report", "value": _cpu(lambda: report(Wish(), now=NOW), 3), "unit": "ms CPU",
         "target": 2000, "size": size},
        {"name": "a report as a page", "value": _cpu(lambda: html_of(found)), "unit": "ms CPU", "target": 200,
         "size": size},
        {"name": "roll-up by team", "value": _cpu(lambda: groups("team")), "unit": "ms CPU", "target": 200,
         "size": f"{SERVICES} objectives of {TEAMS} teams"},
    ]  # fmt: skip


def _fill() -> None:
    from django.db import connections

    from roadbed.reliability.objectives.journeys.models import Journey, JourneyStanding
    from roadbed.reliability.objectives.models import Objective, Series, Standing
    from roadbed.reliability.objectives.rules.clock import minute_of

    end = minute_of(NOW)
    first = end - KEPT
    Series.objects.bulk_create(Series(pk=number, created_at=NOW) for number in range(1, SERVICES + 1))
    Objective.objects.bulk_create(_objective(number) for number in range(1, SERVICES + 1))
    Standing.objects.bulk_create(Standing(objective=one) for one in Objective.objects.all())
    Journey.objects.bulk_create(_journey(number) for number in range(JOURNEYS))
    JourneyStanding.objects.bulk_create(JourneyStanding(journey=one) for one in Journey.objects.all())
    month = minute_of(NOW.replace(day=1, hour=0))
    with connections["samples"].cursor() as cursor:
        # Steps have each of their minutes, one in twenty of them bad; the others have a row an hour and at the edges.
        cursor.execute(
            f"""
            WITH RECURSIVE minutes(m) AS (SELECT %s UNION ALL SELECT m + 1 FROM minutes WHERE m < %s),
            series(s) AS (SELECT 1 UNION ALL SELECT s + 1 FROM series WHERE s < {SERVICES})
            INSERT INTO objectives_minute
            SELECT m, s, (m - %s) * 100 - (m - %s + s) / 20, (m - %s) * 100, m - %s, 0, (m - %s + s) / 20
            FROM minutes, series WHERE s <= {STEPPED} OR m %% 60 = 0 OR m IN (%s, %s, %s)
            """,  # noqa: S608 - constants of this file
            [first, end, first, first, first, first, first, month - 1, end - 1, end],
        )
        cursor.execute(
            "INSERT INTO objectives_head (series, first, minute, good, total, measured, idle, bad_minutes, own_good,"
            " own_total, own_state, read_at, reason) SELECT series, %s, minute, good, total, measured, idle,"
            " bad_minutes, 100, 100, 'good', %s, '' FROM objectives_minute WHERE minute = %s",
            [first, NOW.isoformat(sep=" ").removesuffix("+00:00"), end],
        )


def _objective(number: int) -> Any:
    from roadbed.reliability.objectives.models import Objective

    return Objective(
        uid=f"{number:032x}", service_uid=f"{number:032x}", service_name=f"service-{number}", name="answered",
        owner=f"team-{number % TEAMS}", title="Requests answered", target="0.999", window_minutes=30 * 1440,
        indicator={"source": "edge", "threshold_ms": None}, series=number, digest="", created_at=NOW, changed_at=NOW,
    )  # fmt: skip


def _journey(number: int) -> Any:
    from roadbed.reliability.objectives.journeys.models import Journey
    from roadbed.reliability.objectives.rules.journeys.values import Step, steps_as_data

    services = [1 + (number * STEPS + step) % STEPPED for step in range(STEPS)]
    steps = tuple(Step(name=f"s{one}", service=f"service-{one}", objective="answered") for one in services)
    return Journey(
        uid=f"{number:032x}", name=f"journey-{number}", title=f"Journey {number}", owner=f"team-{number % TEAMS}",
        target="0.9", window_minutes=30 * 1440, method="Minutes", alerts="roadbed", steps=steps_as_data(steps),
        digest="", created_at=NOW, changed_at=NOW,
    )  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(_measured()))
