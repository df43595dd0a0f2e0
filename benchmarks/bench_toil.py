"""Toil and learning at size: a day of 10,000 captured runs, the board over a quarter, and searching 5,000 reviews."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
RUNS = 1000
"""Captured and timed; the figure is for 10,000, the day of a large company."""

ENTRIES, TEAMS, REVIEWS = 100_000, 50, 5000
WORDS = [
    "timeout",
    "fallback",
    "queue",
    "retry",
    "canary",
    "flag",
    "certificate",
    "shard",
    "replica",
    "lock",
    "cache",
    "index",
    "pool",
    "limit",
    "deployment",
    "region",
    "token",
    "schema",
    "backup",
    "quota",
    "failover",
    "latency",
    "alert",
    "runbook",
    "handover",
    "rollback",
    "batch",
    "cursor",
    "partition",
    "broker",
]


def run() -> list[dict[str, Any]]:
    """All figures, measured in a process of its own, because Django takes its databases once."""
    shown = subprocess.run([sys.executable, "-W", "ignore", __file__], check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in shown.stdout.splitlines()]


def measured() -> list[dict[str, Any]]:
    """All figures with their targets, in CPU time."""
    _prepare()
    from roadbed.ground.people.rules import ROADBED
    from roadbed.ground.people.usecases import create_team, invite_person, join_team

    for number in range(TEAMS):
        create_team(ROADBED, name=f"team-{number}", now=NOW)
    for number in range(TEAMS * 4):
        email = f"p{number}@bench.example"
        invite_person(ROADBED, email=email, name=f"Person {number}", now=NOW)
        join_team(ROADBED, team=f"team-{number % TEAMS}", email=email, now=NOW)
    return [*_toil(), *_learning()]


def _toil() -> list[dict[str, Any]]:
    from roadbed.ground.ledger.unit import unit
    from roadbed.ground.people.models import Person, Team
    from roadbed.ground.people.rules import ROADBED
    from roadbed.reliability.toil import capturing, quarterly, queries
    from roadbed.reliability.toil.models import Entry, Task

    people = list(Person.objects.values_list("uid", "name"))
    dice = random.Random(1)  # noqa: S311 - a sample
    facts = []
    with unit(ROADBED, now=NOW) as writing:
        for number in range(RUNS):
            data = {"runbook": f"Book {number % 40}", "service": f"s{number % 500}", "owner": f"team-{number % TEAMS}",
                    "minutes": 5, "person": people[number % len(people)][0], "by_hand": True}  # fmt: skip
            facts.append(writing.record("runbook.run", f"s{number % 500}", data=data))
    began = time.process_time()
    for fact in facts:
        capturing.capture(fact, now=NOW)
    each = (time.process_time() - began) / RUNS
    tasks = [
        Task(team_uid=uid, team=name, key=f"task {one}", what=f"Task {one}", category="access", made_at=NOW)
        for uid, name in Team.objects.values_list("uid", "name")
        for one in range(40)
    ]
    tasks = Task.objects.bulk_create(tasks)
    Entry.objects.bulk_create(
        (
            Entry(task=tasks[number % len(tasks)], person_uid=people[number % len(people)][0], person="P", is_toil=True,
                  minutes=dice.randint(5, 90), source="request", occurred_at=NOW - timedelta(minutes=number * 1.3))
            for number in range(ENTRIES)
        ),
        batch_size=2000,
    )  # fmt: skip
    size = f"{ENTRIES:,} entries of {TEAMS} teams in 91 days"
    return [
        _figure("toil: capture 10,000 runs, a day", each * 10_000, "s CPU", 120.0, f"{RUNS:,} timed"),
        _figure(
            "toil: the board over a quarter", _cpu(lambda: queries.board(days=91, now=NOW), 3), "ms CPU", 1500.0, size
        ),
        _figure("toil: what to automate first", _cpu(lambda: queries.candidates(now=NOW), 3), "ms CPU", 1000.0, size),
        _figure("toil: five quarters", _cpu(lambda: quarterly.quarters(now=NOW), 3), "ms CPU", 1500.0, size),
    ]


def _learning() -> list[dict[str, Any]]:
    from django.db import transaction

    from roadbed.reliability.reviews import learning, recurring
    from roadbed.reliability.reviews.models import Factor, Review
    from roadbed.reliability.reviews.writing import index

    dice = random.Random(2)  # noqa: S311 - a sample

    def said(many: int) -> str:
        return " ".join(dice.choice(WORDS) for _ in range(many))

    with transaction.atomic():  # one for all of them: what is measured is not the disk
        for number in range(REVIEWS):
            at = NOW - timedelta(hours=4 * number)
            row = Review.objects.create(
                incident_uid=f"i{number}", number=number + 1, title=said(5), service_uid=f"s{number % 500}",
                service_name=f"service-{number % 500}", environment="production", severity=2 + number % 2,
                started_at=at, detected_at=at + timedelta(minutes=5), ended_at=at + timedelta(minutes=30),
                due=at.date(), drafted_at=at, resolved_at=at + timedelta(minutes=40),
                sections={"sense": said(60), "impact": said(20)},
            )  # fmt: skip
            for key in ("F1", "F2"):
                kind = dice.choice(("change", "capacity", "process"))
                Factor.objects.create(review=row, key=key, text=said(6), kind=kind)
            began = time.process_time()
            index(row)
            spent = time.process_time() - began
    size = f"{REVIEWS:,} reviews"
    find = _cpu(lambda: learning.search(learning.Wanted("timeout fallb canary")), 5)
    return [
        _figure("reviews: index one", spent * 1000, "ms CPU", 20.0, size),
        _figure("reviews: search three words", find, "ms CPU", 300.0, size),
        _figure(
            "reviews: similar ones", _cpu(lambda: recurring.similar("INC-77"), 3), "ms CPU", 1500.0, "the 3,000 newest"
        ),
        _figure("reviews: patterns of 8 quarters", _cpu(lambda: learning.patterns(now=NOW), 3), "ms CPU", 500.0, size),
    ]


def _prepare() -> None:
    os.environ["ROADBED_DATA"] = tempfile.mkdtemp(prefix="roadbed-bench-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadbed.config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    for alias in ("default", "samples"):
        call_command("migrate", database=alias, verbosity=0)
    from roadbed.config.wiring import wire

    wire()


def _cpu(work: Callable[[], object], rounds: int) -> float:
    """The least CPU time of some rounds, in milliseconds."""
    took = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took) * 1000


def _figure(name: str, value: float, unit: str, target: float, size: str) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "target": target, "size": size}


if __name__ == "__main__":
    for figure in measured():
        print(json.dumps(figure))
