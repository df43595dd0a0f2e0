"""A storm of kills: alerts come, people answer, and in the middle of it processes die and are started again."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from faults.kills.account import Account, account
from faults.kills.people import Monitoring, OnCall, silence
from faults.kills.provider import Call, Provider
from faults.kills.stage import NAMES, Stage
from faults.kills.torment import Torment

SERVICES: Final = tuple(f"service-{number:02}" for number in range(72))
SILENCED: Final = SERVICES[:4]
TOGETHER: Final = 15
"""Services that have an alert at the same time while processes are killed."""
REPEATED: Final = 4
"""Alerts that are told again with each start of the web."""
SHORTEST: Final = 0.5
"""Seconds."""
SECONDS: Final = 180.0
"""How long nothing may move on a machine that does much else."""


@dataclass
class Storm:
    """Everything that takes part, and what happened."""

    stage: Stage
    provider: Provider
    seed: int
    silences: dict[str, str] = field(default_factory=dict)
    ending: set[str] = field(default_factory=set)
    waiting: deque[str] = field(default_factory=deque)
    torments: dict[str, Torment] = field(default_factory=dict)
    firing: set[str] = field(default_factory=set)
    going_on: bool = False

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)  # noqa: S311 - it chooses moments, not secrets
        self.monitoring = Monitoring(self.stage, on_answer=self._answered)
        # A third of the pages is acknowledged, a third ends by itself, the rest is escalated before somebody takes it.
        self.on_call = OnCall(
            self.stage, patience=lambda service: (1, 0, 2)[number_of(service) % 3], on_answer=self._taken
        )
        self.provider.on_call = self._called
        self.provider.on_answered = lambda call: self._message(call, "answered")

    def _called(self, call: Call) -> None:
        self.on_call.on_call(call)
        service, page = call.data.get("service", ""), call.data.get("alert", "")
        if call.taken and service and number_of(service) % 3 == 1 and page not in self.ending:
            self.ending.add(page)
            self.monitoring.end(service)
        self._message(call, "arriving")

    def _message(self, call: Call, when: str) -> None:
        if (torment := self.torments.get("pager")) is not None:
            torment.message(call, when)

    def _taken(self, service: str) -> None:
        if self.going_on and service:
            self.monitoring.end(service)

    def _answered(self, service: str, status: str) -> None:
        if not self.going_on:
            return
        if status == "firing" and service in self.silences:
            self.monitoring.end(service)
        elif status == "resolved" and service in self.firing:
            self.firing.discard(service)
            self.waiting.append(service)
            self._fire_next()

    def _fire_next(self) -> None:
        service = self.waiting.popleft()
        self.firing.add(service)
        self.monitoring.fire(service)

    def _repeat(self) -> None:
        for service in self.chance.sample(SERVICES, REPEATED):
            if self.monitoring.episodes[service]:
                self.monitoring.repeat(service)

    def begin(self) -> None:
        """Start everything; some services are silenced before the first kill."""
        began = time.monotonic()
        for name in NAMES:
            self.stage.start(name)
        self.stage.await_web()
        life = max(SHORTEST, 2 * (time.monotonic() - began))
        self.torments = {
            name: Torment(self.stage, name, Random(f"{self.seed} {name}"), life)  # noqa: S311 - as above
            for name in NAMES
        }
        self.silences |= {service: silence(self.stage, service) for service in SILENCED}
        self.monitoring.start()
        self.on_call.start()

    def torment(self, kills: int, *, alerts: int = 0) -> None:
        """Kill each process so often at least, all at the same time, while alerts come, are answered and end; rest.

        Args:
            alerts: goes on until so many of services that are not silenced were answered in all.
        """
        self.waiting = deque(self._shuffled())
        self.going_on = True
        for _ in range(TOGETHER):
            self._fire_next()
        goal = {name: self.stage.kills[name] + kills for name in NAMES}
        for name in NAMES:
            self.stage.kill(name)

        def done() -> bool:
            counted = sum(one.partition("#")[0] not in SILENCED for one in tuple(self.monitoring.answered))
            return counted >= alerts and all(self.stage.kills[name] >= goal[name] for name in NAMES)

        def go_on(one: Torment) -> None:
            while not done():
                if one.name == "web":
                    self._repeat()
                one.once()

        threads = [threading.Thread(target=go_on, args=(one,)) for one in self.torments.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.going_on = False
        self.firing.clear()
        for name in NAMES:
            self.stage.start(name)
        self.end()

    def disturbed(self, *disturbances: Callable[[], None]) -> None:
        """Let alerts come while something else goes wrong, one thing after the other."""
        waiting = deque(self._shuffled())
        many = len(SERVICES) // (2 * len(disturbances))
        for disturb in disturbances:
            for _ in range(many):
                self.monitoring.fire(waiting.popleft())
            disturb()
        for service in waiting:
            self.monitoring.fire(service)
        self.end()

    def await_message(self) -> None:
        """Wait until one more message has come."""
        many = len(self.provider.calls)
        assert self.provider.await_(lambda: len(self.provider.calls) > many, seconds=SECONDS)

    def _shuffled(self) -> list[str]:
        return self.chance.sample(SERVICES, len(SERVICES))

    def end(self) -> None:
        """Rest, and let every alert end."""
        self.rest()
        for service in SERVICES:
            self.monitoring.end(service)
        self.rest()

    def rest(self) -> None:
        """Wait until everything is answered, read and sent, for as long as it goes on."""
        before, deadline = {}, 0.0
        while True:
            gone = [name for name in NAMES if self.stage.await_end(name, seconds=0)]
            assert not gone, f"{gone} ended by themselves: {self.stage.log(gone[0])[-3000:]}"
            left = self.monitoring.work.unfinished_tasks + self.on_call.work.unfinished_tasks
            waiting = self.stage.house("waiting") | {"unanswered": left, "came": len(self.provider.calls)}
            if not (waiting["unread"] or waiting["unsent"] or left):
                return
            if waiting != before:
                before, deadline = waiting, time.monotonic() + SECONDS
            assert time.monotonic() < deadline, f"no rest: {waiting}, {self.stage.log('pager')[-2000:]}"
            time.sleep(0.2)

    def died_of(self) -> dict[str, dict[str, int]]:
        """How often each process was killed when."""
        return {name: dict(one.seen.most_common()) for name, one in self.torments.items()}

    def settle(self, *, clock_moved: bool = False) -> Account:
        """The account of what was until now, everything being at rest."""
        faults = [*self.monitoring.faults, *(fault for one in self.torments.values() for fault in one.faults)]
        assert not faults, faults
        return account(
            self.stage.house("tell"),
            self.provider.taken(),
            answered=self.monitoring.answered,
            silenced=self.silences,
            acknowledged=self.on_call.acknowledged,
            snoozed=self.on_call.snoozed,
            killed=self.stage.killed.get("pager", []),
            clock_moved=clock_moved,
        )

    def stop(self) -> None:
        """End what goes on outside."""
        self.monitoring.stop()
        self.on_call.stop()


def number_of(service: str) -> int:
    """The number in a service's name; a page of several services counts as the first."""
    return int(service.rpartition("-")[2] or 0)
