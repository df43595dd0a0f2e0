"""When a promise begins: with its series, or with the first minute counted if that is earlier."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from roadbed.ground.gates.rules import Question
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.objectives import queries, usecases
from roadbed.reliability.objectives.gate import error_budget
from roadbed.reliability.objectives.importing import Counted
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.counts import ZERO, Counts
from roadbed.reliability.objectives.rules.counts_file import Exclusion, Recorded
from roadbed.reliability.objectives.rules.minutes import Head, promised_from
from roadbed.reliability.objectives.rules.offline import Asked, assess
from roadbed.reliability.objectives.rules.openslo.reading import read
from roadbed.reliability.objectives.rules.spans import touched
from roadbed.reliability.objectives.rules.windows import minutes_of
from roadbed.reliability.objectives.tests.conftest import HANNE, NOW, House, slo
from roadbed.reliability.objectives.tests.test_pushing import pushed_slo

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
MONTH = 30 * 1440


def define(house: House, text: str | None = None) -> None:
    usecases.apply(HANNE, "checkout", text=text or slo(target="0.9"), now=house.now)


def only(house: House) -> queries.ObjectiveView:
    (view,) = queries.objectives_of(house.checkout)
    return view


def test_a_new_objective_is_covered_by_what_was_measured_since_it_was_promised(house: House):
    define(house)
    house.deploy()
    for _ in range(30):
        house.edge.serve(good=10)
        house.tick()
    view = only(house)
    assert (view.coverage, view.minutes["unmeasured"], view.minutes_before) == (1.0, 0, MONTH - 6)
    assert view.top_line == "100% of the budget is left: 0 bad of 300 over 30 days. It began 6 minutes ago."
    (reason,) = error_budget(Question(house.checkout, "checkout", "production", "feature"), house.now)
    assert "Only" not in reason.text
    assert reason.figures["coverage"] == 1.0


def test_one_that_was_never_measured_is_unmeasured_since_it_was_promised(house: House):
    define(house)
    house.tick(3600)
    house.tick(3600)
    view = only(house)
    assert (view.coverage, view.minutes["unmeasured"], view.minutes_before) == (0.0, 121, MONTH - 121)


def test_what_was_brought_in_from_before_begins_earlier_and_its_holes_are_unmeasured(house: House):
    define(house)
    start = minute_of(NOW) - 600
    counted = [Counted(start, 5, 5), Counted(start + 300, 5, 5)]
    usecases.import_minutes(HANNE, only(house).uid, counted, read_at=instant(start + 301), now=NOW)
    house.deploy()
    house.tick()
    view = only(house)
    assert (sum(view.minutes.values()), view.minutes_before) == (601, MONTH - 601)
    assert view.coverage == 3 / 601
    assert "It began 10 hours ago. Only 0.5% of the time since was measured." in view.top_line


def test_another_indicator_begins_anew_and_another_target_does_not(house: House):
    define(house)
    house.deploy()
    house.tick(7200)
    define(house, slo(target="0.8"))
    house.tick(60)
    assert only(house).minutes_before == MONTH - 122
    define(house, slo(target="0.8", latency=300))
    house.tick(60)
    assert (only(house).minutes_before, only(house).coverage) == (MONTH - 2, 0.5)


def test_a_clock_set_back_with_nobody_to_read_begins_nothing(house: House):
    define(house)
    house.deploy()
    house.edge.serve(good=1)
    house.tick()
    house.edge.down = "HAProxy does not answer"
    house.tick(-7200)
    house.edge.down = ""
    house.tick(7260)
    assert only(house).minutes_before == MONTH - 2


def test_a_source_that_failed_at_once_leaves_the_promise_where_it_was_given():
    nothing = Head(100, 100, ZERO, 0, 0, "unmeasured")
    assert promised_from(nothing, 5000) == 5000
    counted = nothing._replace(cumulative=ZERO._replace(measured=1, idle=1))
    assert (promised_from(counted, 5000), promised_from(counted, 50)) == (100, 50)


def test_what_is_excluded_before_the_promise_is_before_it_and_not_excluded():
    window = Counts(10, 0, 0, 0, 0, 0, before=6)
    cut = Counts(4, 0, 0, 0, 0, 0, before=3)
    held = window.without(cut)
    assert (held.before, held.excluded, held.counting) == (6, 1, 3)


SLICED = (
    slo(target="0.9")
    .replace("budgetingMethod: Occurrences", "budgetingMethod: Timeslices")
    .replace("- target: 0.9", "- target: 0.9\n      timeSliceTarget: 0.5\n      timeSliceWindow: 1m")
)


def test_the_strip_the_budget_of_time_and_what_spent_it_leave_out_what_was_before(house: House):
    define(house, SLICED)
    house.deploy()
    usecases.exclude(
        HANNE, "checkout", starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(minutes=2), reason="Move",
        now=NOW,
    )  # fmt: skip
    for bad in (0, 0, 0, 9, 0, 9):
        house.edge.serve(good=1, bad=bad)
        house.tick(60)
    view, chart, spent = only(house), queries.burn_down(only(house).uid), queries.attribution(only(house).uid)
    assert chart is not None
    assert spent is not None
    assert [(one.state, one.minutes) for one in chart.stretches] == [
        ("before", MONTH - 7), ("excluded", 2), ("good", 3), ("bad", 2),
    ]  # fmt: skip
    assert chart.minutes_before == view.minutes_before == MONTH - 7
    assert chart.points[-1].remaining == view.remaining == pytest.approx(1 - 2 / (0.1 * (MONTH - 2)))
    assert spent.unattributed_share == pytest.approx(2 / (0.1 * (MONTH - 2)))


@pytest.mark.parametrize("text", [pushed_slo(), pushed_slo(window="7d")])
@pytest.mark.parametrize("seed", range(3))
def test_the_server_says_what_an_evaluation_offline_says(house: House, text: str, seed: int):
    chance, end = Random(seed), minute_of(NOW)  # noqa: S311 - a history that can be had again
    house.now = NOW - timedelta(minutes=chance.choice([0, 60, 200]))
    begins = minute_of(house.now)
    define(house, text)
    own = {minute: (chance.randint(0, 9), 9) for minute in chance.sample(range(end - 100, end + 1), 60)} | {end: (9, 9)}
    rows = [usecases.CountRow(instant(minute), *held) for minute, held in own.items()]
    chance.shuffle(rows)
    for start in range(0, len(rows), 25):
        usecases.push(HANNE, only(house).uid, rows[start : start + 25], now=NOW)
    spans = [touched(NOW - timedelta(minutes=90), NOW - timedelta(minutes=70))]
    usecases.exclude(
        HANNE, "checkout", starts_at=NOW - timedelta(minutes=90), ends_at=NOW - timedelta(minutes=70), reason="Move",
        now=NOW,
    )  # fmt: skip
    usecases.sample(ROADBED, now=NOW)
    page, definitions = queries.require_objective(only(house).uid), read(text, file="slo.yaml").definitions
    excluded = tuple(Exclusion(span, "Move") for span in spans)
    windows = tuple((one.window, minutes_of(one.window) or 0) for one in page.windows)
    ((offline,),) = [assess(definitions, Asked(Recorded(own, len(own)), end, min(begins, *own), excluded, windows))]
    view, told = page.view, offline.data
    for name in ("good", "total", "attainment", "remaining", "coverage", "minutes", "standing", "top_line"):
        assert getattr(view, name) == told[name], name
    assert view.minutes_before == told["history"]["minutes_before"]
    assert {
        one.window: (one.good, one.total, one.burn, one.coverage, one.minutes, one.before) for one in page.windows
    } == {
        name: tuple(one[field] for field in ("good", "total", "burn", "coverage", "minutes", "before"))
        for name, one in told["windows"].items()
    }
