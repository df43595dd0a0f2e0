"""Flow at size: taking facts in, and figures over a quarter of 5,000,000 changes a year. Processor time throughout."""

from __future__ import annotations

import json
import os
import random
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

REPOSITORIES, DAYS, CHANGES, TAKEN, BATCH, ASKED = 500, 91, 1_250_000, 1_000, 500, 3
BUSY, NEWEST = 40, 7
"""Repositories and days of which facts are taken in; days that are added up over all repositories, each as the others."""
TEAM = 10
TESTS = 2_000
NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


def facts() -> Iterator[Any]:
    """A pushed, opened, reviewed, merged and built change each, in 500 repositories."""
    from roadbed.ground.ledger.rules import FactView

    draw = random.Random(1)  # noqa: S311 - a made-up history
    for number in range(TAKEN):
        where, end = f"r{number % BUSY}", NOW - timedelta(hours=draw.random() * 24 * NEWEST)
        begin = end - timedelta(hours=draw.expovariate(1 / 20))
        told = {
            "repository": where,
            "number": str(number),
            "branch": f"b{number}",
            "base": "main",
            "author": f"a{number % 900}",
        }
        commits = [{"sha": f"{number:040x}", "author": told["author"], "authored_at": begin.isoformat()}]
        kinds = (
            ("change.pushed", begin, {"branch": f"b{number}", "after": "x", "commits": commits}),
            ("change.created", begin, told),
            ("change.reviewed", end, {"number": str(number), "author": "somebody"}),
            ("change.merged", end, {**told, "additions": number % 300, "deletions": 4, "files": 3, "commits": 2}),
            ("build.finished", end, {"name": "ci", "branch": "main", "outcome": "failure" if number % 12 == 0 else "success",
                                     "started_at": (end - timedelta(minutes=6)).isoformat()}),
        )  # fmt: skip
        for index, (kind, at, data) in enumerate(kinds):
            uid = f"{number * 8 + index:032x}"
            yield FactView(0, uid, kind, where, "", at, at, "p", "Ana", "ci", uid, "", data)


def quarter() -> None:
    """The days of all repositories, added up as the projection does."""
    from roadbed.delivery.metrics.flow.models import FlowDay, FlowRepository
    from roadbed.delivery.metrics.flow.rules.days import Built, Merged, digest

    draw = random.Random(2)  # noqa: S311
    each = round(CHANGES / REPOSITORIES / DAYS)
    shapes = []
    for _ in range(200):
        merged = [
            Merged(f"a{draw.randrange(900)}", False, NOW, NOW - timedelta(hours=draw.expovariate(1 / 20)),
                   NOW - timedelta(hours=9), NOW - timedelta(hours=draw.random() * 8), draw.randrange(600),
                   draw.randrange(20), draw.randrange(9))
            for _ in range(each)
        ]  # fmt: skip
        built = [Built("success", draw.gauss(400, 90), draw.random() * 60) for _ in range(each * 2)]
        shapes.append(digest(merged, [], built, reviews_told=True))
    FlowRepository.objects.bulk_create(
        [FlowRepository(digest=f"r{at}", name=f"r{at}", trunk="main") for at in range(REPOSITORIES)],
        ignore_conflicts=True,
    )
    for day in range(DAYS):
        # Of older days only a team's repositories are read one by one.
        homes = REPOSITORIES if day < NEWEST else TEAM
        when = NOW.date() - timedelta(days=day)
        FlowDay.objects.bulk_create(
            FlowDay(repository=f"r{at}", day=when, stale=False, told=draw.choice(shapes)) for at in range(homes)
        )
        if day < NEWEST:
            FlowDay.objects.create(repository="", day=when)


def repeated() -> None:
    """The older days of all repositories are like the newest."""
    from roadbed.delivery.metrics.flow.models import FlowDay

    known = list(FlowDay.objects.filter(repository="").order_by("-day").values_list("told", flat=True))
    FlowDay.objects.bulk_create(
        FlowDay(repository="", day=NOW.date() - timedelta(days=day), stale=False, told=known[day % NEWEST])
        for day in range(NEWEST, DAYS)
    )


