"""Graphs without circles, reminders, words of the search and rewrites: the rules alone."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.reliability.reviews.rules.blame.checking import check
from roadbed.reliability.reviews.rules.blame.people import Directory
from roadbed.reliability.reviews.rules.blame.rewriting import GAP, rewrite
from roadbed.reliability.reviews.rules.evidence import evidence_of
from roadbed.reliability.reviews.rules.finding import stem, terms_of
from roadbed.reliability.reviews.rules.graph import HARM, Drawn, circle, depths, drawing, whole
from roadbed.reliability.reviews.rules.reminding import day_of, tells_leads
from roadbed.reliability.reviews.rules.spreads import spread

CASES = Path(__file__).parent / "cases"
KEYS = [f"F{number}" for number in range(1, 7)]
links_of = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)).filter(lambda one: one[0] != one[1]))


@given(links_of)
def test_a_circle_is_one_and_without_one_everything_is_drawn_before_what_it_led_to(links: list[tuple[str, str]]):
    found = circle(links)
    if found:
        assert found[0] == found[-1]
        assert all(step in links for step in pairwise(found))
        return
    joined = whole(KEYS, links)
    deep = depths(KEYS, joined)
    assert all(deep[cause] > deep[effect] for cause, effect in joined)
    sheet = drawing([Drawn(key, "x " * 40, "Process") for key in KEYS], links, Drawn(HARM, "Harm", "4 min", "end"))
    places = {one.key: one for one in sheet.nodes}
    assert len({(one.x, one.y) for one in sheet.nodes}) == 7
    assert all(places[one.cause].x < places[one.effect].x for one in sheet.edges)
    assert all(0 <= one.x <= sheet.width and 0 <= one.y <= sheet.height for one in sheet.nodes)


@given(st.integers(-400, 400), st.integers(0, 400))
def test_a_reminder_is_of_the_last_day_that_came_and_of_none_before_the_action(away: int, made_ago: int):
    due = date(2026, 6, 15)
    today, made = due + timedelta(days=away), due + timedelta(days=away - made_ago)
    day = day_of(due, today=today, made=made)
    if day is None:
        assert away < -7 or made > due - timedelta(days=7)
        return
    assert made <= day <= today
    steps = {-7, -1, 0}
    assert (day - due).days in steps or ((day - due).days > 0 and (day - due).days % 7 == 0)
    assert (today - day).days < 7
    assert tells_leads(due, day) == ((day - due).days >= 14)


@pytest.mark.parametrize(
    ("text", "kind", "reference"),
    [
        ("Fault test https://ci.example.org/runs/77.", "link", "https://ci.example.org/runs/77"),
        ("deployment: 8f2c, live", "deployment", "8f2c"),
        ("objective:shop/lookups", "objective", "shop/lookups"),
        ("fact:0a1b", "fact", "0a1b"),
    ],
)
def test_evidence_points_at_something(text: str, kind: str, reference: str):
    found = evidence_of(text)
    assert (found.kind, found.reference) == (kind, reference)


@pytest.mark.parametrize(
    ("one", "other"),
    [("retries", "retry"), ("deployed", "deploying"), ("stopped", "stops"), ("caches", "cache"), ("classes", "class"),
     ("timeouts", "timeout"), ("migrations", "migration"), ("limited", "limits")],
)  # fmt: skip
def test_forms_of_a_word_are_one(one: str, other: str):
    assert stem(one) == stem(other)


def test_names_are_found_whole_and_in_parts_without_their_marks():
    assert terms_of("Café eta-predictor") == ("caf", "eta-predictor", "eta", "predictor")


@given(st.lists(st.floats(0, 10_000), min_size=4))
def test_a_distribution_is_in_order(minutes: list[float]):
    found = spread(minutes)
    assert found is not None
    slack = 1e-6
    assert found.low <= found.quarter + slack
    assert found.quarter <= found.median + slack
    assert found.median <= found.three_quarters + slack
    assert found.three_quarters <= found.high + slack
    assert spread(minutes[:3]) is None


def test_every_rewrite_of_a_known_case_is_blameless_and_no_fine_sentence_gets_one():
    people = Directory(json.loads((CASES / "people.json").read_text()))
    offered = set()
    for name in ("blame-developed.jsonl", "blame-held-out.jsonl"):
        for row in map(json.loads, (CASES / name).read_text().splitlines()[::3]):
            found = rewrite(row["text"], section=row["section"], people=people)
            assert bool(found) == (check(row["text"], section=row["section"], people=people) is not None)
            assert not found or check(found, section=row["section"], people=people) is None, found
            offered.add(found)
    assert len(offered) > 15


PART, SEEN = "was no part of the steps at that moment", "at the time that could be seen like this"


@pytest.mark.parametrize(
    ("sentence", "instead"),
    [
        ("The team should have tested the rollback.", f"Testing the rollback {PART}: {GAP}."),
        ("Why did the reviewer not see it?", "What made it reasonable not to see it?"),
        ("Why didn't we test this?", "What made it reasonable not to test this?"),
        ("The operator forgot to drain the node.", f"Draining the node did not happen: {GAP}."),
        ("The change was reviewed carelessly.", "The change was reviewed."),
        ("In hindsight it was obvious that the disk was full.", f"The disk was full; {SEEN}: {GAP}."),
        (
            "Root cause: human error.",
            f"The slip reached production because nothing on the way stopped or showed it: {GAP}.",
        ),
    ],
)
def test_a_rewrite_keeps_what_was_done_and_asks_what_made_it_likely(sentence: str, instead: str):
    assert rewrite(sentence, section="causes") == instead
