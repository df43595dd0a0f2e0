"""The arithmetic against a brute-force recount, and the edge table of the field, case by case."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.reliability.objectives.rules.budget import budget
from roadbed.reliability.objectives.rules.budgeting import Budgeting
from roadbed.reliability.objectives.rules.burn import burn
from roadbed.reliability.objectives.rules.counters import from_zero, take
from roadbed.reliability.objectives.rules.counts import ZERO, Counts, of_minute
from roadbed.reliability.objectives.rules.evaluation import Evaluation, Question, evaluate, judge, needed_windows
from roadbed.reliability.objectives.rules.figures import figures_of
from roadbed.reliability.objectives.rules.forecast import exhaustion, interval, returns_after
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.rules.kept import kept_of, sliced_of, text_of
from roadbed.reliability.objectives.rules.minutes import Head, Increment, advance, amend, bridges
from roadbed.reliability.objectives.rules.periods import Window
from roadbed.reliability.objectives.rules.slices import Slices, of_minutes
from roadbed.reliability.objectives.rules.states import state_of
from roadbed.reliability.objectives.rules.tables import table_of
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.thresholds import PAIRS, lowest_target, proven, reachable

THREE_NINES = Target.exactly(Decimal("0.999"))
MONTH = 30 * 24 * 60


def of(*, good: int, total: int, minutes: int = MONTH, measured: int | None = None) -> Counts:
    return Counts(minutes, good, total, minutes if measured is None else measured, 0, 0)


def assess(history: History, *, end: int, target: Target = THREE_NINES, period: int = MONTH) -> Evaluation:
    windows = {length: history.counts(end, length) for length in needed_windows(period)}
    return evaluate(windows, Question(target, period, period, measured_now=True))


# The oracle: every minute looked at on its own, no sums kept.

minutes_strategy = st.dictionaries(
    st.integers(min_value=0, max_value=200),
    st.tuples(st.integers(min_value=0, max_value=50), st.integers(min_value=0, max_value=50)).map(
        lambda pair: (min(pair), max(pair))
    ),
    max_size=120,
)
targets = st.sampled_from([Decimal("0.5"), Decimal("0.9"), Decimal("0.99"), Decimal("0.999")]).map(Target.exactly)


def recount(
    own: dict[int, tuple[int, int]], target: Target, *, end: int, length: int, excluded: frozenset[int] = frozenset()
) -> tuple[int, int, dict[str, int]]:
    good = total = 0
    states = dict.fromkeys(("good", "bad", "idle", "unmeasured", "excluded"), 0)
    for minute in range(end - length + 1, end + 1):
        if minute in excluded:
            states["excluded"] += 1
            continue
        held = own.get(minute)
        if held:
            good, total = good + held[0], total + held[1]
        states[
            state_of(
                measured=held is not None, good=held[0] if held else 0, total=held[1] if held else 0, target=target
            )
        ] += 1
    return good, total, states


@given(
    own=minutes_strategy,
    target=targets,
    end=st.integers(-5, 230),
    length=st.integers(1, 240),
    excluded=st.frozensets(st.integers(0, 200), max_size=30),
)
def test_a_window_is_the_same_as_an_exact_recount(own: Any, target: Any, end: Any, length: Any, excluded: Any):
    history = History(target)
    for minute, (good, total) in own.items():
        history.count(minute, good=good, total=total)
    history.exclude((minute, minute + 1) for minute in excluded)
    counts = history.counts(end, length)
    good, total, states = recount(own, target, end=end, length=length, excluded=excluded)
    assert (counts.good, counts.total, counts.by_state()) == (good, total, states)
    assert sum(counts.by_state().values()) == length


class Oracle:
    """A service that counts events, read now and then, with everything that goes wrong in between."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.head: Head | None = None
        self.rows: dict[int, object] = {}
        self.own: dict[int, tuple[int, int]] = {}

    def add(self, minute: int, good: int, total: int) -> None:
        before = self.own.get(minute, (0, 0))
        self.own[minute] = (before[0] + good, before[1] + total)
        increment = Increment(minute, good=good, total=total, measured=True)
        if self.head is not None and minute < self.head.minute:
            self._late(increment)
            return
        self.head, rows = advance(self.head, increment, self.target)
        self.rows |= {row.minute: row.cumulative for row in rows}

    def _late(self, increment: Increment) -> None:
        until = self.until(increment.minute)
        more = amend(until - self.until(increment.minute - 1), increment, self.target)
        self.rows.setdefault(increment.minute, until)
        self.rows = {m: held + more if m >= increment.minute else held for m, held in self.rows.items()}
        assert self.head is not None
        self.head = Head(
            self.head.first,
            self.head.minute,
            self.head.cumulative + more,
            self.head.good,
            self.head.total,
            self.head.state,
        )

    def until(self, minute: int):
        earlier = [known for known in self.rows if known <= minute]
        return self.rows[max(earlier)] if earlier else ZERO


