"""Slices on the server against an offline recount of the same minutes: late data, exclusions, zones, broken ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction
from django.test import Client

from roadbed.reliability.objectives import broken, evaluating, previewing, queries, store
from roadbed.reliability.objectives.burning import burn_rates
from roadbed.reliability.objectives.live import Live, live_objectives
from roadbed.reliability.objectives.models import Objective, SliceDue, SliceSum
from roadbed.reliability.objectives.previewing import Wish
from roadbed.reliability.objectives.pushing import CountRow, push
from roadbed.reliability.objectives.rules.allowance import PROJECTED
from roadbed.reliability.objectives.rules.budgeting import Budgeting, budgeting_as_data
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.counts_file import Exclusion, Recorded
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.rules.minutes import Increment
from roadbed.reliability.objectives.rules.offline import Asked, assess
from roadbed.reliability.objectives.rules.periods import Window, window_as_data, window_of
from roadbed.reliability.objectives.rules.slices import Slices
from roadbed.reliability.objectives.rules.specs.reading import read
from roadbed.reliability.objectives.tests.conftest import HANNE, House, scraped_slo, slo
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
            == evaluating.evaluate(stand.windows, stand.asked, sliced=found.sliced).budget.remaining
        )
        counts = history.counts(end, period.elapsed)
        assert stand.windows[period.elapsed].broken_minutes == counts.broken_minutes


@pytest.mark.parametrize("seed", range(9))
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


DAY = """\
apiVersion: openslo/v1
kind: SLO
metadata: {{name: answered, displayName: Answered}}
spec:
  service: checkout
  indicator:
    metadata: {{name: answered-sli}}
    spec:
      ratioMetric:
        counter: true
        good: {{metricSource: {{type: roadbed-push, spec: {{}}}}}}
        total: {{metricSource: {{type: roadbed-push, spec: {{}}}}}}
  timeWindow:
    - duration: 1d
      isRolling: false
      calendar: {{startTime: 2026-01-01 00:00:00, timeZone: America/New_York}}
  budgetingMethod: {method}
  objectives: [{{target: 0.9{slices}}}]
