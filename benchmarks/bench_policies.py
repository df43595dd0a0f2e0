"""Budget policies: compiling one, one objective's answer, and thirty days of minutes replayed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from roadbed.reliability.objectives import shipped
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.rules.periods import Window
from roadbed.reliability.objectives.rules.policy.deciding import Change, Plan, of_objective, values_of_question
from roadbed.reliability.objectives.rules.policy.documents import Service, read_policies
from roadbed.reliability.objectives.rules.policy.facts import ObjectiveFacts
from roadbed.reliability.objectives.rules.replay.deciding import Asked
from roadbed.reliability.objectives.rules.replay.judging import Promise
from roadbed.reliability.objectives.rules.replay.reporting import replay
from roadbed.reliability.objectives.rules.targets import Target

MONTH, START = 43_200, 29_000_000
FACTS = ObjectiveFacts(
    name="answered", title="Requests answered", target=0.999, window="30d", window_minutes=MONTH, standing="within",
    paging=False, remaining=0.6, bad=4, allowed=10, coverage=1.0, burns=(("5m", 0.0), ("1h", 2.5), ("6h", 1.0)),
    top_line="60% of the budget is left.", why="",
)  # fmt: skip


def cost(work: Callable[[], object], times: int) -> float:
    """CPU in milliseconds of one call, the best of five rounds."""
    work()
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(times):
            work()
        rounds.append((time.process_time() - began) / times * 1000)
    return min(rounds)


def month() -> History:
    """Sixty days of minutes, so that thirty of them have whole windows: bad days, gaps, quiet hours."""
    chance = random.Random(1)  # noqa: S311 - a history
    own = {}
    for minute in range(START - MONTH, START + MONTH):
        if chance.random() < 0.02:
            continue
        total = chance.randrange(50, 300)
        share = 0.01 if (minute // 2000) % 5 == 0 else 0.0008
        own[minute] = (total - sum(chance.random() < share for _ in range(total)), total)
    return History(Target(999, 1000), own)


def run() -> list[dict[str, Any]]:
    """The figures."""
    plan, question = shipped.plan(), values_of_question(Change("feature"), Service("checkout"), 1)
    held, asked = month(), Asked(plan, Change("feature"), Service("checkout"))
    promise = Promise("answered", Target(999, 1000), Window.rolling(MONTH))

    def answer() -> object:
        return of_objective(plan, {**question, **FACTS.values()})

    def replayed() -> object:
        return replay(promise, History(held.target, held.own), asked, first=START, last=START + MONTH - 1)

    def read() -> object:
        return Plan.of(read_policies(shipped.text(), file="policy.yaml")[0][0], 1)

    return [
        {"name": "a policy read and linted", "value": cost(read, 3), "unit": "ms", "size": f"{len(plan.policy.rules)} rules"},
        {"name": "a policy's answer for one objective", "value": cost(answer, 500), "unit": "ms", "target": 0.15},
        {"name": "30 days of minutes replayed", "value": cost(replayed, 1), "unit": "ms", "target": 2000,
         "size": "one objective, 43,200 minutes"},
    ]  # fmt: skip