@given(
    events=st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 20), st.integers(0, 20)).map(
            lambda event: (event[0], min(event[1:]), max(event[1:]))
        ),
        max_size=60,
    ),
    target=targets,
    end=st.integers(0, 70),
    length=st.integers(1, 75),
)
def test_late_and_disordered_minutes_give_the_same_as_a_recount(events: Any, target: Any, end: Any, length: Any):
    oracle = Oracle(target)
    for minute, good, total in events:
        oracle.add(minute, good, total)
    counts = Counts.between(oracle.until(end - length), oracle.until(end), minutes=length)
    good, total, states = recount(oracle.own, target, end=end, length=length)
    assert (counts.good, counts.total, counts.by_state()) == (good, total, states)


@given(data=st.data())
def test_counters_with_restarts_duplicates_and_disorder_are_counted_once(data: Any):
    epochs: dict[str, int] = {"e0": 0}
    kept: dict[str, dict[str, int]] = {"e0": {"requests": 0}}
    readings: list[tuple[str, int]] = []
    happened, counted, epoch = 0, 0, "e0"
    for _ in range(data.draw(st.integers(1, 25))):
        step = data.draw(st.sampled_from(["count", "restart", "read", "again", "older"]))
        if step == "count":
            events = data.draw(st.integers(0, 9))
            epochs[epoch] += events
            happened += events
        elif step == "restart":
            counted += _take(kept, epoch, epochs[epoch])
            epoch = f"e{len(epochs)}"
            epochs[epoch] = 0
        elif step == "read":
            readings.append((epoch, epochs[epoch]))
            counted += _take(kept, *readings[-1])
        elif readings:
            counted += _take(kept, *(readings[-1] if step == "again" else readings[0]))
    counted += _take(kept, epoch, epochs[epoch])
    assert counted == happened


def _take(kept: dict[str, dict[str, int]], epoch: str, value: int) -> int:
    taken = take(kept.get(epoch), {"requests": value}, restarts_show=True, from_zero=True)
    kept[epoch] = taken.values
    return taken.added["requests"]


def test_a_reset_without_an_epoch_counts_from_zero():
    taken = take({"requests": 900}, {"requests": 7}, restarts_show=False, from_zero=True)
    assert taken.added == {"requests": 7}
    assert taken.went_back == ("requests",)


def test_a_counter_born_with_errors_counts_them_where_its_birth_is_known():
    assert take({"ok": 10}, {"ok": 10, "failed": 600}, restarts_show=True, from_zero=False).added["failed"] == 600
    assert take(None, {"failed": 600}, restarts_show=True, from_zero=True).added["failed"] == 600
    assert from_zero(known_before=False, born=1000.0, now=1600.0)
    assert not from_zero(known_before=False, born=1000.0, now=900_000.0)
    assert not from_zero(known_before=False, born=None, now=1600.0)


# The edge table of the field.


