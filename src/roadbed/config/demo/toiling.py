"""The company's toil: what its teams did by hand again and again, its estimates, and one task that was automated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.config.demo.company import PEOPLE
from roadbed.config.demo.playing import Player
from roadbed.ground.ledger.queries import facts_between
from roadbed.ground.people.rules import Caller
from roadbed.reliability.toil import capturing, queries, usecases


@dataclass(frozen=True, slots=True)
class Chore:
    """A task of a team: its usual minutes, every how many days it comes, what automating takes.

    Attributes:
        build: hours from and to, and upkeep a month; nothing for one that nobody estimated.
        automated: how many days ago it was; None for one that goes on.
    """

    team: str
    what: str
    category: str
    minutes: int
    every: float
    build: tuple[float, float, float] | None = None
    automated: int | None = None


CHORES: Final = (
    Chore("depot", "Restart locker-gateway after a lost connection", "alerts", 150, 2.1, (30, 50, 2)),
    Chore("depot", "Merge duplicated depot records", "data", 240, 5.3, (90, 150, 4)),
    Chore("billing", "Approve billing deployments by hand", "release", 90, 2.6, (20, 28, 1)),
    Chore("platform", "Grant access to scan-store", "access", 75, 3.7, (24, 36, 1)),
    Chore("routing", "Renew carrier certificates", "certificates", 160, 9.0, (50, 70, 0.5)),
    Chore("tracking", "Replay scans that arrived late", "data", 110, 6.5),
    Chore("storefront", "Void labels on request", "access", 120, 3.1, (18, 24, 0.5), automated=22),
)
_WOBBLE: Final = (0, -8, 12, 3, -5, 20, -2, 6)


def schedule(player: Player, *, days: int) -> None:
    """Put every time of every chore on the stage, and what was decided about them."""
    for chore in CHORES:
        crew = [player.cast.people[one.name] for one in PEOPLE if one.team == chore.team]
        ended = 0.0 if chore.automated is None else float(chore.automated)
        ago, number = days - 2.0, 0
        while ago > ended + 0.3:
            spent = f"{max(5, chore.minutes + _WOBBLE[number % len(_WOBBLE)])}m"
            player.at(player.now - timedelta(days=ago), _logged(crew[number % len(crew)], chore, spent))
            ago, number = ago - chore.every, number + 1
        if chore.build:
            player.at(player.now - timedelta(days=ended, hours=3), _decided(crew[0], chore))


def capture(*, now: datetime, days: int) -> None:
    """What the room would have captured from the alerts of the past, had it listened then."""
    since = now - timedelta(days=days)
    for fact in reversed(facts_between(None, kinds=capturing.KINDS, since=since, until=now)):
        capturing.capture(fact.uid, now=now)


def _logged(who: Caller, chore: Chore, spent: str) -> Callable[[datetime], object]:
    return lambda at: usecases.log(
        who, minutes=spent, what=chore.what, category=chore.category, team=chore.team, now=at
    )


def _decided(who: Caller, chore: Chore) -> Callable[[datetime], object]:
    low, high, upkeep = chore.build or (0.0, 0.0, 0.0)

    def decide(at: datetime) -> None:
        task = next((one for one in queries.candidates(now=at, team=chore.team) if one.what == chore.what), None)
        if task is None:
            return
        usecases.estimate(who, task.uid, build_low=low, build_high=high, upkeep=upkeep, now=at)
        if chore.automated is not None and task.cost is not None:
            email = next(one.email for one in PEOPLE if one.name == who.name)
            usecases.plan(who, task.uid, owner=email, now=at)
            usecases.finish(who, task.uid, built_hours=(low + high) / 2, now=at)

    return decide
