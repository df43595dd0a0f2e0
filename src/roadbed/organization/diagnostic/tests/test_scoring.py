"""What answers are worth: the published points, sixty percent, the mean of five, the weakest."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.organization.diagnostic.rules.questions import BY_KEY, OF_DIMENSION, QUESTIONS
from roadbed.organization.diagnostic.rules.scoring import (
    Answers,
    Scored,
    is_enough,
    of_failures,
    overall,
    score,
    scored,
    weakest,
)
from roadbed.organization.diagnostic.rules.values import DIMENSIONS, FAILURES, STEPS


def answers_of(question: object) -> st.SearchStrategy[object]:
    if question.kind == STEPS:
        return st.sampled_from([None, *(one.key for one in question.options)])
    return st.none() | st.floats(0, 100)


SHEETS = st.fixed_dictionaries({}, optional={one.key: answers_of(one) for one in QUESTIONS})


def full(**given: object) -> dict[str, object]:
    """The best answer to each question, but for those given."""
    best = {
        one.key: one.options[-1].key if one.kind == STEPS else 0.0 if one.kind == FAILURES else 100.0
        for one in QUESTIONS
    }
    return best | given


def of(dimension: str, answers: Answers) -> Scored:
    return next(one for one in scored(answers) if one.dimension == dimension)


def test_there_are_twenty_questions_in_five_dimensions():
    assert [one.number for one in QUESTIONS] == list(range(1, 21))
    assert [len(OF_DIMENSION[one]) for one in DIMENSIONS] == [4, 3, 5, 4, 4]
    assert len(BY_KEY) == 20


def test_a_six_step_scale_is_worth_two_points_a_step():
    question = BY_KEY["recovery_time"]
    assert [score(question, one.key) for one in question.options] == [0, 2, 4, 6, 8, 10]


def test_a_four_step_scale_reaches_from_nothing_to_ten():
    question = BY_KEY["budget_policy"]
    assert [score(question, one.key) for one in question.options] == pytest.approx([0, 10 / 3, 20 / 3, 10])


@pytest.mark.parametrize(
    ("percent", "points"),
    [(0, 10), (5, 9), (10, 7.5), (15, 6), (20, 5), (30, 3), (45, 1), (60, 0), (100, 0), (2.5, 9.5), (12.5, 6.75),
     (25, 4), (37.5, 2), (52.5, 0.5)],
)  # fmt: skip
def test_failures_are_worth_the_published_points_and_the_line_between_them(percent: float, points: float):
    assert of_failures(percent) == pytest.approx(points)


@given(st.floats(0, 100), st.floats(0, 100))
def test_more_failures_are_never_worth_more(one: float, other: float):
    low, high = sorted((one, other))
    assert 0 <= of_failures(high) <= of_failures(low) <= 10


def test_a_share_of_something_good_is_worth_its_tenth():
    assert score(BY_KEY["golden_path"], 78.6) == pytest.approx(7.86)


def test_dont_know_is_worth_nothing_known_and_lowers_confidence_not_the_score():
    told = of("throughput", full(hands_off=None))
    assert (told.score, told.answered, told.confidence) == (10.0, 3, "medium")
    assert of("throughput", full()).confidence == "high"


@pytest.mark.parametrize(("answered", "asked", "enough"), [(3, 5, True), (2, 5, False), (3, 4, True), (2, 4, False),
                                                          (2, 3, True), (1, 3, False), (0, 4, False)])  # fmt: skip
def test_sixty_percent_is_enough_and_less_is_not(answered: int, asked: int, *, enough: bool):
    assert is_enough(answered, asked) is enough


def test_a_dimension_under_sixty_percent_has_no_score_and_neither_has_the_mean_of_five():
    sheet = full(slo_coverage=None, budget_policy=None)
    assert of("sre", sheet) == Scored("sre", None, 2, 4, None)
    sides = {one.dimension: one.score for one in scored(sheet)}
    assert overall(sides) is None
    assert overall(sides | {"sre": 5.0}) == 9.0


def test_the_weakest_is_named_and_all_of_equals():
    assert weakest({"throughput": 4.0, "stability": None, "cognitive-load": 4.0, "sre": 6.0}) == (
        "throughput", "cognitive-load",
    )  # fmt: skip
    assert weakest({}) == ()


@settings(max_examples=60)
@given(SHEETS)
def test_scores_stay_on_the_scale_and_unknown_stays_unknown(answers: Answers):
    for one in scored(answers):
        assert (one.score is None) == (one.answered * 5 < one.asked * 3)
        assert one.score is None or 0 <= one.score <= 10
        assert (one.confidence is None) == (one.score is None)


@settings(max_examples=40)
@given(SHEETS, st.sampled_from(QUESTIONS))
def test_leaving_an_answer_out_is_the_same_as_not_knowing(answers: dict[str, object], question: object):
    without = {key: value for key, value in answers.items() if key != question.key}
    assert scored(without) == scored(without | {question.key: None})
