"""Names, answers, versions: what is taken, what is refused, and that refusing says everything at once."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.errors import Invalid
from roadbed.platform.paths import versions
from roadbed.platform.paths.rules import (
    Choice,
    Question,
    canonical,
    check_answers,
    check_name,
    describe,
    owner_name,
)

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=2)
QUESTIONS = (
    Question("owner", "str", "The team.", is_required=True),
    Question("description", "str", "One sentence."),
    Question("workers", "int", "Processes.", default=4),
    Question("tier", "str", "How much depends on it.", default="3", choices=(Choice("one", "1"), Choice("three", "3"))),
    Question("canary", "bool", "Whether.", default=False),
    Question("share", "float", "How much.", default=0.5),
)


@pytest.mark.parametrize("name", ["a", "checkout", "return-label", "a1-2", "x" * 40])
def test_good_names_are_taken(name: str):
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../x",
        "Checkout",
        "1st",
        "-a",
        "a-",
        "a_b",
        "a.b",
        "a b",
        "a\n",
        "a/b",
        "x" * 41,
        "{{7*7}}",
        "ä",
        "null",
        "on",
        "www",
    ],
)
def test_bad_names_are_refused_with_a_rule_and_a_place(name: str):
    with pytest.raises(Invalid) as refusal:
        check_name(name)
    assert refusal.value.place.field == "name"
    assert refusal.value.remedy


@given(st.text())
def test_a_name_that_is_taken_is_a_dns_label_that_yaml_reads_as_text(name: str):
    try:
        check_name(name)
    except Invalid:
        return
    assert re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name)
    assert not name.endswith("-")


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        ("team-payments", "team-payments"),
        ("group:team-payments", "team-payments"),
        ("group:default/Payments", "Payments"),
    ],
)
def test_an_owner_is_named_plainly_or_by_reference(owner: str, name: str):
    assert owner_name(owner) == name


@pytest.mark.parametrize("owner", ["", "user:hanne", "a b", "x\ny: z", "../x", "group:other/team", "-x", "@org/team"])
def test_what_is_no_group_is_refused(owner: str):
    with pytest.raises(Invalid):
        owner_name(owner)


def test_answers_come_back_in_the_types_that_were_asked_for():
    given_answers = {"owner": "team-a", "workers": "8", "tier": 1, "canary": "yes", "share": "0.25"}
    assert check_answers(QUESTIONS, given_answers) == {
        "owner": "team-a",
        "workers": 8,
        "tier": "1",
        "canary": True,
        "share": 0.25,
    }


def test_every_fault_is_named_at_once():
    with pytest.raises(Invalid) as refusal:
        check_answers(QUESTIONS, {"workers": "many", "tier": "7", "colour": "red", "description": "two\nlines"})
    faults = (refusal.value, *refusal.value.others)
    assert {fault.place.field for fault in faults} == {
        "answers.owner",
        "answers.workers",
        "answers.tier",
        "answers.colour",
        "answers.description",
    }


@given(st.dictionaries(st.sampled_from([question.name for question in QUESTIONS]) | st.text(max_size=5), ANYTHING))
def test_answers_are_taken_whole_or_refused(answers: dict[str, Any]):
    try:
        taken = check_answers(QUESTIONS, answers)
    except Invalid:
        return
    assert taken.keys() == answers.keys()
    for value in taken.values():
        assert isinstance(value, str | int | float | bool)
        if isinstance(value, str):
            assert not re.search(r"[\x00-\x1f]", value)
        if isinstance(value, float):
            assert value - value == 0


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers()))
def test_equal_answers_have_equal_text_whatever_their_order(answers: dict[str, Any]):
    assert canonical(answers) == canonical(dict(reversed(list(answers.items()))))


def test_a_path_is_described_by_its_two_files_and_hidden_questions_stay_hidden():
    configured = {
        "_envops": {"variable_start_string": "[["},
        "service_name": {"type": "str", "help": "Its\n name."},
        "description": {"type": "str", "default": "The [[ service_name ]]."},
        "tier": {"default": "3", "choices": {"one": "1", "three": "3"}},
        "workers": 4,
        "target": {"type": "str", "when": False, "default": "x"},
    }
    described = describe({"title": "HTTP", "language": "python"}, configured, name="http")
    assert (described.title, described.language) == ("HTTP", "python")
    assert [question.name for question in described.questions] == ["service_name", "description", "tier", "workers"]
    name, text, tier, workers = described.questions
    assert (name.help, name.is_required) == ("Its name.", True)
    assert (text.default, text.is_required) == (None, False)
    assert [choice.value for choice in tier.choices] == ["1", "3"]
    assert (workers.kind, workers.default) == ("int", 4)


VERSIONS = st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))


@given(VERSIONS)
def test_a_version_reads_back(version: versions.Version):
    assert versions.parse(versions.text(version)) == version


@pytest.mark.parametrize("tag", ["1.0.0", "v1.0", "v1.0.0-rc1", "v1.0.0\n", "latest", ""])
def test_other_tags_are_no_versions(tag: str):
    assert versions.parse(tag) is None


@given(
    st.dictionaries(VERSIONS.map(versions.text), st.sampled_from(string.ascii_lowercase)),
    VERSIONS,
    st.sampled_from(string.ascii_lowercase),
)
def test_known_content_keeps_its_tag_and_new_content_gets_a_higher_one(
    existing: dict[str, str], wanted: versions.Version, tree: str
):
    tag, is_new = versions.tag_for(tree, wanted=versions.text(wanted), existing=existing)
    assert is_new == (tree not in existing.values())
    if not is_new:
        assert existing[tag] == tree
    else:
        assert versions.newest([*existing, tag]) == tag
        assert tag not in existing


def test_a_version_that_its_author_raised_is_taken_and_one_that_he_forgot_is_raised_for_him():
    assert versions.tag_for("b", wanted="v1.1.0", existing={"v1.0.0": "a"}) == ("v1.1.0", True)
    assert versions.tag_for("b", wanted="v1.0.0", existing={"v1.0.0": "a"}) == ("v1.0.1", True)
    assert versions.tag_for("a", wanted="not a version", existing={}) == ("v1.0.0", True)
