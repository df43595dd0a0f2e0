"""Kills one process again and again: at an exact moment, as a message arrives or is answered, or at any time."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Final

from faults.kills.moments import Moment, moment_of
from faults.kills.provider import Call
from faults.kills.stage import Stage

COLD: Final = 60
"""Every so manieth start is the command of the process tree, with all that it imports."""
FIRST_COLD: Final = {"pager": 1, "web": 21, "worker": 41}
LONG: Final = 4
AT_MOMENTS, WITH_MESSAGES = 0.6, 0.2
"""Shares of the kills; those with messages are the pager's alone. The rest comes at any time."""


@dataclass
class Torment:
    """The kills of one process.

    Attributes:
        life: seconds that it lives at most where the kill comes at any time; others wait LONG times that at most.
        seen: how often it died of what.
        faults: how it ended where nobody killed it.
    """

    stage: Stage
    name: str
    chance: Random
    life: float
    seen: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    _starts: int = 0
    _wanted: str = ""
    _dying: threading.Lock = field(default_factory=threading.Lock)

    def once(self) -> None:
        """Start it, and kill it in some way."""
        self._starts += 1
        die = self.chance.random()
        if self._starts % COLD == FIRST_COLD[self.name]:
            self._live("started cold", self.chance.uniform(0, LONG * self.life), cold=True)
        elif die < AT_MOMENTS:
            moment = moment_of(self.name, self.chance)
            self._live("at any time", LONG * self.life, moment)
        elif die < AT_MOMENTS + WITH_MESSAGES and self.name == "pager":
            self._wanted = self.chance.choice(("arriving", "answered"))
            self._live("at any time", LONG * self.life)
        else:
            self._live("at any time", self.chance.uniform(0, self.life))

    def message(self, call: Call, when: str) -> None:
        """A message arrived, or was answered."""
        if call.taken and self._wanted == when:
            self._kill(f"a message {when}", only=when)

    def _live(self, why: str, seconds: float, moment: Moment | None = None, *, cold: bool = False) -> None:
        self.stage.start(self.name, moment, cold=cold)
        ended = self.stage.await_end(self.name, seconds=seconds)
        with self._dying:
            # Whoever kills it as a message comes may not be done with that.
            ended = ended and self.name in self.stage.pids
        if ended:
            if moment is None:
                self.faults.append(f"{self.name} ended by itself: {self.stage.log(self.name)[-2000:]}")
            else:
                why = moment.meaning(self.name)
        self._kill(why)

    def _kill(self, why: str, *, only: str = "") -> None:
        with self._dying:
            if only and self._wanted != only:
                return
            self._wanted = ""
            if self.name in self.stage.pids:
                self.stage.kill(self.name)
                self.seen[why] += 1