def test_no_traffic_for_hours_leaves_the_budget_unchanged():
    history = History(THREE_NINES)
    for minute in range(MONTH - 600, MONTH - 300):
        history.count(minute, good=99, total=100)
    busy = assess(history, end=MONTH - 301)
    for minute in range(MONTH - 300, MONTH):
        history.count(minute, good=0, total=0)
    quiet = assess(history, end=MONTH - 1)
    assert quiet.budget.remaining == busy.budget.remaining
    assert quiet.period.idle == 300
    assert quiet.burns[60] is None
    assert not quiet.paging


def test_a_whole_window_without_traffic_is_idle_and_claims_nothing():
    history = History(THREE_NINES)
    for minute in range(MONTH):
        history.count(minute, good=0, total=0)
    evaluation = assess(history, end=MONTH - 1)
    assert evaluation.standing == "idle"
    assert evaluation.budget.remaining is None


def test_a_target_that_is_gone_is_unmeasured_and_never_an_unqualified_hundred():
    history = History(THREE_NINES)
    for minute in range(MONTH - 280):
        history.count(minute, good=10, total=10)
    evaluation = assess(history, end=MONTH - 1)
    assert evaluation.period.unmeasured == 280
    assert evaluation.period.coverage == (MONTH - 280) / MONTH
    assert "99.4% of that time was measured" in figures_of(evaluation)["top_line"]
    nothing = assess(History(THREE_NINES), end=MONTH - 1)
    assert nothing.standing == "unmeasured"
    assert nothing.budget.remaining is None
    assert figures_of(nothing)["top_line"].startswith("No data")


def test_one_error_in_twenty_requests_an_hour_pages_nobody():
    history = History(THREE_NINES)
    for minute in range(0, MONTH, 3):
        history.count(minute, good=1, total=1)
    history.count(MONTH - 1, good=0, total=1)
    evaluation = assess(history, end=MONTH - 1)
    fast = evaluation.pairs[0]
    assert fast.short_burn is not None
    assert fast.short_burn > fast.factor
    assert fast.held_back
    assert not any(pair.firing for pair in evaluation.pairs)


def test_a_service_that_fails_everything_pages():
    history = History(THREE_NINES)
    for minute in range(MONTH):
        bad = minute >= MONTH - 10
        history.count(minute, good=0 if bad else 6, total=6)
    evaluation = assess(history, end=MONTH - 1)
    assert evaluation.paging
    assert evaluation.standing == "burning"
    assert evaluation.pairs[0].long_burn == pytest.approx(1000 * 60 / 360)


def test_quiet_hours_within_busy_days_weigh_what_their_events_weigh():
    history = History(THREE_NINES)
    for minute in range(72 * 60):
        history.count(minute, good=6000, total=6000)
    for minute in range(16 * 60):
        history.count(minute, good=5 if minute % 2 else 6, total=6)
    counts = history.counts(72 * 60 - 1, 72 * 60)
    total = 56 * 60 * 6000 + 16 * 60 * 6
    assert (counts.bad, counts.total) == (480, total)
    remaining = budget(counts, THREE_NINES).remaining
    assert remaining == float(1 - Fraction(480 * 1000, total))
    assert remaining is not None
    assert remaining > 0.97


@pytest.mark.parametrize("share", ["0", "1", "1.0", "1.5", "-0.1"])
def test_a_target_of_everything_or_nothing_is_refused(share: Any):
    with pytest.raises(ValueError, match="between 0 and 100"):
        Target.exactly(Decimal(share))


def test_more_good_than_total_is_a_broken_indicator():
    history = History(THREE_NINES)
    for minute in range(MONTH):
        history.count(minute, good=11, total=10)
    evaluation = assess(history, end=MONTH - 1)
    assert evaluation.standing == "broken"
    assert evaluation.budget.remaining is None
    assert set(evaluation.burns.values()) == {None}


# Formulas.


