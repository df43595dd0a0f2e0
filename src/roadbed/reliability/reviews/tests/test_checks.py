"""The checks of wording and of actions: kinds, places, what is spared; precision on cases that they have not seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.reliability.reviews.rules.blame.checking import HINTS, check
from roadbed.reliability.reviews.rules.blame.people import Directory
from roadbed.reliability.reviews.rules.fitness import is_checkable, is_one_person, unfit
from roadbed.reliability.reviews.rules.reading import sentences

CASES = Path(__file__).parent / "cases"
PEOPLE = Directory(["Mara Lindqvist", "Teodor Lindqvist", "Grace Okafor", "Ji-woo Park", "Paweł Maj", "Ada Nowak"])


def kind_of(text: str, section: str = "causes") -> str | None:
    found = check(text, section=section, people=PEOPLE)
    return found and found.kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Mara pushed the wrong tag.", "names_person"),
        ("Change 8841 (author: T. Lindqvist).", "names_person"),
        ("The outage goes back to G. Okafor.", "names_person"),
        ("Herr Lindqvist hat die Wartung ohne Freigabe gestartet.", "names_person"),
        ("Pawel left the flag on.", "names_person"),
        ("Root cause: human error.", "human_error_leaf"),
        ("Why did the reviewer not see it?", "why_question"),
        ("The team should have tested the rollback.", "should_have"),
        ("The developer forgot the limit.", "judgement"),
        ("In hindsight it was obvious.", "hindsight"),
        ("Der Kollege hat schlampig getestet.", "judgement"),
    ],
)
def test_each_kind_is_found(text: str, kind: str):
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "Failover failed to promote the replica.",
        "The backup should have completed at 04:00.",
        "Why did the replica not promote itself?",
        "Ada is the cluster in Turin, and Ada's nodes lost their route.",
        'The vendor wrote: "caused by operator error".',
        "Calling it human error ends the search too early.",
        "The lazy loading strategy issues one query per row.",
        "The operator chose the second option, because the first one is not shown on the form.",
        "Grace suggested checking the MTU.",
        "It was not obvious which cluster held the lease.",
    ],
)
def test_systems_quotations_conditions_and_credit_are_spared(text: str):
    assert kind_of(text) is None


@pytest.mark.parametrize("section", ["timeline", "actions", "quote", "impact"])
def test_people_stand_by_right_where_they_act_and_speak(section: str):
    assert kind_of("Mara restarted the wrong broker.", section) is None
    assert kind_of("12:40 Mara restarted the wrong broker.", "causes") is None


def test_every_kind_has_a_hint_that_says_what_to_write():
    assert all(check(text, section="causes") for text in ("Human error.", "Why did they do it?"))
    assert all(len(hint) > 30 for hint in HINTS.values())


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"action": "Improve the monitoring"}, "vague"),
        ({"action": "Remind everybody of the freeze", "evidence": "Mail sent"}, "train_or_be_careful"),
        ({"action": "Engineers must check the region first"}, "train_or_be_careful"),
        ({"action": "Investigate the cron overlap", "evidence": "Findings"}, "investigate_only"),
        ({"owner": "Platform team"}, "no_owner"),
        ({"owner": "Mara Lindqvist, Grace Okafor"}, "no_owner"),
        ({"owner": ""}, "no_owner"),
        ({"evidence": None}, "no_evidence"),
        ({"evidence": "Looks fine"}, "no_evidence"),
        ({"evidence": "Merged"}, "no_evidence"),
        ({}, None),
        ({"action": "Train the model weekly and block publication below 0.9"}, None),
    ],
)
def test_an_action_needs_a_mechanism_one_owner_and_evidence(words: dict[str, Any], reason: str | None):
    said = {
        "action": "Cap the queue at 10,000 messages",
        "owner": "Mara Lindqvist",
        "evidence": "Load test with 12,000",
    }
    found = unfit(**(said | words))
    assert (found and found.reason) == reason


def test_an_owner_is_somebody_of_the_directory_where_there_is_one():
    assert is_one_person("Mara Lindqvist", ["Mara Lindqvist"])
    assert not is_one_person("Facilities Desk", ["Mara Lindqvist"])
    assert is_one_person("mara@kestrel.example")
    assert not is_checkable("n/a")


def test_sentences_know_their_line_and_their_part():
    text = (
        "Intro. Two here.\n\n## Timeline\n- 10:02 Mara e.g. restarted it.\n\n"
        "## Causes\nOne line\nand its rest. Next!\n```\ncode\n```\n> said\n"
    )
    assert [(one.line, one.section, one.text) for one in sentences(text)] == [
        (1, "", "Intro."),
        (1, "", "Two here."),
        (4, "timeline", "10:02 Mara e.g. restarted it."),
        (7, "causes", "One line and its rest."),
        (8, "causes", "Next!"),
        (12, "quote", "said"),
    ]


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_is_looked_at_and_nothing_is_lost(text: str):
    found = list(sentences(text))
    assert all(check(one.text, people=PEOPLE) is None or one.text for one in found)
    plain = "".join(letter for letter in text if letter.isalpha())
    if "```" not in text and "~~~" not in text and not any(mark in text for mark in "#>"):
        assert "".join(letter for one in found for letter in one.text if letter.isalpha()) == plain


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CASES / name).read_text().splitlines()]


def test_precision_is_kept_on_sentences_that_the_words_were_not_written_for():
    directory = Directory(json.loads((CASES / "people.json").read_text()))
    told = [(row, check(row["text"], section=row["section"], people=directory)) for row in rows("blame-held-out.jsonl")]
    warned = [row for row, found in told if found]
    assert sum(row["label"] == "blame" for row in warned) / len(warned) >= 0.9
    assert sum(row["label"] == "blame" for row in warned) >= 44


def test_precision_is_kept_on_actions_that_the_words_were_not_written_for():
    told = [
        (row, unfit(row["action"], factor=row["factor"]["text"], owner=row["owner"], evidence=row["evidence"]))
        for row in rows("actions-held-out.jsonl")
    ]
    weak = [row for row, found in told if found]
    assert sum(row["label"] == "weak" for row in weak) / len(weak) >= 0.85
    assert len(weak) >= 27
