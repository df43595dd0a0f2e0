"""The decisions of releases, on any input."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.errors import Conflict, Invalid, Place
from roadbed.platform.releases import rules
from roadbed.platform.releases.manifest import secrets_of

NUMBERS = st.sets(st.integers(1, 30), max_size=12)
KEYS = st.dictionaries(st.sampled_from("ABCDE"), st.sampled_from(["1", "2"]))


@given(good=NUMBERS, withdrawn=NUMBERS, serving=st.none() | st.integers(1, 30), to=st.none() | st.integers(1, 30))
def test_a_rollback_brings_back_what_is_kept_and_does_not_serve_or_is_refused(
    good: set[int], withdrawn: set[int], serving: int | None, to: int | None
):
    try:
        target = rules.rollback_target(serving=serving, good=good, withdrawn=withdrawn, to=to)
    except Conflict:
        sound = {n for n in good - withdrawn if serving is None or n < serving}
        assert (to is None and not sound) or to == serving or to not in good
        return
    assert target in good
    assert target != serving
    if to is None:
        assert target not in withdrawn
        assert not [n for n in good - withdrawn if target < n and (serving is None or n < serving)]
    else:
        assert target == to


@given(now=KEYS, then=KEYS)
def test_configuration_changes_lead_from_one_to_the_other(now: dict[str, str], then: dict[str, str]):
    changed = {change.key: change.how for change in rules.configuration_changes(now, then)}
    assert changed.keys() == {key for key in now.keys() | then.keys() if now.get(key) != then.get(key)}
    assert {key for key, how in changed.items() if how == "added"} == then.keys() - now.keys()
    assert {key for key, how in changed.items() if how == "removed"} == now.keys() - then.keys()


@given(st.lists(st.sampled_from(rules.STEPS), min_size=1, max_size=12), st.booleans())
def test_steps_never_overlap_whatever_order_they_come_in(names: list[str], failed: bool):  # noqa: FBT001 - drawn by hypothesis
    now = datetime(2026, 11, 23, tzinfo=UTC)
    steps: list[dict[str, Any]] = []
    for name in names:
        steps = rules.mark_step(steps, name, now=now)
    known = [step["step"] for step in steps]
    assert known[-1] == names[-1]
    assert known == sorted(set(known), key=rules.STEPS.index)
    assert [step["ended_at"] is None for step in steps].count(True) == 1
    ended = rules.end_steps(steps, now=now, failed=failed)
    assert all(step["ended_at"] for step in ended)
    assert [step["failed"] for step in ended][-1] is failed


@given(st.text(max_size=50))
def test_an_environment_is_a_dns_label_or_refused(name: str):
    try:
        checked = rules.checked_environment(name)
    except Invalid:
        return
    assert 1 <= len(checked) <= 40
    assert set(checked) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not checked.startswith("-")
    assert not checked.endswith("-")


@given(
    st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?", fullmatch=True),
    st.sampled_from(["production", "eu-1"]),
)
def test_a_workload_is_a_host_name_or_refused(service: str, environment: str):
    try:
        name = rules.workload_name(service, environment)
    except Invalid:
        return
    assert len(name) <= 63
    assert name == name.lower()
    assert "." not in name
    assert "_" not in name


@given(st.text(max_size=12))
def test_a_release_is_a_positive_number_or_refused(text: str):
    try:
        number = rules.number_of(text)
    except Invalid:
        return
    assert number > 0
    assert rules.number_of(rules.version_of(number)) == number


@pytest.mark.parametrize(
    ("state", "verdict", "code"),
    [
        ("running", None, None),
        ("succeeded", {"passes": True, "exit_code": 0}, 0),
        ("failed", {"passes": True, "exit_code": 0}, 1),
        ("refused", None, 1),
        ("refused", {"passes": True, "exit_code": 0}, 1),
        ("refused", {"passes": False, "exit_code": 10}, 10),
        ("refused", {"passes": False, "exit_code": 11}, 11),
    ],
)
def test_exit_codes(state: str, verdict: dict[str, object] | None, code: int | None):
    assert rules.exit_code_of(state, verdict) == code


@pytest.mark.parametrize("name", ["HOST", "PORT", "ROADBED_RELEASE"])
def test_what_roadbed_sets_is_not_the_services_to_set(name: str):
    with pytest.raises(Invalid, match="set by Roadbed"):
        rules.environment_of({name: "1"}, {}, place=Place(file="catalog-info.yaml"), about={})


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("secrets: [", 1, "cannot be read"),
        ("secrets: {}", 1, "no list"),
        ("- a", 1, "no list"),
        ("secrets:\n  - name: ok_not\n", 2, "not a name"),
        ("secrets:\n  - name: A\n  - purpose: x\n", 3, "no name"),
        ("secrets:\n  - name: A\n  - name: A\n", 3, "named twice"),
        ("secrets:\n  - name: A\n    required: yes please\n", 2, "required"),
        ("secrets:\n  - name: A\n    value: hunter2\n", 2, "never go into Git"),
    ],
)
def test_a_faulty_secrets_manifest_names_file_and_line(text: str, line: int, words: str):
    with pytest.raises(Invalid, match=words) as refused:
        secrets_of(text, path="secrets.yaml")
    assert (refused.value.place.file, refused.value.place.line) == ("secrets.yaml", line)
    assert "hunter2" not in refused.value.detail + refused.value.remedy


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str):
    try:
        needs = secrets_of(text)
    except Invalid:
        return
    assert all(need.name for need in needs)


def test_a_manifest_is_read():
    needs = secrets_of("secrets:\n  - name: A\n    required: true\n    rotate-after: 90d\n  - B\n")
    assert [(need.name, need.required, need.rotate_after) for need in needs] == [("A", True, "90d"), ("B", False, "")]
    assert secrets_of("secrets: []\n") == ()
