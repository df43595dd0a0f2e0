"""A made-up ledger at size: 500 services of 50 teams over 52 weeks, made once and kept outside of the repository."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SERVICES, TEAMS, WEEKS, CHANGES_EACH, ONE_FAILS_IN = 500, 50, 52, 5, 20
EDITION = 3
"""Raise it when the history is another."""
_FACTS = (
    "INSERT INTO ledger_fact (uid, kind, subject, environment, occurred_at, recorded_at, actor, actor_name, source,"
    " source_id, supersedes, data) VALUES (?, ?, ?, 'production', ?, ?, 'p', 'Ana', 'ci', ?, '', ?)"
)
_SUBJECTS = (
    "Add stops to the route planner (#{0})", "Bump eslint from 9.1 to 9.2 (#{0})", "Rename the tariff table (#{0})",
    "Show fares with tax (#{0})", "Cache the timetable for a minute (#{0})", "Fix the label of the tariff form (#{0})",
    "Move the search into its own module (#{0})", "Test the fare rules (#{0})",
)  # fmt: skip


def prepared(deployments: int) -> Path:
    """A data folder whose ledger holds the history; made when there is none yet."""
    # The history ends when it is made, and pages look at the newest weeks.
    name = f"ledger-{EDITION}-{datetime.now(UTC):%G-%V}-{deployments}"
    kept = Path(os.environ.get("ROADBED_BENCH_CACHE", Path.home() / ".cache/roadbed-bench")) / name
    if not (kept / "made").exists():
        kept.mkdir(parents=True, exist_ok=True)
        for file in kept.glob("*.db*"):
            file.unlink()
        environment = {**os.environ, "ROADBED_DATA": str(kept), "DJANGO_SETTINGS_MODULE": "roadbed.config.settings"}
        subprocess.run([sys.executable, __file__, str(deployments)], env=environment, check=True)
        (kept / "made").touch()
    return kept


def make(deployments: int) -> None:
    """Fill the ledger of ROADBED_DATA."""
    uids = _catalogue()
    from django.db import connection

    connection.close()
    file = sqlite3.connect(connection.settings_dict["NAME"])
    # Nothing else reads it, and what is half made is made again.
    file.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
    indexes = "SELECT name, sql FROM sqlite_master WHERE type='index' AND tbl_name='ledger_fact' AND sql IS NOT NULL"
    dropped = file.execute(indexes).fetchall()
    for name, _ in dropped:
        file.execute(f'DROP INDEX "{name}"')
    file.executemany(_FACTS, _rows(deployments, uids))
    for _, made in dropped:
        file.execute(made)
    file.commit()
    file.execute("PRAGMA journal_mode=WAL")
    file.close()


def _catalogue() -> list[str]:
    import django

    django.setup()
    from django.core.management import call_command

    for database in ("default", "samples"):
        call_command("migrate", database=database, verbosity=0)
    from roadbed.config.wiring import wire

    wire()
    import shop

    from roadbed.ground.catalog import queries, usecases
    from roadbed.ground.people.rules import ROADBED
    from roadbed.ground.people.usecases import create_team, invite_person

    now = datetime.now(UTC)
    invite_person(ROADBED, email="mara@kestrel.example", name="Mara", role="admin", now=now)
    for team in range(TEAMS):
        create_team(ROADBED, name=f"team-{team:02}", now=now)
    for first in range(0, SERVICES, 50):
        entries = (
            shop.entry(f"shop-{n:03}", owner=f"team-{n % TEAMS:02}", external=True) for n in range(first, first + 50)
        )
        usecases.register(ROADBED, text="---\n".join(entries), location=f"https://git.example/{first}", now=now)
    return [one.uid for one in queries.owned()]


def _rows(deployments: int, uids: list[str]) -> Iterator[tuple[Any, ...]]:
    draw = random.Random(1)  # noqa: S311 - a made-up history
    end = datetime.now(UTC)
    step = timedelta(weeks=WEEKS) / deployments
    position = 0
    for number in range(deployments):
        service, when = uids[number % len(uids)], end - timedelta(weeks=WEEKS) + number * step
        told = _deployed(number, when, draw)
        position += 1
        yield _row(position, "service.upgraded", service, when, told)
        if number % ONE_FAILS_IN == 0:
            began, over = when + timedelta(minutes=9), when + timedelta(minutes=draw.randint(10, 300))
            position += 2
            cause = {"service_uid": service, "deployment": f"d{number}", "incident": number // ONE_FAILS_IN + 1}
            yield _row(position - 1, "incident.detected", f"i{number}", began, cause)
            yield _row(position, "incident.resolved", f"i{number}", over, {"service_uid": service})


_COMMIT = (
    '{"sha": "%016x%024x", "subject": %s, "authored_at": "%s", "author": "dev-%d", "change": "%d", "merged_at": "%s"}'
)
_DEPLOYED = (
    '{"deployment": "d%d", "service": "shop-%03d", "commit": "%s", "commits": [%s], "commit_count": %d,'
    ' "version": "v%d", "seconds": 90}'
)
"""JSON as text: a million documents made of values cost more than all else here."""


def _deployed(number: int, when: datetime, draw: random.Random) -> str:
    commits = []
    for one in range(CHANGES_EACH):
        change = number * CHANGES_EACH + one
        hours, chance = 2 + int(draw.random() * 59), draw.random()
        subject = _SUBJECTS[int(chance * len(_SUBJECTS))].format(change)
        if one == 0 and number % 97 == 0:
            subject = f'Revert "{_SUBJECTS[int(chance * len(_SUBJECTS))].format(change - 2500)}"'
        written, merged = when - timedelta(hours=hours), when - timedelta(hours=hours / 4)
        commits.append(_COMMIT % (change * 2654435761 % 2**64, change, json.dumps(subject), written.isoformat(),
                                  change % 400, change, merged.isoformat()))  # fmt: skip
    first = number * CHANGES_EACH
    sha = f"{first * 2654435761 % 2**64:016x}{first:024x}"
    return _DEPLOYED % (number, number % SERVICES, sha, ", ".join(commits), CHANGES_EACH, number)


def _row(position: int, kind: str, subject: str, when: datetime, data: str | dict[str, Any]) -> tuple[Any, ...]:
    uid, at = f"{position:032x}", when.replace(tzinfo=None).isoformat(" ", "microseconds")
    return uid, kind, subject, at, at, uid, data if isinstance(data, str) else json.dumps(data)


if __name__ == "__main__":
    make(int(sys.argv[1]))