"""
METHODS = {
    "Occurrences": "",
    "Timeslices": ", timeSliceTarget: 0.8, timeSliceWindow: 7m",
    "RatioTimeslices": ", timeSliceWindow: 30m",
}


@pytest.mark.parametrize("method", METHODS)
def test_over_http_a_day_with_a_change_of_the_clock_is_that_of_slo_evaluate(
    house: House, web: Client, method: str
) -> None:
    text = DAY.format(method=method, slices=METHODS[method])
    first = minute_of(datetime(2026, 3, 8, 5, 0, tzinfo=UTC))
    house.now = instant(first) - timedelta(days=1)
    apply(HANNE, "checkout", text=text, now=house.now)
    (one,) = live_objectives()
    chance = Random(5)  # noqa: S311 - as above
    own = {first + n: (9 if chance.random() < 0.9 else 2, 10) for n in range(700) if n not in range(90, 200)}
    at = instant(first + 700)
    for part in (0, 3, 1, 2):
        rows = [CountRow(instant(minute), *pair) for minute, pair in own.items() if (minute - first) // 175 == part]
        push(HANNE, one.uid, rows, now=at)
        evaluating.evaluate_all((one,), at=at - timedelta(seconds=1))
    wish = Wish(one.service_uid, "", instant(first + 300), instant(first + 325))
    (foretold,) = previewing.excluding(wish).effects
    exclude(HANNE, "checkout", starts_at=wish.starts_at, ends_at=wish.ends_at, reason="work", now=at)
    evaluating.evaluate_all((one,), at=at - timedelta(seconds=1))
    (definition,) = read(text, file="slo.yaml").definitions
    cut = (Exclusion((first + 300, first + 325), "work"),)
    (outcome,) = assess([definition], Asked(Recorded(own, 0), first + 699, first, cut))
    shown, told = web.get(f"/api/v1/objectives/{one.uid}").json(), outcome.data
    assert shown["remaining"] == told["remaining"]
    assert (foretold.raw.remaining, foretold.then.remaining) == (told["raw"]["remaining"], told["remaining"])
    assert foretold.now == foretold.raw
    for pair in shown["pairs"]:
        rates = burn_rates(one.uid, pair=pair["name"])
        assert rates is not None
        assert (rates.points[-1].short, rates.points[-1].long) == (pair["short_burn"], pair["long_burn"])
    assert shown["slices"] == told["slices"]
    assert shown["allowance"] == told["allowance"]
    assert shown["raw"]["remaining"] == told["raw"]["remaining"]
    assert [pair["words"] for pair in shown["pairs"]] == [alert["reason"] for alert in told["alerts"]]
    assert shown["window_minutes"] == 700
    if method == "Occurrences":
        assert (shown["slices"], shown["allowance"]["basis"]) == (None, "elapsed only")
        assert shown["allowance"]["projected_allowed"] == 10 * (23 * 60 - 25) // 10
        return
    length = {"Timeslices": 7, "RatioTimeslices": 30}[method]
    assert (shown["slices"]["whole"], shown["allowance"]["basis"]) == (-(-23 * 60 // length), PROJECTED)
    spent = web.get(f"/api/v1/objectives/{one.uid}/attribution").json()
    assert (spent["unit"], spent["bad"]) == ("slices", pytest.approx(shown["slices"]["spent"]))
    line = web.get(f"/api/v1/objectives/{one.uid}/burn-down").json()["points"]
    assert line[-1]["remaining"] == pytest.approx(shown["remaining"])


def test_a_target_of_slices_that_is_edited_judges_all_of_them_anew_and_forgets_no_other(house: House) -> None:
    one = objective(house, window_of("6h"), Budgeting("Timeslices", 5, Decimal("0.8")))
    told = Told(one, Random(1))  # noqa: S311 - as above
    for minute in range(START, START + 120):
        told.count(minute)
    told.check(START + 119)
    Objective.objects.update(budgeting=budgeting_as_data(Budgeting("Timeslices", 15, Decimal("0.99"))))
    (one,) = live_objectives()
    told.one = one
    told.check(START + 119)
    kept = SliceSum.objects.using(store.ALIAS)
    assert {row.until % 15 for row in kept.all()} == {0}
    Objective.objects.update(window=window_as_data(window_of("1d")))
    (told.one,) = live_objectives()
    told.check(START + 119)
    assert not SliceDue.objects.using(store.ALIAS).exists()


def test_a_minute_with_more_good_than_there_was_breaks_the_indicator_though_the_sum_looks_right(house: House) -> None:
    def page(good: int, total: int) -> None:
        house.pages.held[9100] = {"good_total": float(good), "asked_total": float(total)}

    house.deploy(port=9100)
    page(0, 0)
    house.pages.started_at = house.now
    apply(HANNE, "checkout", text=scraped_slo("good_total", "asked_total"), now=house.now)
    (one,) = live_objectives()
    good = total = 0
    for more_good, more in ((10, 10), (9, 10), (12, 10), (5, 10)):
        good, total = good + more_good, total + more
        page(good, total)
        house.tick(60)
    (view,) = queries.objectives_of(house.checkout)
    assert (view.good, view.total, view.standing, view.remaining) == (36, 40, "broken", None)
    assert "in 1 of its minutes" in view.top_line
    ((first, until),) = broken.spans([one.series])[one.series].spans
    span = {"starts_at": instant(first), "ends_at": instant(until)}
    exclude(HANNE, "checkout", **span, reason="broken", now=house.now)  # type: ignore[arg-type]
    house.tick(1)
    (view,) = queries.objectives_of(house.checkout)
    assert (view.good, view.total, view.standing) == (24, 30, "spent")
    page(good + 3, total)
    house.tick(1)
    assert queries.objectives_of(house.checkout)[0].standing == "spent"
    page(good + 8, total)
    house.tick(1)
    assert queries.objectives_of(house.checkout)[0].standing == "broken"
    page(good + 8, total + 8)
    house.tick(1)
    assert queries.objectives_of(house.checkout)[0].standing == "spent"
