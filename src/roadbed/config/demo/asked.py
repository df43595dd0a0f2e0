"""What the company answers to the diagnostic, twice, and the role that it looks for."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from roadbed.config.demo.playing import Player
from roadbed.ground.people.rules import ROADBED
from roadbed.organization.diagnostic import usecases as diagnostic
from roadbed.organization.diagnostic.rules.questions import BY_KEY
from roadbed.organization.diagnostic.rules.values import FAILURES, STEPS
from roadbed.organization.layers import usecases as layers

PEOPLE: Final = 20
ANSWERED: Final = 17
"""Of them fifteen are shown, and two wait for three more."""

UNKNOWING: Final = 0.06
LATEST, EARLIER = 6, 50

CENTRES: Final[dict[str, float]] = {
    "lead_time": 7.8, "deployment_frequency": 8.2, "recovery_time": 7.2, "hands_off": 7.0,
    "change_fail_rate": 13, "rework_rate": 9, "deploys_alone": 7.6,
    "mental_effort": 6.0, "interruptions": 5.2, "frustration": 5.6, "systems_touched": 6.0, "debugging": 6.6,
    "slo_coverage": 7.4, "budget_policy": 4.6, "toil": 5.2, "review_actions": 5.4,
    "new_service": 8.6, "golden_path": 3.4, "senior_hours": 6.2, "platform_product": 7.6,
}  # fmt: skip
"""What the middle of the company would score, but for the failures, which are percentages."""


def schedule(player: Player, *, days: int) -> None:
    """Ask everybody a while ago and again last week, and let a team look for somebody."""
    earlier = max(LATEST + 1, min(EARLIER, days - 2))
    for ago, better in ((earlier, -0.7), (LATEST, 0.0)):
        at = (player.now - timedelta(days=ago)).replace(hour=9, minute=0, second=0, microsecond=0)
        player.at(at, partial(_ask, better))
    player.at(player.now - timedelta(days=LATEST - 1), _look_for)


def _ask(better: float, at: datetime) -> None:
    secret = diagnostic.open_round(ROADBED, asked=PEOPLE, now=at).secret
    for person in range(ANSWERED):
        chance = random.Random(f"kestrel {better} {person}")  # noqa: S311 - the same company each time
        sheet = diagnostic.begin(round_secret=secret, now=at)
        mood = chance.gauss(better, 0.6)
        answers = {key: None if chance.random() < UNKNOWING else _answer(key, mood, chance) for key in CENTRES}
        diagnostic.answer(sheet, answers, now=at)
        diagnostic.hand_in(sheet, now=at + timedelta(minutes=7 * person))


def _answer(key: str, mood: float, chance: random.Random) -> str | float:
    question = BY_KEY[key]
    if question.kind == FAILURES:
        return float(round(min(60, max(0, chance.gauss(CENTRES[key] - 2 * mood, 3)))))
    value = min(10.0, max(0.0, chance.gauss(CENTRES[key] + mood, 1.4)))
    if question.kind != STEPS:
        return float(5 * round(2 * value))
    return question.options[round(value / 10 * (len(question.options) - 1))].key


def _look_for(at: datetime) -> None:
    layers.open_role(ROADBED, title="DevOps engineer", team="depot", now=at)
