"""Medians and quartiles of many people, and nothing that fewer than five of them answered."""

from __future__ import annotations

import statistics

from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.ground.asks.advice import Signals
from roadbed.organization.diagnostic.rules.aggregating import middle, of_dimensions
from roadbed.organization.diagnostic.rules.publishing import Shown, shown, together
from roadbed.organization.diagnostic.rules.reporting import of_many, of_one
from roadbed.organization.diagnostic.rules.shapes import as_data
from roadbed.organization.diagnostic.tests.test_scoring import SHEETS, full
from roadbed.organization.layers.rules.advising import advise


def test_four_values_are_hidden_and_five_are_not():
    assert middle([1.0, 2.0, 3.0, 4.0]) is None
    found = middle([8.0, 0.0, 2.0, 6.0, 4.0])
    assert (found.n, found.low, found.median, found.high) == (5, 2.0, 4.0, 6.0)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 100).map(lambda tenths: tenths / 10), min_size=5, max_size=15))
def test_quartiles_are_the_inclusive_ones(values: list[float]):
    found = middle(values)
    expected = statistics.quantiles(values, n=4, method="inclusive")
    for mine, theirs in zip((found.low, found.median, found.high), expected, strict=True):
        assert abs(mine - theirs) < 1e-9
    assert min(values) <= found.low <= found.median <= found.high <= max(values)


def test_a_question_that_four_of_six_answered_is_hidden_though_the_dimension_is_not():
    sheets = [full() for _ in range(4)] + [full(toil=None) for _ in range(2)]
    report = of_many(shown([sheets]), {}, advise)
    toil = next(one for one in report.questions if one.question.key == "toil")
    assert (toil.score, toil.answer, toil.n) == (None, None, None)
    sre = next(one for one in report.dimensions if one.key == "sre")
    assert (sre.score, sre.n) == (10.0, 6)


def test_people_who_answered_too_little_of_a_dimension_are_not_in_it():
    sheets = [full() for _ in range(4)] + [full(slo_coverage=None, budget_policy=None)]
    assert next(one for one in of_dimensions(shown([sheets])) if one.dimension == "sre").scores is None
    report = of_many(shown([sheets]), {}, advise)
    assert (report.overall, report.why) == (None, "No score of SRE")


@settings(max_examples=12)
@given(st.lists(SHEETS, min_size=1, max_size=4))
def test_under_five_people_nothing_is_told(sheets: list[dict[str, object]]):
    data = as_data(of_many(shown([sheets]), {}, advise))
    assert data["overall"]["score"] is None
    assert data["weakest"]["dimensions"] == data["first"] == []
    assert all(one["score"] is None and one["n"] is None for one in data["dimensions"] + data["questions"])
    assert all(one["value"] is None for one in data["questions"])


def test_five_equal_people_come_to_what_one_does():
    sheet = full(lead_time="day-to-week", change_fail_rate=12.5, toil="over-50")
    one, many = of_one(sheet, {}, advise), of_many(shown([[sheet] * 5]), {}, advise)
    assert [each.score for each in many.dimensions] == [each.score for each in one.dimensions]
    assert many.overall == one.overall
    assert [each.answer for each in many.questions] == [each.answer for each in one.questions]


def test_a_median_between_two_steps_is_said_so():
    sheets = [full(lead_time=key) for key in ("day-to-week",) * 3 + ("hour-to-day",) * 3]
    lead = of_many(shown([sheets]), {}, advise).questions[0]
    assert (lead.answer, lead.score) == (None, 7.0)
    assert lead.said == "Between “A day to a week” and “An hour to a day”"


def test_confidence_is_the_least_of_share_number_and_spread():
    def confidence(sheets: list[dict[str, object]]) -> str | None:
        return of_dimensions(shown([sheets]))[0].confidence

    assert confidence([full()] * 10) == "high"
    assert confidence([full()] * 5) == "medium"
    worst = full(hands_off=0.0, lead_time="over-6-months", deployment_frequency="under-twice-a-year",
                 recovery_time="over-a-month")  # fmt: skip
    assert confidence([full()] * 6 + [worst] * 6) == "low"


def test_what_to_do_first_is_in_the_weakest_dimension_by_gain_for_the_effort():
    report = of_one(full(budget_policy="discussed", toil="over-50", systems_touched="7-to-8"), {}, advise)
    assert report.weakest == ("sre",)
    assert [one.rule for one in report.first] == ["first.budget-policy", "first.toil", "first.systems-touched"]
    first = report.first[0]
    assert (round(first.gain, 3), first.effort) == (round(10 / 3 / 4, 3), "days")
    assert of_one(full(), {}, advise).first == ()


def test_the_answers_tell_the_advice_what_they_can():
    seen: list[Signals] = []
    of_one(
        full(new_service="10-days-to-month", senior_hours="3-to-6", golden_path=40.0, budget_policy="discussed"),
        {"engineers": 30},
        lambda signals: seen.append(signals) or advise(signals),
    )
    told = seen[0]
    assert (told.engineers, told.slow_first_deploy, told.busy_seniors, told.golden_path) == (30, True, True, 0.4)
    assert (told.sre_share, told.platform_owned, told.divergent_ci) == (0.0, True, None)


@settings(max_examples=25)
@given(st.lists(st.lists(SHEETS, min_size=5, max_size=6), min_size=1, max_size=3))
def test_two_figures_that_anybody_sees_differ_by_five_answers_or_by_none(batches: list[list[dict[str, object]]]):
    before = Shown()
    for until in range(1, len(batches) + 1):
        now = shown(batches[:until])
        for key, given_ in now.answers.items():
            more = len(given_) - len(before.answers.get(key, ()))
            assert more == 0 or more >= 5
            assert given_[: len(given_) - more] == before.answers.get(key, ())
        before = now


def test_a_question_that_one_of_five_does_not_know_waits_for_five_who_do():
    first, second = [full()] * 4 + [full(toil=None)], [full(toil="over-50")] * 5
    assert "toil" not in shown([first]).answers
    assert len(shown([first, second]).answers["toil"]) == 9
    assert len(shown([first, second]).answers["interruptions"]) == 10


def test_teams_together_are_what_each_of_them_shows():
    some, few = shown([[full()] * 5]), shown([[full(toil=None)] * 5])
    both = together([some, few])
    assert (both.people, len(both.answers["toil"]), len(both.answers["lead_time"])) == (10, 5, 10)
    assert both.parts["sre"] == (35, 40)
    assert of_many(together([]), {}, advise).overall is None
