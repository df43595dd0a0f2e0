"""The stored sums against a recount, over histories with gaps, bridged minutes and clocks that go back."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from django.db import transaction

from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.burn_down import _strip
from roadbed.reliability.objectives.columns import all_counts
from roadbed.reliability.objectives.counting import Reader
from roadbed.reliability.objectives.rules.clock import instant
from roadbed.reliability.objectives.rules.minutes import Increment
from roadbed.reliability.objectives.rules.states import state_of
from roadbed.reliability.objectives.rules.targets import Target

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
TARGET = Target.exactly(Decimal("0.9"))
START = 29_000_000
BEGUN = START + 20


class Told:
    """What was said of each minute, one by one."""

    def __init__(self) -> None:
        self.own: dict[int, tuple[int, int]] = {}
        self.newest = START
        self.begins = BEGUN

    def tell(self, increment: Increment) -> None:
        if increment.bridged:
            for minute in range(self.newest + 1, increment.minute):
                self.own.setdefault(minute, (0, 0))
        if increment.measured:
            good, total = self.own.get(increment.minute, (0, 0))
            self.own[increment.minute] = (good + increment.good, total + increment.total)
            self.begins = min(self.begins, increment.minute)
        self.newest = max(self.newest, increment.minute)

    def recount(self, end: int, length: int) -> tuple[int, int, dict[str, int], int]:
        good = total = 0
        states = dict.fromkeys(("good", "bad", "idle", "unmeasured", "excluded"), 0)
        for minute in range(end - length + 1, end + 1):
            held = self.own.get(minute)
            if minute < self.begins:
                assert held is None
                continue
            own_good, own_total = held or (0, 0)
            good, total = good + own_good, total + own_total
            states[state_of(measured=held is not None, good=own_good, total=own_total, target=TARGET)] += 1
        return good, total, states, length - sum(states.values())


@pytest.mark.parametrize("seed", range(12))
def test_every_window_of_every_series_is_what_a_recount_finds(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a history that can be had again, nothing secret
    told = {series: Told() for series in (1, 2, 3, 4)}
    minute = START
    for _ in range(60):
        minute += chance.choice([0, 0, 1, 1, 1, 2, 7, 90, -1, -40])
        _sample(told, minute, chance)
    known = store.heads()
    assert set(known) == set(told)
    # One that ended long ago still has its rows.
    del known[2], told[2]
    for _ in range(25):
        end, lengths = minute + chance.randint(-120, 60), [chance.randint(1, 300) for _ in range(4)]
        windows = {1: tuple(lengths[:2]), 3: tuple(lengths[2:]), 4: tuple(lengths[2:]), 5: (7,)}
        found = all_counts(known, end=end, windows=windows, since=dict.fromkeys(windows, BEGUN))
        for series, oracle in told.items():
            held = {
                length: (counts.good, counts.total, counts.by_state(), counts.before)
                for length, counts in found[series].items()
            }
            assert held == {length: oracle.recount(end, length) for length in windows[series]}
            reader = Reader(series, known[series], BEGUN)
            assert (
                reader.between(end - lengths[2], end)
                == (
                    all_counts(known, end=end, windows={series: lengths[2:3]}, since={series: BEGUN})[series][
                        lengths[2]
                    ]
                )
            )
    assert 5 not in found


def _sample(told: dict[int, Told], minute: int, chance: Random) -> None:
    with transaction.atomic(using=store.ALIAS):
        former = store.heads()
        heads, rows = {}, {}
        for series, oracle in told.items():
            if series == 3 and (minute < START + 50 or chance.random() < 0.3):
                continue
            total = chance.randint(0, 12)
            measured = chance.random() < 0.8
            increment = Increment(
                minute,
                good=chance.randint(0, total) if measured else 0,
                total=total if measured else 0,
                measured=measured,
                bridged=measured and minute - oracle.newest == 2,
            )
            head, rows[series] = store.grow(former.get(series), increment, TARGET, series=series)
            heads[series] = store.StoredHead(head, None, "")
            oracle.tell(increment)
        store.write(heads, rows)


def test_a_hole_has_its_exact_place_in_the_strip_however_often_good_and_bad_alternate() -> None:
    held = {
        minute: (0 if minute % 3 else 5, 5)
        for minute in range(START, START + 4000)
        if not 1503 <= minute - START < 1511
    }
    former, rows = None, []
    for minute, (good, total) in held.items():
        increment = Increment(minute, good=good, total=total, measured=True)
        head, written = store.grow(former, increment, TARGET, series=1)
        former, rows = store.StoredHead(head, None, ""), [*rows, *written]
    assert former is not None
    with transaction.atomic(using=store.ALIAS):
        store.write({1: former}, {1: rows})
    reader = Reader(1, former, START)
    reader.fetch(range(START, START + 4000, 10))
    strip = _strip(reader, START - 1, START + 3999)
    assert [(one.start, one.minutes) for one in strip if one.state == "unmeasured"] == [(instant(START + 1503), 8)]
    assert sum(one.minutes for one in strip) == 4000
