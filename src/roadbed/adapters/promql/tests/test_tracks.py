"""Counters through restarts, gaps and births against a brute-force recount, and which requests ask for many."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.adapters.promql.grouping import groups_of, selected
from roadbed.adapters.promql.tracks import covered, summed, track_of
from roadbed.ground.ports.counts import Counters

steps = st.lists(
    st.tuples(st.integers(1, 130), st.one_of(st.integers(0, 40), st.just(-1)), st.booleans()), min_size=1, max_size=60
)


@given(steps)
@settings(max_examples=150, deadline=None)
def test_every_event_that_a_scrape_shows_is_counted_once_in_its_minute(history: list[tuple[int, int, bool]]) -> None:
    at, value, shown = 1_000_000, 7, []
    truth: dict[int, int] = {}
    for number, (seconds, more, restarted) in enumerate(history):
        at += seconds
        # A restart shows only where the counter is lower than before; Prometheus knows no more either.
        former, value = value, (max(more, 0) if restarted else value + max(more, 0))
        rise = value - former if value >= former else value
        if number:
            truth[at // 60] = truth.get(at // 60, 0) + rise
        shown.append((at + 0.25, f"{value}"))
    track = track_of(shown)
    assert track.rises == {minute: rise for minute, rise in truth.items() if rise}
    assert set(track.seen) == {int(stamp) // 60 for stamp, _ in shown}


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=50))
@settings(max_examples=80, deadline=None)
def test_rounding_never_drifts(rises: list[float]) -> None:
    value, shown = 0.0, []
    for number, rise in enumerate(rises):
        value += rise
        shown.append((number * 20.0, repr(value)))
    sums: dict[int, int] = {}
    summed([track_of(shown)], sums, sign=1)
    assert sum(sums.values()) == round(value) - round(rises[0])


def test_what_is_no_count_leaves_its_minute_unmeasured() -> None:
    track = track_of([(60.0, "1"), (120.0, "NaN"), (180.0, "5"), (240.0, "+Inf"), (300.0, "-3"), (360.0, "6")])
    assert (track.rises, track.broken) == ({3: 4, 6: 1}, {2, 4, 5})
    assert covered([track], gap=90) == {1, 3, 6}


def test_a_short_gap_is_bridged_and_a_long_one_is_not() -> None:
    near = track_of([(59.0, "1"), (125.0, "2"), (400.0, "3")])
    assert covered([near], gap=90) == {0, 1, 2, 6}


LABELS = st.fixed_dictionaries(
    {"job": st.sampled_from(["a", "b", "c.d", ""]), "code": st.sampled_from(["200", "500", "503"])}
)
MATCHERS = st.lists(
    st.sampled_from([
        ("job", "=", "a"), ("job", "=", "b"), ("job", "=", "c.d"), ("code", "=", "500"), ("code", "=~", "5.."),
        ("code", "!~", "5.*|200"), ("job", "!=", "a"), ("job", "=~", "a|b"), ("path", "=", ""),
    ]),
    max_size=3, unique=True,
)  # fmt: skip


@given(
    st.lists(st.tuples(st.sampled_from(["x", "y"]), MATCHERS), min_size=1, max_size=12), st.lists(LABELS, max_size=9)
)
@settings(max_examples=200, deadline=None)
def test_a_group_asks_for_everything_that_its_members_mean(
    asked: list[tuple[str, list[tuple[str, str, str]]]], series: list[dict[str, str]]
) -> None:
    counters = [Counters(f"{metric}{sorted(own)}", metric, tuple(sorted(own))) for metric, own in asked]
    groups = list(groups_of(counters))
    assert sorted(one.text for group in groups for one in group.members) == sorted({one.text for one in counters})
    for group in groups:
        whole = Counters("", group.members[0].metric, _read(group.selector))
        for one in group.members:
            assert all(selected(whole, labels) for labels in series if selected(one, labels))
            if group.split_by:
                assert any(label == group.split_by and sign == "=" for label, sign, _ in one.matchers)


def _read(selector: str) -> tuple[tuple[str, str, str], ...]:
    found = re.findall(r'(\w+)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"', selector)
    return tuple((label, sign, value.replace("\\\\", "\\")) for label, sign, value in found)


def test_a_thousand_services_are_a_few_requests() -> None:
    counters = [
        Counters(f"{n}{code}", "http_requests_total", (("job", "=", f"service-{n}"), *code))
        for n in range(1000)
        for code in ((), (("code", "=~", "5.."),))
    ]
    groups = list(groups_of(counters))
    assert len(groups) == 10
    assert {group.split_by for group in groups} == {"job"}