def test_factors_follow_from_the_share_of_the_budget_they_spend():
    assert [float(pair.factor(MONTH)) for pair in PAIRS] == [14.4, 6.0, 3.0, 1.0]
    assert [float(pair.factor(28 * 1440)) for pair in PAIRS] == pytest.approx([13.44, 5.6, 2.8, 0.9333333333])
    assert [float(pair.factor(7 * 1440)) for pair in PAIRS] == pytest.approx([3.36, 1.4, 0.7, 0.2333333333])


def test_a_factor_is_reachable_only_above_its_lowest_target():
    factor = PAIRS[0].factor(MONTH)
    assert lowest_target(factor) == pytest.approx(0.930555, abs=1e-6)
    assert not reachable(Target.exactly(Decimal("0.93")), factor)
    assert reachable(Target.exactly(Decimal("0.9306")), factor)
    assert lowest_target(PAIRS[1].factor(MONTH)) == pytest.approx(5 / 6)


def test_proof_agrees_with_the_exact_binomial_tail():
    for bad, total, limit in [(1, 20, 0.0144), (2, 20, 0.0144), (10, 400, 0.0144), (12, 400, 0.0144)]:
        below = sum(math.comb(total, k) * limit**k * (1 - limit) ** (total - k) for k in range(bad))
        assert proven(bad, total, limit) == (1 - below < 0.05)
    assert not proven(0, 10, 0.1)
    assert proven(1, 10, 0.0)
    assert not proven(10, 10, 1.0)
    assert proven(200, 1000, 0.0144)


def test_exhaustion_counts_from_what_is_left():
    forecast = exhaustion(0.5, of(good=994, total=1000, minutes=360), THREE_NINES, period=MONTH, basis=360)
    assert forecast is not None
    assert forecast.minutes == pytest.approx(0.5 * MONTH / 6)
    assert forecast.earliest < forecast.minutes
    assert forecast.latest is not None
    assert forecast.latest > forecast.minutes
    assert exhaustion(0.5, of(good=1000, total=1000, minutes=360), THREE_NINES, period=MONTH, basis=360) is None
    assert exhaustion(-0.1, of(good=0, total=10, minutes=360), THREE_NINES, period=MONTH, basis=360) is None
    assert exhaustion(None, of(good=0, total=10, minutes=360), THREE_NINES, period=MONTH, basis=360) is None


@given(total=st.integers(1, 10**9), data=st.data())
def test_an_interval_holds_its_share(total: Any, data: Any):
    bad = data.draw(st.integers(0, total))
    bounds = interval(bad, total)
    assert bounds is not None
    assert 0 <= bounds[0] <= bad / total <= bounds[1] <= 1


@given(bads=st.lists(st.integers(0, 5), min_size=30, max_size=30))
def test_a_spent_budget_returns_when_enough_of_the_bad_has_left(bads: Any):
    window = of(good=1000 * 30 - sum(bads), total=1000 * 30, minutes=30)
    found = returns_after(window, THREE_NINES, lambda minutes: sum(bads[:minutes]), period=30)
    allowed = Fraction(30)
    first = next(m for m in range(31) if sum(bads) - sum(bads[:m]) < allowed)
    assert found == (None if first == 0 else first)


@given(
    own=minutes_strategy,
    target=targets,
    end=st.integers(0, 260),
    measured_now=st.booleans(),
)
@settings(max_examples=60)
def test_nothing_ever_leaves_as_nan_or_infinity(own: Any, target: Any, end: Any, measured_now: Any):
    history = History(target)
    for minute, (good, total) in own.items():
        history.count(minute, good=total if minute % 7 else good, total=good if minute % 11 == 0 else total)
    windows = {length: history.counts(end, length) for length in needed_windows(MONTH)}
    figures = figures_of(evaluate(windows, Question(target, MONTH, MONTH, measured_now=measured_now)))
    assert json.loads(json.dumps(figures, allow_nan=False)) is not None
    for length, counts in windows.items():
        rate = burn(counts, target)
        assert rate is None or math.isfinite(rate), length


# Minutes between readings.


