"""Files of answers: what they may say, and that every fault names its question, file and line."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.ground.errors import Invalid, Place
from roadbed.organization.diagnostic.rules.measured import Measured as Seen
from roadbed.organization.diagnostic.rules.measured import by_frequency, by_seconds, compare
from roadbed.organization.diagnostic.rules.questions import BY_KEY, QUESTIONS
from roadbed.organization.diagnostic.rules.reading import answer_of, read
from roadbed.organization.diagnostic.rules.values import STEPS
from roadbed.organization.diagnostic.tests.test_scoring import SHEETS


def faults(text: str) -> list[str]:
    with pytest.raises(Invalid) as raised:
        read({"answers.yaml": text.encode()})
    return [f"{one.place}: {one.detail}" for one in (raised.value, *raised.value.others)]


def test_numbers_names_steps_and_words_are_one_answer():
    text = "answers: {1: 5, q2: daily, recovery-time: 5, hands_off: 80%, 5: 12.5, 6: don't know, 7: ~}"
    (sheet,) = read({"a.yaml": text.encode()}).sheets
    assert sheet.answers == {
        "lead_time": "hour-to-day", "deployment_frequency": "daily", "recovery_time": "10-min-to-hour",
        "hands_off": 80.0, "change_fail_rate": 12.5, "rework_rate": None, "deploys_alone": None,
    }  # fmt: skip


def test_many_people_come_from_one_file_or_several():
    listed = b"responses:\n  - {1: 5}\n  - answers: {1: 6}\n"
    found = read({"a.yaml": listed, "b.json": b'{"answers": {"1": 4}, "about": {"engineers": 74}}'})
    assert (len(found.sheets), found.many, found.about) == (3, True, {"engineers": 74})
    assert [one.file for one in found.sheets] == ["a.yaml", "a.yaml", "b.json"]
    assert read({"a.yaml": b"responses: [{1: 5}]"}).many, "one response is still no person's own report"
    assert not read({"a.yaml": b"answers: {1: 5}"}).many


def test_every_fault_is_named_with_question_file_and_line():
    found = faults("answers:\n  lead_time: quickly\n  5: 120\n  21: 1\n  q1: 3\nabuot: {}\n")
    assert found == [
        "answers.yaml:6, field abuot: 'abuot' is not known here.",
        "answers.yaml:2, field answers.lead_time: Question 1, lead_time: 'quickly' is no answer to it.",
        "answers.yaml:3, field answers.5: Question 5, change_fail_rate: 120 is no answer to it.",
        "answers.yaml:4, field answers.21: There is no question '21'.",
    ]


def test_a_question_answered_twice_is_a_fault():
    assert faults("answers:\n  lead_time: 5\n  1: 5\n") == [
        "answers.yaml:3, field answers.1: Question 1, lead_time, is answered twice."
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("answers: [1]", "answers is not a mapping"),
        ("- 1", "The file is not a mapping"),
        ("answers: {}\nedition: '2019-01'", "asks 2026-11"),
        ("about: {engineers: -1}\nanswers: {}", "engineers is -1"),
        ("about: {open_roles: DevOps}\nanswers: {}", "open_roles is 'DevOps'"),
        ("about: {staff: 3}\nanswers: {}", "about has no field 'staff'"),
        ("about: {engineers: 3}", "There are no answers"),
        ("answers: {5: .nan}", "Question 5"),
        ("answers: {4: true}", "Question 4"),
        ("answers: {14: 5}", "Question 14"),
        ("answers: {1: 5", "This is not YAML"),
        ("answers: {1: 5, 1: 6}", "twice"),
    ],
)
def test_bad_files_are_refused_with_what_is_wrong(text: str, said: str):
    assert any(said in one for one in faults(text)), faults(text)


def test_a_remedy_lists_what_the_question_takes():
    with pytest.raises(Invalid, match="toil") as raised:
        answer_of(BY_KEY["toil"], 7, Place())
    assert raised.value.remedy == (
        "One of over-50, 25-to-50, 10-to-25, under-10, or its step 1 to 4; null for “don't know”."
    )


@settings(max_examples=40)
@given(SHEETS)
def test_what_is_written_as_json_reads_back_the_same(answers: dict[str, object]):
    (sheet,) = read({"a.json": json.dumps({"answers": answers}).encode()}).sheets
    assert sheet.answers == answers


@given(st.sampled_from(QUESTIONS), st.one_of(st.integers(), st.floats(), st.text(max_size=8), st.booleans()))
def test_anything_else_is_refused_and_never_scored(question: object, given_: object):
    found = None
    with contextlib.suppress(Invalid):
        found = answer_of(question, given_)
    if found is not None:
        assert found in [one.key for one in question.options] if question.kind == STEPS else 0 <= found <= 100


@pytest.mark.parametrize(
    ("key", "seconds", "step"),
    [("lead_time", 3600, "under-an-hour"), ("lead_time", 3601, "hour-to-day"), ("lead_time", 19 * 3600, "hour-to-day"),
     ("recovery_time", 31 * 60, "10-min-to-hour"), ("recovery_time", 40 * 86400, "over-a-month"),
     ("new_service", 3.5 * 3600, "under-4-hours"), ("new_service", 11 * 86400, "10-days-to-month")],
)  # fmt: skip
def test_measured_durations_fall_on_the_steps(key: str, seconds: float, step: str):
    assert by_seconds(key, seconds) == step


@pytest.mark.parametrize(
    ("a_week", "step"),
    [(7.4, "daily"), (5, "daily"), (4.9, "daily-to-weekly"), (10, "several-a-day"), (0.5, "weekly-to-monthly"),
     (0.01, "under-twice-a-year")],
)  # fmt: skip
def test_measured_frequency_falls_on_the_steps(a_week: float, step: str):
    assert by_frequency(a_week) == step


def test_measured_and_answered_agree_within_two_points_or_the_interval():
    def agrees(answered: float | None, **more: object) -> bool | None:
        return compare(Seen("recovery_time", "31 min", "10-min-to-hour", **more), answered).agrees

    assert (agrees(8.0), agrees(6.5), agrees(6.0), agrees(None)) == (True, True, False, None)
    assert agrees(6.0, low="under-10-min", high="hour-to-day") is True
    assert compare(Seen("recovery_time", "No data", None), 6.0).agrees is None
