"""The arithmetic of flags: buckets as flagd has them, settings in words, allowances that fill up."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.delivery.flags import rules
from roadbed.ground.errors import Invalid


def shared(key: str, share: int) -> rules.Definition:
    return rules.Definition(key, rules.PERCENTAGE, rules.FRACTIONAL_V2, rules.Setting(enabled=True, share=share))


def test_users_fall_where_flagd_puts_them():
    # flagd's own examples of `fractional`, with two halves of which the first is called heads.
    halves = shared("fractional-flag-shorthand", 5000)
    assert rules.is_on(halves, "jon@company.com")
    assert not rules.is_on(halves, "jane@company.com")


def test_the_same_users_have_a_share_as_in_flagds_second_algorithm():
    # What openfeature-flagd-core 1.0.0 answers for `{"fractional": [["on", 25], ["off", 75]]}`.
    flagd = [4, 18, 21, 23, 24, 30, 33, 36, 43, 49]
    assert [n for n in range(50) if rules.is_on(shared("eta-v2", 2500), f"user-{n}")] == flagd


@given(st.text(min_size=1), st.integers(0, 100))
def test_whole_per_cents_are_the_ones_of_weights_that_add_up_to_a_hundred(user: str, per_cent: int):
    hashed = rules.mmh3.hash(("eta-v2" + user).encode("utf-8", "surrogatepass"), 0, signed=False)
    assert rules.is_on(shared("eta-v2", per_cent * 100), user) is ((hashed * 100) >> 32 < per_cent)


@given(st.text(min_size=1), st.integers(0, rules.WHOLE), st.integers(0, rules.WHOLE))
def test_whoever_has_it_keeps_it_while_the_share_grows(user: str, one: int, other: int):
    less, more = sorted((one, other))
    assert rules.is_on(shared("k", more), user) or not rules.is_on(shared("k", less), user)


@given(st.text(min_size=1))
def test_none_have_nothing_and_all_have_everything(user: str):
    assert not rules.is_on(shared("k", 0), user)
    assert rules.is_on(shared("k", rules.WHOLE), user)


def test_a_share_is_about_as_large_as_it_says():
    on = sum(rules.is_on(shared("k", 2500), f"user-{n}") for n in range(10_000))
    assert 2300 < on < 2700


@given(st.builds(rules.Setting, enabled=st.just(value=True), share=st.integers(0, rules.WHOLE)) | st.just(rules.UNSET))
def test_a_setting_is_read_back_from_its_words(setting: rules.Setting):
    assert rules.setting_of(rules.said(setting, rules.PERCENTAGE), rules.PERCENTAGE) == setting


@pytest.mark.parametrize("text", ["", "maybe", "101%", "-1%", "0.001%", "nan", "1e9%", "25 per cent", "٢٥%", "100.01%"])
def test_what_is_no_setting_is_refused(text: str):
    with pytest.raises(Invalid, match="nothing that a flag can be set to"):
        rules.setting_of(text, rules.PERCENTAGE)


def test_a_boolean_flag_takes_no_share_but_all_or_nothing():
    assert rules.setting_of("100%", rules.BOOLEAN) == rules.setting_of("on", rules.BOOLEAN)
    with pytest.raises(Invalid, match="cannot be on for 25%"):
        rules.setting_of("25%", rules.BOOLEAN)


def test_a_flag_of_a_newer_algorithm_fails_by_name_instead_of_moving_users():
    newer = rules.Definition("k", rules.PERCENTAGE, "fractional-v3", rules.Setting(enabled=True, share=5000))
    status, body = rules.answering(newer)("user-1")
    assert status == 400
    assert "fractional-v3" in json.loads(body)["errorDetails"]


@pytest.mark.parametrize("key", ["", "-a", "a/b", "a b", "ä", "a" * 101, "a\n"])
def test_a_key_that_cannot_stand_in_an_address_is_refused(key: str):
    with pytest.raises(Invalid, match="is not a key"):
        rules.checked_key(key)


def test_a_tag_changes_with_version_place_and_user():
    base = rules.entity_tag("uid", "production", 3, "user-1")
    others = {
        rules.entity_tag("uid", "production", 4, "user-1"),
        rules.entity_tag("uid", "staging", 3, "user-1"),
        rules.entity_tag("other", "production", 3, "user-1"),
        rules.entity_tag("uid", "production", 3, "user-2"),
        rules.entity_tag("uid", "production", 3, None),
    }
    assert len(others) == 5
    assert base not in others


def test_an_allowance_runs_out_says_when_and_fills_up():
    left = rules.Allowance(2, 0.0)
    for _ in range(2):
        left, wait = rules.taken(left, at=0.0, per_second=4, burst=2)
        assert wait == 0
    left, wait = rules.taken(left, at=0.0, per_second=4, burst=2)
    assert wait == pytest.approx(0.25)
    left, wait = rules.taken(left, at=0.25, per_second=4, burst=2)
    assert wait == 0
    assert rules.taken(left, at=-5.0, per_second=4, burst=2)[1] > 0
