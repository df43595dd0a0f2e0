"""How often the true cause of an incident is the first suspect, or among three, in simulated histories.

The peer is what tools without measured minutes do: the last change before somebody was alerted. Histories are made up
with a fixed seed: a service that is deployed and switched all day, one change of which begins to fail requests after a
delay, an alert that comes minutes later, noise in other minutes. No share of real incidents follows from them; the
ratio says what it brings to look from the first bad minute instead of from the alert.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from roadbed.ground.ledger.rules import FactView
from roadbed.reliability.incidents.rules.beginning import began
from roadbed.reliability.incidents.rules.suspects import suspects

NIGHT = datetime(2026, 6, 1, tzinfo=UTC)
HISTORIES = 2000
MINUTE = timedelta(minutes=1)


def change(at: datetime, number: int, chance: random.Random) -> FactView:
    """A deployment or a switched flag."""
    flag = chance.random() < 0.4
    data: dict[str, Any] = {"flag": f"f{number}", "from": "off", "to": "on"} if flag else {"version": f"v{number}"}
    return FactView(
        position=number, uid=f"c{number}", kind="flag.changed" if flag else "service.upgraded", subject="svc",
        environment="production", occurred_at=at, recorded_at=at, actor="p", actor_name="p", source="roadbed",
        source_id=f"c{number}", supersedes="", data=data,
    )  # fmt: skip


def history(chance: random.Random) -> tuple[list[FactView], str, datetime, set[datetime]]:
    """Changes of a day, the true cause, when the alert came, and the bad minutes."""
    hours = chance.uniform(0.2, 2.5)
    at, made = NIGHT + timedelta(hours=2), []
    while at < NIGHT + timedelta(hours=20):
        at += timedelta(hours=chance.expovariate(1 / hours))
        made.append(change(at, len(made) + 1, chance))
    cause = chance.choice(made[:-1] or made)
    harm = cause.occurred_at + timedelta(minutes=chance.choice((0, 0, 0, 0.5, 1, 2, 5, 15, 40)))
    alert = harm + timedelta(minutes=chance.choice((2, 4, 6, 10, 20, 45)))
    first = harm.replace(second=0, microsecond=0)
    bad = {first + number * MINUTE for number in range(int((alert - first) / MINUTE) + 1)}
    bad |= {NIGHT + chance.randrange(1440) * MINUTE for _ in range(8)}
    return made, cause.uid, alert, bad


def run() -> list[dict[str, Any]]:
    """Shares of the true cause found, beside the peer's on the same histories."""
    chance, first, three, peer, spent = random.Random(7), 0, 0, 0, 0.0  # noqa: S311 - histories, not secrets
    for _ in range(HISTORIES):
        made, cause, alert, bad = history(chance)
        clock = time.process_time()
        known = [one for one in made if one.occurred_at <= alert]
        start = began(alert, is_bad=bad.__contains__, changes=[one.occurred_at for one in known])
        found = [one.fact for one in suspects(known, started_at=start, environment="production", detected_at=alert)]
        spent += time.process_time() - clock
        first += found[:1] == [cause]
        three += cause in found[:3]
        peer += bool(known) and max(known, key=lambda one: one.occurred_at).uid == cause
    shared = {"unit": "share", "peer": "the last change before the alert", "peer_value": peer / HISTORIES}
    return [
        {"name": "true cause is the first suspect", "value": first / HISTORIES, **shared},
        {"name": "true cause is among three", "value": three / HISTORIES, **shared},
        {
            "name": "suspects of one incident",
            "value": spent / HISTORIES * 1000,
            "unit": "ms CPU",
            "size": f"{HISTORIES} histories",
        },
    ]
