"""A storm of kills: alerts come, people answer, and in the middle of it processes die and are started again."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from faults.kills.account import Account, account
from faults.kills.people import Monitoring, OnCall, silence
from faults.kills.points import POINTS, process_of
from faults.kills.provider import Call, Provider
from faults.kills.stage import NAMES, Stage

SERVICES: Final = tuple(f"service-{number:02}" for number in range(72))
SILENCED: Final = SERVICES[:4]
WEIGHTS: Final = (4, 5, 1)
"""How often web, pager and worker are chosen."""
EACH: Final = 2
"""Alerts that begin between two kills."""
SECONDS: Final = 120.0
"""What anything may take on a machine that does much else."""


@dataclass
class Storm:
    """Everything that takes part, and what happened."""

    stage: Stage
    provider: Provider
    seed: int
    silences: dict[str, str] = field(default_factory=dict)
    at_points: Counter[str] = field(default_factory=Counter)
    ending: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - it chooses moments, not secrets
        self.monitoring = Monitoring(self.stage)
        # A third of the pages is acknowledged, a third ends by itself, the rest is escalated before somebody takes it.
        self.on_call = OnCall(self.stage, patience=lambda service: (1, 0, 2)[number_of(service) % 3])
        self.provider.on_call = self._called
        self.points = itertools.cycle(POINTS)

    def _called(self, call: Call) -> None:
        self.on_call.on_call(call)
        service, page = call.data.get("service", ""), call.data.get("alert", "")
        if call.taken and service and number_of(service) % 3 == 1 and page not in self.ending:
            self.ending.add(page)
            self.monitoring.end(service)

    def begin(self) -> None:
        """Start everything; some services are silenced before the first kill."""
        for name in NAMES:
            self.stage.start(name)
        self.stage.await_web()
        self.silences |= {service: silence(self.stage, service) for service in SILENCED}
        self.monitoring.start()
        self.on_call.start()

    def volley(self, turns: int, *, weights: tuple[int, ...] = WEIGHTS) -> None:
        """Kill while alerts come: at a random moment, then at a point, in turns; rest; and let every alert end."""
        waiting = self._shuffled()
        for number in range(turns):
            self._fire(waiting, EACH)
            if number % 2:
                self._kill_at_point(next(self.points))
            else:
                (name,) = self.chance.choices(NAMES, weights)
                time.sleep(self.chance.uniform(0.0, 0.4))
                self.stage.restart(name)
        self.end()

    def disturbed(self, *disturbances: Callable[[], None]) -> None:
        """Let alerts come while something else goes wrong, one thing after the other."""
        waiting = self._shuffled()
        for disturb in disturbances:
            self._fire(waiting, len(SERVICES) // (2 * len(disturbances)))
            disturb()
        self._fire(waiting, len(waiting))
        self.end()

    def _shuffled(self) -> list[str]:
        waiting = list(SERVICES)
        self.chance.shuffle(waiting)
        return waiting

    def _fire(self, waiting: list[str], many: int) -> None:
        for _ in range(min(many, len(waiting))):
            self.monitoring.fire(waiting.pop())

    def end(self) -> None:
        """Rest, and let every alert end."""
        self.rest()
        for service in SERVICES:
            self.monitoring.end(service)
        self.rest()
        self.monitoring.episode += 1

    def _kill_at_point(self, point: str) -> None:
        """Let a process run into a point; where it does not come there in time it is killed wherever it is."""
        name = process_of(point)
        self.stage.restart(name, point)
        deadline = time.monotonic() + 4
        while not (gone := self.stage.is_gone(name)) and time.monotonic() < deadline:
            time.sleep(0.01)
        self.at_points[point] += gone
        self.stage.restart(name)

    def rest(self) -> None:
        """Wait until everything is answered, read and sent."""
        deadline = time.monotonic() + SECONDS
        while True:
            gone = [name for name in NAMES if self.stage.is_gone(name)]
            assert not gone, f"{gone} ended by themselves: {self.stage.log(gone[0])[-3000:]}"
            quiet = self.monitoring.all_answered() and self.on_call.all_answered()
            waiting = self.stage.house("waiting") if quiet else {}
            if quiet and not any(waiting.values()):
                return
            assert time.monotonic() < deadline, f"no rest: {waiting}, {self.stage.log('pager')[-2000:]}"
            time.sleep(0.1)

    def settle(self, *, clock_moved: bool = False) -> Account:
        """End what goes on outside; answers the account."""
        self.monitoring.stop()
        self.on_call.stop()
        assert not self.monitoring.faults, self.monitoring.faults
        return account(
            self.stage.house("tell"),
            self.provider.taken(),
            answered=self.monitoring.answered,
            silenced=self.silences,
            acknowledged=self.on_call.acknowledged,
            clock_moved=clock_moved,
        )


def number_of(service: str) -> int:
    """The number in a service's name; a page of several services counts as the first."""
    return int(service.rpartition("-")[2] or 0)
