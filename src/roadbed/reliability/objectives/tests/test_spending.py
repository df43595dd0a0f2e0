"""What was spent between two instants, against a recount of the requests that were served."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from roadbed.ground import asks
from roadbed.ground.asks import BudgetSpent
from roadbed.ground.asks.counted import DaysKept
from roadbed.reliability.objectives import usecases
from roadbed.reliability.objectives.tests.conftest import HANNE, NOW, House, slo

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def serve(house: House, *, good: int, bad: int, minutes: int) -> None:
    for _ in range(minutes * 6):
        house.edge.serve(good=good, bad=bad)
        house.tick()


def test_only_the_span_counts_and_its_share_is_of_the_whole_window(house: Any):
    usecases.apply(HANNE, "checkout", text=slo(target="0.9"), now=NOW)
    house.deploy()
    house.tick(60)
    serve(house, good=9, bad=1, minutes=5)
    house.tick(30)
    start = house.now.replace(second=0) + timedelta(minutes=1)
    while house.now < start:
        house.tick(10)
    serve(house, good=5, bad=5, minutes=10)
    (spent,) = asks.put(BudgetSpent(house.checkout, start, house.now))
    assert (spent.bad, spent.total) == (300, 600)
    assert spent.title == "Requests answered"
    # 30 + 300 bad of 900 requests in the window, of which a tenth may be bad: 300 of 90 were spent by the span.
    assert spent.share == pytest.approx(300 / 90)
    # The last reading was taken in the first second of an eleventh minute, and counts there.
    assert spent.bad_minutes == 11
    assert spent.measured_minutes >= 10


def test_what_was_not_measured_is_unknown_and_not_zero(house: Any):
    usecases.apply(HANNE, "checkout", text=slo(), now=NOW)
    (spent,) = asks.put(BudgetSpent(house.checkout, NOW, NOW + timedelta(minutes=5)))
    assert (spent.share, spent.measured_minutes) == (None, 0)
    assert asks.put(BudgetSpent(house.uids["parcels"], NOW, NOW)) == ()


def test_days_are_kept_broken_or_unknown_by_what_was_promised(house: Any):
    usecases.apply(HANNE, "checkout", text=slo(target="0.9"), now=NOW)
    house.deploy()
    house.tick(60)
    serve(house, good=5, bad=5, minutes=3)
    told = asks.put(DaysKept((house.checkout, house.uids["parcels"]), 3, house.now))
    assert list(told) == [house.checkout]
    *before, today = told[house.checkout]
    assert [(day.kept, day.measured_minutes, day.total) for day in before] == [(None, 0, 0)] * 2
    assert (today.kept, today.bad, today.total) == (False, 90, 180)
    assert today.start == house.now.replace(hour=0, minute=0, second=0, microsecond=0)
    serve(house, good=100, bad=0, minutes=3)
    assert asks.put(DaysKept((house.checkout,), 1, house.now))[house.checkout][0].kept
