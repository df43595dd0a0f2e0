"""Slices on the server against an offline recount of the same minutes: late data, exclusions, zones, broken ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction

from roadbed.reliability.objectives import broken, evaluating, store
from roadbed.reliability.objectives.live import Live, live_objectives
from roadbed.reliability.objectives.models import Objective
from roadbed.reliability.objectives.rules.budgeting import Budgeting, budgeting_as_data
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.rules.minutes import Increment
from roadbed.reliability.objectives.rules.periods import Window, window_as_data, window_of
from roadbed.reliability.objectives.rules.slices import Slices
from roadbed.reliability.objectives.tests.conftest import HANNE, House, slo
from roadbed.reliability.objectives.usecases import apply, exclude

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
START = minute_of(datetime(2026, 3, 7, 20, 0, tzinfo=UTC))
WINDOWS = (
    window_of("6h"),
    window_of("400m"),
    window_of("1d", zone="America/New_York", start="2026-01-01 00:00:00"),
    window_of("12h", zone="America/New_York", start="2026-01-01 02:30:00"),
    window_of("1d", zone="Australia/Lord_Howe", start="2026-01-01 00:00:00"),
)
BUDGETINGS = (
    Budgeting("Timeslices", 5, Decimal("0.8")),
    Budgeting("Timeslices", 7, Decimal(1)),
    Budgeting("Timeslices", 60, Decimal("0.5")),
    Budgeting("RatioTimeslices", 1),
    Budgeting("RatioTimeslices", 11),
)


def objective(house: House, window: Window, budgeting: Budgeting) -> Live:
    apply(HANNE, "checkout", text=slo(target="0.9"), now=house.now)
    Objective.objects.update(
        window=window_as_data(window), window_minutes=window.nominal, budgeting=budgeting_as_data(budgeting)
    )
    (one,) = live_objectives()
    return one


class Told:
    """A history told to the store and kept beside it."""

    def __init__(self, one: Live, chance: Random) -> None:
        self.one, self.chance = one, chance
        self.own: dict[int, tuple[int, int]] = {}
        self.cut: list[tuple[int, int]] = []

    def count(self, minute: int) -> None:
        """Add to a minute, in time or late; sometimes more is good than there was."""
        chance = self.chance
        total = chance.choice((0, 0, 1, 2, 9, 100))
        good = chance.randint(0, total) + (chance.random() < 0.01)
        with transaction.atomic(using=store.ALIAS):
            stored = store.heads([self.one.series]).get(self.one.series)
            increment = Increment(minute, good=good, total=total, measured=True)
            head, rows = store.grow(stored, increment, self.one.judged, series=self.one.series)
            store.write({self.one.series: store.StoredHead(head, None, "")}, {self.one.series: rows})
            before = self.own.get(minute, (0, 0))
            self.own[minute] = (before[0] + good, before[1] + total)
            if self.own[minute][0] > self.own[minute][1]:
                broken.note(self.one.series, minute)
            else:
                broken.rewrite(self.one.series, (), first=minute, until=minute + 1)

    def check(self, end: int) -> None:
        """Every figure of the server's slices is that of the brute-force recount."""
        one = self.one
        stand = evaluating.evaluate_all((one,), at=instant(end) + timedelta(seconds=30))[one.pk]
        period = one.window.at(end)
        history = History(one.judged, dict(self.own), min(self.own))
        slices = Slices(history, one.budgeting, one.window, period)
        raw = slices.of_period()
        if self.cut:
            history.exclude(self.cut)
            slices = Slices(history, one.budgeting, one.window, period)
        assert stand.slicing is not None
        found = stand.slicing
        assert found.period == slices.of_period()
        assert found.raw in (raw, None)
        for length, held in found.windows.items():
            assert held == slices.of_window(length), length
        assert (
            stand.verdict.budget.remaining
            == evaluating.evaluate(stand.windows, stand.asked, sliced=found.sliced(period.elapsed)).budget.remaining
        )
        counts = history.counts(end, period.elapsed)
        assert stand.windows[period.elapsed].broken_minutes == counts.broken_minutes


@pytest.mark.parametrize("seed", range(14))
def test_the_servers_slices_are_those_of_a_recount(house: House, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a history that can be had again, nothing secret
    one = objective(house, chance.choice(WINDOWS), chance.choice(BUDGETINGS))
    told, minute = Told(one, chance), START
    told.count(minute)
    for _ in range(9):
        for _ in range(chance.choice((3, 30, 60))):
            minute += chance.choice((1, 1, 1, 1, 2, 5))
            told.count(minute)
        for _ in range(chance.choice((0, 1, 3))):
            told.count(chance.randint(START - 90, minute))
        told.check(minute + chance.choice((0, 1, 40)))
        told.check(minute)
        if chance.random() < 0.4:
            begins = chance.randint(START, minute)
            until = begins + chance.choice((1, 7, 90))
            span = {"starts_at": instant(begins), "ends_at": instant(until)}
            exclude(HANNE, "checkout", **span, reason="work", now=house.now)  # type: ignore[arg-type]
            told.cut.append((begins, until))
            told.check(minute)
