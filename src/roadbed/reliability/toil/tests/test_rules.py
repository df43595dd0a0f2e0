"""The arithmetic of toil: six tests, shares, payback with its range, what is captured."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.ground.errors import Invalid
from roadbed.reliability.toil.rules.capturing import AGAIN, BY_ITSELF, LONGEST, NO_FIX, SHORTEST, Page, captured
from roadbed.reliability.toil.rules.classifying import TESTS, category_of, classify, key_of, minutes_of
from roadbed.reliability.toil.rules.measuring import chance_of, share_of
from roadbed.reliability.toil.rules.ranking import DAYS_A_MONTH, Cost, Estimate, cost_of, payback_of


@pytest.mark.parametrize(("text", "minutes"), [("15m", 15), ("15", 15), ("2h", 120), ("1h30m", 90), ("1h 5 min", 65)])
def test_time_is_read_as_people_write_it(text: str, minutes: int):
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["", "0m", "-5m", "soon", "25h", "1d", "h"])
def test_what_is_no_time_is_refused(text: str):
    with pytest.raises(Invalid) as caught:
        minutes_of(text)
    assert caught.value.place.field == "minutes"


def test_four_of_six_tests_make_toil_and_overhead_is_kept_apart():
    names = list(TESTS)
    assert classify("renew a certificate").is_toil
    assert classify("renew", tests=dict.fromkeys(names[:2], False)).is_toil
    assert not classify("renew", tests=dict.fromkeys(names[:3], False)).is_toil
    assert not classify("weekly planning meeting").is_toil
    with pytest.raises(Invalid):
        classify("x", category="fun")
    with pytest.raises(Invalid):
        classify("x", tests={"boring": True})


@pytest.mark.parametrize(
    ("what", "category"),
    [("certificates", "certificates"), ("Grant access", "access"), ("approve deployment", "release"),
     ("merge duplicated records", "release"), ("clean up disk", "capacity"), ("restart gateway", "alerts")],
)  # fmt: skip
def test_a_category_is_read_from_the_words(what: str, category: str):
    assert category_of(what) == category


def test_the_same_task_said_otherwise_has_one_key():
    assert key_of("Restart locker-gateway 12") == key_of("restart  Locker gateway")
    assert key_of("42") == "42"


def test_shares_warn_at_thirty_and_act_at_fifty_percent():
    assert [share_of(hours * 60, people=1, days=28).state for hours in (47, 48, 79, 80)] == [
        "within", "warn", "warn", "act",
    ]  # fmt: skip
    nobody = share_of(60, people=0, days=28)
    assert (nobody.share, nobody.state) == (None, "")


def test_cost_is_the_median_times_how_often_it_comes_with_the_middle_half_around_it():
    assert cost_of([10, 20], days=91) is None
    cost = cost_of([10, 20, 60, 20], days=91)
    assert cost is not None
    assert math.isclose(cost.hours, 20 * 4 / 91 * DAYS_A_MONTH / 60)
    assert cost.low < cost.hours < cost.high


def test_payback_is_never_where_upkeep_eats_the_saving():
    cost = Cost(9, low=1.0, hours=10.0, high=20.0)
    found = payback_of(cost, Estimate(20, 60, upkeep=2))
    assert (found.soonest, found.months, found.latest) == (20 / 18, 40 / 8, None)
    assert found.won == 12 * 8 - 40
    assert payback_of(cost, Estimate(20, 60, upkeep=10)).months is None


@given(st.lists(st.integers(1, 600), min_size=3, max_size=50), st.floats(0.5, 500), st.floats(0, 500), st.floats(0, 50))
@settings(max_examples=50)
def test_ranges_are_in_order_and_nothing_is_infinite(minutes: list[int], low: float, more: float, upkeep: float):
    cost = cost_of(minutes, days=91)
    assert cost is not None
    assert cost.low <= cost.hours <= cost.high
    found = payback_of(cost, Estimate(low, low + more, upkeep))
    known = [months for months in (found.soonest, found.months, found.latest) if months is not None]
    assert known == sorted(known)
    assert all(math.isfinite(months) and months > 0 for months in known)


def test_a_page_that_needed_no_fix_is_captured_and_the_third_one_is_the_same_again():
    def page(**more: object) -> Page:
        values: dict[str, object] = {
            "ended_for": BY_ITSELF, "taken_by": "Mara", "seconds_after_taken": 900.0, "mended": False, "times": 1,
        }  # fmt: skip
        return Page(**(values | more))  # type: ignore[arg-type]

    assert captured(page()) == (NO_FIX, 15)
    assert captured(page(times=3)) == (AGAIN, 15)
    assert captured(page(seconds_after_taken=1.0)) == (NO_FIX, SHORTEST)
    assert captured(page(seconds_after_taken=99_999.0)) == (NO_FIX, LONGEST)
    assert captured(page(taken_by="")) is None
    assert captured(page(mended=True)) is None
    assert captured(page(ended_for="a drill")) is None


def test_one_piece_of_work_more_is_no_change_of_the_load():
    before, after = chance_of([30] * 12), chance_of([30] * 14)
    assert before[1] > after[0]
    assert chance_of([]) == (0, 0)
    assert chance_of([60] * 40)[1] < chance_of([60] * 100)[0]
