"""The arithmetic of flow: tallies, changes in any order, lives of branches, red trunks, beginnings of five or more."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.delivery.metrics.flow.rules import figures
from roadbed.delivery.metrics.flow.rules.beginnings import COMMIT, beginning
from roadbed.delivery.metrics.flow.rules.changes import CREATED, MERGED, REVIEWED, Change, Push, alias, began, lives
from roadbed.delivery.metrics.flow.rules.days import Built, Merged, digest, total
from roadbed.delivery.metrics.flow.rules.reds import Ran, reds
from roadbed.delivery.metrics.flow.rules.tallies import counted, together
from roadbed.delivery.metrics.rules.estimates import quantile

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


@given(st.lists(st.lists(st.integers(0, 999)), max_size=6))
def test_a_tally_is_the_sorted_sequence_of_all_days_together(days: list[list[int]]):
    tally = together(counted(day) for day in days)
    flat = sorted(float(value) for day in days for value in day)
    assert list(tally) == flat
    assert [quantile(tally, share) for share in (0.5, 0.9)] == [quantile(flat, share) for share in (0.5, 0.9)]


@given(st.floats(1e-3, 1e9))
def test_long_spans_are_kept_within_half_a_per_cent(seconds: float):
    assert together([counted([seconds])])[0] == pytest.approx(seconds, rel=0.0051)


def test_a_change_is_the_same_in_whatever_order_its_facts_come():
    told = (
        (CREATED, at(0), "a", {"author": "mara", "branch": "work", "additions": 3, "deletions": 1}, None),
        (REVIEWED, at(3), "b", {"author": "lint[bot]", "bot": True}, None),
        (REVIEWED, at(5), "c", {"author": "jonas"}, None),
        (REVIEWED, at(4), "d", {"author": "Mara"}, None),
        (MERGED, at(9), "e", {"author": "mara", "additions": 8, "deletions": 2, "merge": "f" * 40}, at(-1)),
    )
    found = []
    for order in itertools.permutations(told):
        change = Change()
        for kind, when, uid, data, opened in order:
            change.take(kind, when, uid, data, opened)
        found.append((change.opened_at, change.merged_at, change.reviewed_at, change.lines, change.told("merge")))
    # A program's word is no review, nor is the author's own.
    assert set(found) == {(at(-1), at(9), at(5), 10, "f" * 40)}


def test_a_change_of_which_no_size_was_told_has_none():
    change = Change()
    change.take(MERGED, at(1), "a", {"author": "mara", "additions": 0}, None)
    assert (change.lines, change.reviewed_at) == (None, None)
    change.take(MERGED, at(1), "a", {"author": "mara", "deletions": 0}, None)
    assert change.lines == 0


def test_a_branchs_name_is_used_again_and_merging_the_trunk_into_it_makes_it_no_older():
    pushes = [
        Push(at(2), "pushed", at(1)), Push(at(6), "pushed", at(-300)),
        Push(at(20), "pushed", at(19)), Push(at(30), "deleted"), Push(at(40), "created"),
    ]  # fmt: skip
    spans = lives(reversed(pushes), [at(8)])
    assert [(one.began_at, one.last_at, one.ended_at) for one in spans] == [
        (at(1), at(6), at(8)), (at(19), at(20), at(30)), (at(40), at(40), None),
    ]  # fmt: skip
    assert began(spans, at(8)) == at(1)
    assert began(spans, None) == at(40)
    assert began(spans, at(99)) is None


@given(st.lists(st.tuples(st.integers(0, 50), st.sampled_from(["success", "failure", "cancelled"])), max_size=12))
def test_red_times_never_overlap_and_end_by_a_success(told: list[tuple[int, str]]):
    builds = [Ran(f"r{index:02}", at(hour), outcome) for index, (hour, outcome) in enumerate(told)]
    found = reds(reversed(builds))
    assert all(one.until is None or one.until >= one.since for one in found)
    assert all(first.until is not None and first.until <= later.since for first, later in itertools.pairwise(found))
    good = {one.at for one in builds if one.outcome == "success"}
    assert {one.until for one in found} <= good | {None}


def merged(hours: float | None, *, author: str = "a", bot: bool = False, **more: int) -> Merged:
    begun = None if hours is None else NOW - timedelta(hours=hours)
    return Merged(author, bot, NOW, begun, None, None, more.get("lines"), more.get("files"), more.get("commits"))


def test_unknown_is_never_zero_and_programs_count_apart():
    day = digest([merged(None), merged(30, lines=4), merged(1, bot=True)], ["b"], [], reviews_told=False)
    told = {one.figure: one for one in figures.figures(total([day]), working_days=2, reds=[])}
    assert (told[figures.AGE].value, told[figures.AGE].n) == (30 * 3600, 1)
    assert (told[figures.WITHIN].hits, told[figures.WITHIN].n) == (0, 1)
    assert (told[figures.LINES].value, told[figures.FILES].value) == (4, None)
    assert told[figures.FREQUENCY].value == 1.5
    unknown = (figures.REVIEW, figures.UNREVIEWED, figures.BUILD, figures.QUEUE, figures.BROKEN, figures.RED)
    assert [(told[name].value, told[name].low, bool(told[name].why)) for name in unknown] == [(None, None, True)] * 6


@pytest.mark.parametrize(("people", "shown"), [(4, False), (5, True)])
def test_a_figure_for_each_developer_is_told_of_five_or_more(people: int, *, shown: bool):
    days = [digest([merged(1, author=f"p{one}")], [], [], reviews_told=True) for one in range(people)]
    told = {one.figure: one for one in figures.figures(total(days), working_days=1, reds=[])}
    assert (told[figures.EACH].value is not None) is shown
    assert told[figures.UNREVIEWED].hits == people


def test_builds_that_were_cancelled_say_nothing_of_the_code():
    builds = [Built("success", 60, 5), Built("failure", 120, None), Built("cancelled", 9, None)]
    told = {one.figure: one for one in figures.figures(total([digest([], [], builds, reviews_told=False)]),
                                                       working_days=1, reds=[(60, True), (3600, False)])}  # fmt: skip
    assert (told[figures.BROKEN].hits, told[figures.BROKEN].n, told[figures.BUILD].value) == (1, 2, 90)
    assert (told[figures.RED].n, told[figures.RED].open) == (2, 1)


def test_beginnings_are_told_of_five_or_more_and_count_who_has_not_begun_yet():
    four = [(at(-100), at(-90))] * 4
    here_before = (at(-100), at(-500))
    assert beginning(COMMIT, [*four, here_before], now=NOW).hidden
    assert beginning(COMMIT, [*four, here_before], now=NOW).median is None
    told = beginning(COMMIT, [*four, (at(-100), None)], now=NOW)
    assert (told.people, told.yet, told.median, told.hidden) == (5, 1, 36000.0, False)
    assert beginning(COMMIT, [], now=NOW).why == "Nobody joined."


def test_an_alias_tells_the_same_person_by_login_and_by_name_and_nobody_by_none():
    assert alias("mara-lindqvist") == alias("Mara Lindqvist") != alias("jonas")
    assert alias("") == alias("--") == ""
