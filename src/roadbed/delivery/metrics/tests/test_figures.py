"""Figures: hand-computed values, honest intervals, no data where there is none, open incidents kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.delivery.metrics.editions import editions
from roadbed.delivery.metrics.rules import benchmarks, estimates, figures, trends
from roadbed.delivery.metrics.rules.figures import Measured, measure
from roadbed.delivery.metrics.rules.judging import judge
from roadbed.delivery.metrics.rules.values import Deployment, Incident
from roadbed.delivery.metrics.tests.history import NOW, SINCE, at, commit, deployed, incident

HOUR = 3600.0


def measured(
    deployments: list[Deployment], incidents: list[Incident] | None = None, *, once: bool = False, days: int = 28
) -> Measured:
    by_service: dict[str, list[Deployment]] = {}
    for one in deployments:
        by_service.setdefault(one.service_uid, []).append(one)
    known = incidents or []
    judged = [one for of in by_service.values() for one in judge(of, known)]
    return measure(judged, known, since=NOW - timedelta(days=days), until=NOW, onboarded=SINCE, once=once)


def test_without_deployments_there_is_no_data_and_never_zero():
    none = measured([], [incident("i1", 10, 9)])
    assert [(one.value, one.n) for one in none.five] == [(None, 0)] * 5
    assert all(one.why for one in none.five)
    assert none.time_to_restore.value == HOUR


def test_weeks_without_any_count_from_onboarding_on():
    four = [deployed(f"d{day}", 24 * day + 1, sha=f"s{day}") for day in (1, 2, 3, 20)]
    frequency = measured(four).frequency
    assert (frequency.value, frequency.n, frequency.low, frequency.high) == (1.0, 4, 0.0, 3.0)
    young = measure(judge(four[:2], []), [], since=SINCE, until=NOW, onboarded=at(72))
    assert (young.frequency.value, young.weeks, young.frequency.low) == (2.0, 1.0, None)


def test_a_commit_in_two_services_is_two_pairs_and_one_for_the_organization_at_the_latest():
    history = [
        deployed("a0", 200, service="a"),
        deployed("b0", 200, service="b"),
        deployed("a1", 90, commit("c1"), service="a"),
        deployed("b1", 60, commit("c1"), service="b"),
    ]
    assert (measured(history).lead_time.n, measured(history).lead_time.value) == (2, 25 * HOUR)
    once = measured(history, once=True).lead_time
    assert (once.n, once.value) == (1, 40 * HOUR)


def test_lead_time_has_quantiles_between_neighbours_and_an_interval_from_six_on():
    history = [deployed("d0", 500)] + [
        deployed(f"d{hours}", 100 - hours, commit(f"c{hours}", hours=100)) for hours in range(1, 11)
    ]
    lead = measured(history).lead_time
    assert (lead.n, lead.value, lead.p75, lead.p90) == (10, 5.5 * HOUR, 7.75 * HOUR, 9.1 * HOUR)
    # Ten values: the second and the ninth enclose the median with 97.9%.
    assert (lead.low, lead.high) == (2 * HOUR, 9 * HOUR)
    assert measured(history[:5]).lead_time.low is None
    only_first = measured(history[:1]).lead_time
    assert (only_first.value, only_first.why[:18]) == (None, "A first deployment")


def test_the_fail_rate_counts_a_deployment_once_however_many_incidents_it_caused():
    history = [deployed("d0", 200), deployed("d1", 90, commit("c1"))]
    rate = measured(history, [incident("i1", 89, 80, cause="d1"), incident("i2", 85, 80, cause="d1")]).fail_rate
    assert (rate.value, rate.hits, rate.n) == (0.5, 1, 2)
    assert (rate.low, rate.high) == pytest.approx((0.0945, 0.9055), abs=1e-4)
    assert rate.interval == "Wilson, 95%"
    assert not rate.may_be_banded


def test_open_incidents_are_censored_and_counted():
    history = [deployed("d0", 500)] + [deployed(f"d{n}", 100 - n, commit(f"c{n}", hours=101)) for n in range(1, 6)]
    over = [incident(f"i{n}", 100 - n, 100 - n - n, cause=f"d{n}") for n in range(1, 4)]
    still = [incident(f"i{n}", 100 - n, cause=f"d{n}") for n in (4, 5)]
    found = measured(history, [*over, *still])
    # Dropping the two open ones would say two hours.
    assert (found.recovery.value, found.recovery.n, found.recovery.open) == (3 * HOUR, 5, 2)
    most = measured(history, [*over[:1], *still])
    assert (most.recovery.value, most.recovery.open, most.recovery.at_least) == (None, 2, 96 * HOUR)
    assert most.quality.open_incidents == 2


def test_kaplan_and_meier_agree_with_the_textbook():
    # Remission of 21 patients on 6-MP (Freireich 1963): median 23 weeks.
    weeks = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = estimates.kaplan_meier([(week, True) for week in weeks] + [(week, False) for week in censored])
    assert (found.n, found.open, found.median, found.low, found.high) == (21, 12, 23, 13, None)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40))
def test_with_nothing_open_it_is_the_plain_median(values: list[float]):
    found = estimates.kaplan_meier([(value, True) for value in values])
    assert found.median == pytest.approx(estimates.quantile(sorted(values), 0.5))
    assert found.at_least is None


@given(st.integers(0, 50), st.integers(1, 50))
def test_a_wilson_interval_holds_its_share_and_stays_within_the_whole(hits: int, more: int):
    low, high = estimates.wilson(hits, hits + more) or (1, 0)
    assert 0 <= low <= hits / (hits + more) <= high <= 1


def test_a_median_s_interval_of_many_is_narrow():
    low, high = estimates.median_interval([float(n) for n in range(2001)]) or (0, 0)
    assert (low, high) == pytest.approx((956, 1044), abs=2)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.sampled_from([0.5, 0.75, 0.9]))
def test_a_quantile_s_interval_holds_it_where_there_is_one(values: list[float], share: float):
    ordered = sorted(values)
    found = estimates.quantile_interval(ordered, share)
    if found is not None:
        assert found[0] <= (estimates.quantile(ordered, share) or 0) <= found[1]
    assert (found is None) or len(ordered) >= 10


def test_the_intervals_of_quantiles_are_those_of_order_statistics():
    many = [float(n) for n in range(1, 101)]
    # Of 100 values the 90th is enclosed by the 84th and the 96th with 95.6%.
    assert estimates.quantile_interval(many, 0.9) == (84, 96)
    assert estimates.quantile_interval(many[:20], 0.9) is None
    assert estimates.quantile_interval(many, 0.5) == estimates.median_interval(many)
    low, high = estimates.quantile_interval([float(n) for n in range(4000)], 0.9) or (0, 0)
    assert (low, high) == pytest.approx((3562, 3637), abs=3)


def test_clusters_are_those_that_the_edition_published():
    old, latest = editions()["2019"], editions()["2025"]
    assert benchmarks.clusters_of(old, "recovery", 1800) == ("elite",)
    assert benchmarks.clusters_of(old, "recovery", 7200) == ("high", "medium")
    assert benchmarks.clusters_of(old, "recovery", 3 * 86400) == ()
    assert benchmarks.clusters_of(old, "fail_rate", 0.1) == ("elite", "high", "medium")
    assert benchmarks.clusters_of(old, "rework_rate", 0.1) == ()
    assert latest.metrics == {}
    assert all(edition.source for edition in editions().values())


def test_weeks_add_up_to_the_deployments_and_a_week_without_has_no_lead_time():
    history = [
        deployed("d0", 24 * 20),
        deployed("d1", 50, commit("c1")),
        deployed("d2", 40, sha="d0", rolled_back=True),
    ]
    weeks = trends.by_week(judge(history, []), until=NOW)
    assert len(weeks) == trends.WEEKS
    assert sum(week.deployments for week in weeks) == 3
    assert (weeks[-1].healthy, weeks[-1].rework, weeks[-1].failed, weeks[-1].lead_median) == (0, 1, 1, 50 * HOUR)
    assert weeks[0].lead_median is None


def test_every_figure_has_its_name():
    assert set(figures.NAMES) == {*figures.FIVE, figures.TIME_TO_RESTORE}