def test_a_gaps_counts_belong_to_the_minute_that_ends_it_and_short_gaps_are_measured():
    head, _ = advance(None, Increment(100, good=5, total=5, measured=True), THREE_NINES)
    head, rows = advance(head, Increment(102, good=7, total=7, measured=True, bridged=True), THREE_NINES)
    assert [row.minute for row in rows] == [101, 102]
    assert rows[-1].cumulative.measured == 3
    assert rows[0].cumulative.idle == 1
    head, rows = advance(head, Increment(110, good=9, total=9, measured=True), THREE_NINES)
    assert [row.minute for row in rows] == [110]
    assert (head.cumulative.measured, head.cumulative.total) == (4, 21)
    assert Counts.between(ZERO, head.cumulative, minutes=11).unmeasured == 7


def test_only_near_readings_bridge_and_a_clock_set_back_bridges_nothing():
    assert bridges(before=1000.0, now=1090.0)
    assert not bridges(before=1000.0, now=1090.5)
    assert not bridges(before=1000.0, now=999.0)
    assert not bridges(before=None, now=999.0)


def test_a_minute_is_judged_by_the_target_in_force_and_leaves_no_trace_when_it_is_judged_anew():
    head, _ = advance(None, Increment(1, good=9, total=10, measured=True), Target.exactly(Decimal("0.5")))
    assert head.cumulative == of_minute(good=9, total=10, state="good")
    head, _ = advance(head, Increment(1, measured=True), THREE_NINES)
    assert head.cumulative == of_minute(good=9, total=10, state="bad")


# What is kept of an evaluation.


@given(
    own=minutes_strategy,
    excluded=st.frozensets(st.integers(0, 200), max_size=30),
    end=st.integers(0, 230),
    sliced=st.booleans(),
    table=st.sampled_from(["roadbed", "pyrra", "page 2 5m/1h"]),
)
@settings(max_examples=60)
def test_what_is_kept_gives_every_figure_again(own: Any, excluded: Any, end: int, sliced: Any, table: str):
    target, judged = Target.exactly(Decimal("0.9")), Target.exactly(Decimal("0.5"))
    history = History(judged if sliced else target)
    for minute, (good, total) in own.items():
        history.count(minute, good=good, total=total)
    asked = Question(target, MONTH, MONTH + 60, measured_now=end in own, table=table_of(table))
    lengths = needed_windows(MONTH, asked.table, length=MONTH + 60)
    raw = history.counts(end, MONTH)
    history.exclude((minute, minute + 1) for minute in excluded)
    windows = {length: history.counts(end, length) for length in lengths}
    text = text_of(windows, asked, minute_slices=sliced, raw=raw, returns_after=7, problem='no "page"')
    kept = kept_of(text)
    assert kept is not None
    slices = sliced_of(windows, asked, minute_slices=sliced)
    assert kept.evaluation == evaluate(windows, asked, sliced=slices)
    assert kept.evaluation.verdict == judge(windows, asked, sliced=slices)
    assert kept.raw is not None
    assert (kept.raw.counts, kept.returns_after, kept.problem) == (raw, 7, 'no "page"')


@given(own=minutes_strategy, excluded=st.frozensets(st.integers(0, 200), max_size=30), end=st.integers(0, 230))
@settings(max_examples=60)
def test_slices_of_a_minute_are_the_minutes_themselves(own: Any, excluded: Any, end: int):
    history = History(Target.exactly(Decimal("0.5")))
    for minute, (good, total) in own.items():
        history.count(minute, good=good, total=total)
    history.exclude((minute, minute + 1) for minute in excluded)
    window = Window.rolling(120)
    budgeting = Budgeting("Timeslices", 1, Decimal("0.5"))
    slices = Slices(history, budgeting, window, window.at(end))
    found = of_minutes({60: history.counts(end, 60), 120: history.counts(end, 120)}, period=120, length=120)
    assert found.budget == slices.of_period().budgeted
    assert found.windows[60] == slices.of_window(60).judged
