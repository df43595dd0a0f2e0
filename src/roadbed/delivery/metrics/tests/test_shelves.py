"""The organization's shelves: the figures that rows give, whatever arrived in between, with nothing sorted twice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.delivery.metrics import queries
from roadbed.delivery.metrics.rollups import organization, reading, runs
from roadbed.delivery.metrics.rollups.blocks import blocks_of
from roadbed.delivery.metrics.rollups.columns import NEVER, Columns, columns_of
from roadbed.delivery.metrics.rollups.lasting import survival
from roadbed.delivery.metrics.rollups.organization import Window, counted
from roadbed.delivery.metrics.rollups.runs import Runs
from roadbed.delivery.metrics.rollups.shelves import Shelf, follow, merged, slim, wide
from roadbed.delivery.metrics.rollups.tallies import weeks
from roadbed.delivery.metrics.rules.estimates import kaplan_meier
from roadbed.delivery.metrics.rules.figures import measure, measured
from roadbed.delivery.metrics.rules.hours import hours_of
from roadbed.delivery.metrics.rules.trends import by_week
from roadbed.delivery.metrics.rules.values import Incident, Judged
from roadbed.delivery.metrics.settling import settle
from roadbed.delivery.metrics.tests.conftest import House
from roadbed.delivery.metrics.tests.history import NOW, at
from roadbed.delivery.metrics.tests.test_rollups import histories

SERVICES = ("s-1", "s-2", "s-3")
History = tuple[list[Judged], list[Incident]]


def commits(*shas: str) -> list[dict[str, str]]:
    """Changes of long ago."""
    return [{"sha": sha, "subject": f"Change {sha}", "authored_at": at(1000).isoformat()} for sha in shas]


def pieces(history: History) -> dict[int, dict[int, Columns]]:
    """Of each four weeks the columns of each service, by its number."""
    found: dict[int, dict[int, Columns]] = defaultdict(dict)
    judged, incidents = (sorted(history[0], key=lambda one: one.at), sorted(history[1], key=lambda one: one.started_at))
    for number, service in enumerate(SERVICES):
        own = [one for one in judged if one.service_uid == service]
        blocks = blocks_of(own, [one for one in incidents if one.service_uid == service])
        for block, one in blocks.items():
            found[block][number] = columns_of(one.judged, one.incidents).owned_by(number)
    return found


def shelves_of(history: History) -> dict[int, Shelf]:
    """Made at once, all arrivals looked through."""
    made = {block: merged(None, without=(), parts=list(of.values())) for block, of in pieces(history).items()}
    return dict(zip(sorted(made), follow([made[block] for block in sorted(made)], None), strict=True))


def brought(shelves: dict[int, Shelf], before: History, after: History, number: int) -> dict[int, Shelf]:
    """One service of a history is another now; its part of each shelf is replaced, and arrivals looked up by name."""
    old, new = pieces(before), pieces(after)
    names, found = [np.zeros(0, np.int64)], dict(shelves)
    for block in old.keys() | new.keys():
        was, now = old[block].get(number), new[block].get(number)
        names += [one.sha for one in (was, now) if one is not None]
        gone, parts = [number] if was is not None else [], [now] if now is not None else []
        found[block] = merged(found.get(block), without=gone, parts=parts)
    order = sorted(found)
    return dict(zip(order, follow([found[block] for block in order], np.concatenate(names)), strict=True))


def windows(days: int, back: int, office: bool) -> Window:  # noqa: FBT001 - drawn
    """Of so many days, that ended so many days ago."""
    until = NOW - timedelta(days=back)
    hours = hours_of("Mon-Fri 09:00-17:00 Europe/Berlin") if office else None
    return Window(until - timedelta(days=days), until, NOW, hours)


@settings(max_examples=25)
@given(
    history=histories(), other=histories(), number=st.integers(0, 2),
    window=st.builds(windows, st.integers(1, 120), st.integers(0, 40), st.booleans()),
)  # fmt: skip
def test_shelves_give_the_figures_that_rows_give_also_after_news(
    history: History, other: History, number: int, window: Window
):
    since, until = window.since, window.until
    # Of two that finish at one instant either may bring a change last, so the other history has instants of its own.
    later = [
        replace(one, uid=f"o{one.uid}", at=one.at + timedelta(microseconds=7), service_uid=SERVICES[number])
        for one in other[0]
    ]
    news = (
        [*(one for one in history[0] if one.service_uid != SERVICES[number]), *later],
        [*(one for one in history[1] if one.service_uid != SERVICES[number])],
    )
    for known, shelves in (
        (history, shelves_of(history)),
        (news, brought(shelves_of(history), history, news, number)),
        (history, brought(brought(shelves_of(history), history, news, number), news, history, number)),
    ):
        told = [shelves[block] for block in sorted(shelves)]
        for _ in range(2):
            whole, *apart = counted(told, window, [[0], [1, 2]])
            asked = {"since": since, "until": until, "onboarded": at(1000), "known_until": NOW, "hours": window.hours}
            assert measured(whole, since=since, until=until, onboarded=at(1000)) == measure(*known, once=True, **asked)
            for members, part in zip((SERVICES[:1], SERVICES[1:]), apart, strict=True):
                own = [[one for one in of if one.service_uid in members] for of in known]
                expected = replace(measure(*own, **asked), stages=())
                found = measured(part, since=since, until=until, onboarded=at(1000))
                assert replace(found, stages=()) == expected
        assert weeks(told, until=until) == by_week(known[0], until=until)


@pytest.mark.parametrize("kind", [np.int32, np.float64])
def test_any_place_of_many_runs_is_found_exactly(kind: type, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runs, "SHORT", 0)
    monkeypatch.setattr(runs, "STEP", 8)
    draw = np.random.default_rng(5)
    for highest in (3, 50, 10**6):
        parts = [np.sort(draw.integers(0, highest, size).astype(kind)) for size in (0, 1, 7, 8, 9, 200, 1000)]
        expected, found = np.sort(np.concatenate(parts)).tolist(), Runs(parts)
        assert len(found) == len(expected)
        assert [found[place] for place in range(len(expected))] == expected
        # Each for itself, too: what was asked for before narrows nothing down then.
        assert [Runs(parts)[place] for place in range(0, len(expected), 3)] == expected[::3]
    with pytest.raises(IndexError):
        found[len(expected)]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40) | st.none()), min_size=13, max_size=80))
def test_columns_of_spans_are_estimated_like_spans_one_by_one(lasting: list[tuple[int, int | None]]):
    begin = np.array([begin for begin, _ in lasting], np.int64) * 1_000_000
    end = np.array([NEVER if end is None else (a + end) * 1_000_000 for a, end in lasting], np.int64)
    last = 60_000_000
    spans = [
        (max(0.0, float((a + end if end is not None and a + end <= 60 else 60) - a)), end is not None and a + end <= 60)
        for a, end in lasting
    ]
    assert survival(begin, end, last) == kaplan_meier(spans)


@settings(max_examples=40)
@given(st.lists(st.none() | st.integers(0, 2**31) | st.floats(0, 1e7), max_size=9))
def test_seconds_in_half_the_room_are_the_same_seconds(told: list[float | None]):
    seconds = np.array(told, np.float64)
    assert np.array_equal(wide(slim(seconds)), seconds, equal_nan=True)


@pytest.mark.django_db(databases=["default", "samples"])
def test_the_organization_follows_what_is_told_of_one_service(house: House, monkeypatch: pytest.MonkeyPatch):
    for service, name in ((house.checkout, "c"), (house.tracking, "t")):
        house.record("service.deployed", service, at(900), deployment=f"{name}0")
        house.record("service.upgraded", service, at(800), deployment=f"{name}1", commits=commits(f"{name}-old"))
        house.record("service.upgraded", service, at(50), deployment=f"{name}2", commits=commits(f"{name}-new"))
    house.catch_up()
    settle()

    def lead_times(days: int) -> int:
        return queries.delivery(days=days, now=NOW).measured.lead_time.n

    def read_again(block: int, uids: set[str]) -> list[tuple[str, str, bytes]]:
        read.append((block, len(uids)))
        return rows(block, uids)

    rows, read = organization._rows, []
    assert (lead_times(28), lead_times(200)) == (2, 4)
    monkeypatch.setattr(organization, "_rows", read_again)
    # Its old change goes to the other service too: there it arrives last, and the organization counts it once.
    house.record("service.upgraded", house.tracking, at(20), deployment="t3", commits=commits("c-old"))
    house.catch_up()
    assert (lead_times(28), lead_times(200)) == (3, 4)
    settle()
    assert (lead_times(28), lead_times(200)) == (3, 4)
    assert sum(count for _, count in read) == 0, "what was judged while somebody waited is not read again"
    assert queries.delivery(days=28, until=at(30), now=NOW).measured.lead_time.n == 2
    assert queries.delivery(days=200, until=at(30), now=NOW).measured.lead_time.n == 4


@pytest.mark.django_db(databases=["default", "samples"])
def test_an_organization_too_large_for_the_memory_is_read_each_time(house: House, monkeypatch: pytest.MonkeyPatch):
    for number in range(3):
        told = commits(f"c{number}")
        house.record("service.upgraded", house.checkout, at(90 - number), deployment=f"d{number}", commits=told)
    house.catch_up()
    settle()
    expected = queries.delivery(now=NOW)
    monkeypatch.setattr(organization, "MOST", 1)
    assert queries.delivery(now=NOW) == expected
    assert reading.known_of(None, since=at(100)).shelves is None