def work() -> dict[str, Any]:
    """The figures, in a process of its own whose data folder is in ROADBED_DATA."""
    import django
    from django.core.management import call_command

    django.setup()
    for database in ("default", "samples"):
        call_command("migrate", database=database, verbosity=0)
    from django.db import transaction

    from roadbed.config.wiring import wire
    from roadbed.delivery.metrics.flow import digesting, keeping, queries
    from roadbed.delivery.metrics.flow.models import FlowDay
    from roadbed.delivery.metrics.flow.rules import flaking, junit
    from roadbed.delivery.metrics.flow.rules.days import total
    from roadbed.ground.ledger import projections

    wire()
    told = list(facts())
    begin = time.process_time()
    for first in range(0, len(told), BATCH):
        with transaction.atomic(using=projections.database()):
            keeping.apply(tuple(told[first : first + BATCH]))
    kept = time.process_time() - begin
    begin = time.process_time()
    while digesting.settle():
        pass
    settled = time.process_time() - begin
    FlowDay.objects.all().delete()
    quarter()
    begin = time.process_time()
    while digesting.settle():
        pass
    whole = (time.process_time() - begin) / NEWEST * 1000
    repeated()
    spans = {}
    for name, asked in (("28 days", {"days": 28}), ("91 days", {"days": 91})):
        took = []
        for _ in range(ASKED):
            begin = time.process_time()
            queries.flow(**asked, now=NOW)
            took.append(time.process_time() - begin)
        spans[name] = statistics.median(took)
    begin = time.process_time()
    team_days, _ = digesting.read(
        [f"r{at}" for at in range(TEAM)], since=NOW.date() - timedelta(days=84), until=NOW.date()
    )
    total(one.told for one in team_days)
    team = (time.process_time() - begin) * 1000
    cases = "".join(f'<testcase classname="c{at % 90}" name="t{at}" time="0.2"/>' for at in range(TESTS))
    body = f"<testsuites><testsuite>{cases}</testsuite></testsuites>".encode()
    begin = time.process_time()
    flaking.of_commit([flaking.Told("1", NOW, "", junit.read(body).cases)])
    report = (time.process_time() - begin) * 1000
    return {
        "kept": kept / TAKEN * 1000, "settled": settled / TAKEN * 1000, "month": spans["28 days"], "year": spans["91 days"],
        "team": team, "report": report, "whole": whole,
    }  # fmt: skip


def run() -> list[dict[str, Any]]:
    """The figures."""
    home = tempfile.mkdtemp(prefix="roadbed-bench-", dir="/var/tmp")
    environment = {**os.environ, "ROADBED_DATA": home, "DJANGO_SETTINGS_MODULE": "roadbed.config.settings"}
    try:
        command = [sys.executable, str(Path(__file__)), "--work"]
        done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
        found = json.loads(done.stdout.splitlines()[-1])
    finally:
        shutil.rmtree(home, ignore_errors=True)
    size = f"{CHANGES:,} changes in {DAYS} days of {REPOSITORIES} repositories"
    taken = f"{TAKEN:,} changes of five facts each"
    return [
        {"name": "flow: a change's facts taken in", "value": found["kept"], "unit": "ms", "size": taken},
        {"name": "flow: and its days added up", "value": found["settled"], "unit": "ms", "size": taken},
        {"name": "flow: a day of all repositories added up", "value": found["whole"], "unit": "ms", "size": size},
        {"name": "flow: a team's days of twelve weeks read", "value": found["team"], "unit": "ms", "size": size},
        {"name": "flow: the organization's figures, 28 days", "value": found["month"], "unit": "s", "size": size},
        {"name": "flow: the organization's figures, 91 days", "value": found["year"], "unit": "s", "size": size},
        {"name": "flow: a report of 2,000 tests read and judged", "value": found["report"], "unit": "ms", "target": 500},
    ]  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(work() if "--work" in sys.argv else run()))
