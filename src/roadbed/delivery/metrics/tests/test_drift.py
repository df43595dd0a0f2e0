"""The test of a trend: it finds what moved, and seldom cries wolf over what did not."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.delivery.metrics.rules.drift import ALPHA, FEWEST, drift, drifts
from roadbed.delivery.metrics.rules.judging import judge
from roadbed.delivery.metrics.rules.trends import by_week
from roadbed.delivery.metrics.tests.history import NOW, deployed

WEEKS, RUNS = 12, 1500


def alarms(draw: Callable[[], list[float]]) -> float:
    return sum(drift(draw()).direction in ("rising", "falling") for _ in range(RUNS)) / RUNS


def resembling(dice: random.Random, likeness: float) -> list[float]:
    values, last = [], dice.gauss(0, 1)
    for _ in range(WEEKS):
        last = likeness * last + dice.gauss(0, 1)
        values.append(last)
    return values


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    "one",
    [
        lambda dice: float(round(math.exp(dice.gauss(1.5, 0.5)))),
        lambda dice: math.exp(dice.gauss(9, 1.2)),
        lambda dice: float(dice.random() < 0.2) / dice.randint(1, 5),
    ],
    ids=["counts", "spans", "shares"],
)
def test_weeks_that_only_vary_raise_no_alarm(one: Callable[[random.Random], float], seed: int):
    dice = random.Random(seed)  # noqa: S311 - a simulation
    # Three standard errors above what the test promises.
    bound = ALPHA + 3 * math.sqrt(ALPHA / RUNS)
    assert alarms(lambda: [one(dice) for _ in range(WEEKS)]) <= bound


def test_weeks_that_resemble_one_another_seldom_do():
    dice = random.Random(3)  # noqa: S311 - a simulation
    assert alarms(lambda: resembling(dice, 0.5)) <= 0.06


def test_what_moves_is_found():
    dice = random.Random(4)  # noqa: S311 - a simulation
    found = [drift([dice.gauss(0, 1) + 0.6 * week for week in range(WEEKS)]).direction for _ in range(200)]
    assert found.count("rising") > 150
    assert drift([10.0, 9, 8, 7, 6, 5, 4, 3]).direction == "falling"
    assert drift([10.0, 9, 8, 7, 6, 5, 4, 3]).slope == -1


@given(st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False, width=32), max_size=14))
def test_it_never_says_more_than_it_knows(values: list[float | None]):
    found = drift(values)
    assert (found.direction == "unknown") is (sum(one is not None for one in values) < FEWEST)
    assert found.p is None or 0 <= found.p <= 1
    mirrored = drift([None if one is None else -one for one in values])
    assert {found.direction, mirrored.direction} in ({"steady"}, {"unknown"}, {"rising", "falling"})


def test_weeks_before_the_first_deployment_are_no_weeks_without():
    weeks = by_week(judge([deployed(f"d{day}", 24 * day) for day in range(1, 10)], []), until=NOW)
    assert drifts(weeks)["frequency"].direction == "unknown"
