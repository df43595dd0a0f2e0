"""Periods of reports by the calendar, tallies that add up whatever the cut, and roll-ups that add events."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.evaluation import STANDINGS
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.rules.reporting.html import html_of
from roadbed.reliability.objectives.rules.reporting.lines import EVENTS, MINUTES, Tally, as_data, judged, kinds_of
from roadbed.reliability.objectives.rules.reporting.spans import SpanError, between, by_calendar
from roadbed.reliability.objectives.rules.rollup import CLASSES, Line, kind_of, rolled
from roadbed.reliability.objectives.rules.targets import Target

NINES = Target(999, 1000)
START = 29_000_000


@given(
    seed=st.integers(0, 10**6), cuts=st.lists(st.integers(0, 600), max_size=6), unit=st.sampled_from((EVENTS, MINUTES)),
    span=st.tuples(st.integers(0, 600), st.integers(0, 600)), begins=st.integers(0, 600),
)  # fmt: skip
@settings(max_examples=60)
def test_parts_of_a_period_add_up_to_the_whole(
    seed: int, cuts: list[int], unit: str, span: tuple[int, int], begins: int
):
    chance = random.Random(seed)  # noqa: S311 - a history
    own = {}
    for minute in range(START + begins, START + 600):
        if chance.random() < 0.8:
            total = chance.choice((0, 1, 20))
            own[minute] = (total - min(total, chance.choice((0, 0, 1))), total)
    history = History(NINES, own, begins=START + begins)
    history.exclude([(START + min(span), START + max(span))])

    def tally(first: int, until: int) -> Tally:
        return Tally.of(history.counts(until - 1, until - first), unit=unit)

    edges = sorted({START, START + 600, *(START + cut for cut in cuts)})
    parts = [tally(first, until) for first, until in pairwise(edges)]
    whole = tally(START, START + 600)
    summed = parts[0]
    for part in parts[1:]:
        summed += part
    assert (summed.bad, summed.total, summed.minutes, summed.outside) == (
        whole.bad, whole.total, whole.minutes, whole.outside,
    )  # fmt: skip
    assert sum(whole.minutes.values()) + whole.outside == 600
    found = judged(whole, NINES)
    assert (found.attainment is None) == (not whole.told)
    if found.kept is not None:
        assert found.kept == (found.share <= 1)


@pytest.mark.parametrize(
    ("kind", "at", "zone", "begins", "label"),
    [
        ("month", datetime(2026, 3, 20, tzinfo=UTC), "America/New_York", ("2026-03-01T05:00", 44_580), "March 2026"),
        ("month", datetime(2026, 2, 1, tzinfo=UTC), "UTC", ("2026-02-01T00:00", 40_320), "February 2026"),
        ("week", datetime(2026, 11, 25, tzinfo=UTC), "Europe/Rome", ("2026-11-22T23:00", 10_080), "Week 48 of 2026"),
        ("week", datetime(2027, 1, 1, tzinfo=UTC), "UTC", ("2026-12-28T00:00", 10_080), "Week 53 of 2026"),
        ("quarter", datetime(2026, 11, 5, tzinfo=UTC), "UTC", ("2026-10-01T00:00", 92 * 1440), "Q4 2026"),
        ("year", datetime(2028, 11, 5, tzinfo=UTC), "UTC", ("2028-01-01T00:00", 366 * 1440), "2028"),
    ],
)  # fmt: skip
def test_periods_by_the_calendar(kind: str, at: datetime, zone: str, begins: tuple[str, int], label: str):
    found = by_calendar(kind, zone, at=at)
    assert (instant(found.first).strftime("%Y-%m-%dT%H:%M"), found.minutes) == begins
    assert found.label == label
    assert found.before[1] == found.first
    assert found.first <= minute_of(at) < found.end


def test_a_date_is_counted_with_and_faults_are_said():
    found = between("2026-11-01", "2026-11-02", "Europe/Berlin")
    assert (found.minutes, found.before[0]) == (2880, found.first - 2880)
    assert between("2026-11-01T09:00Z", "2026-11-01T09:30", "UTC").minutes == 30
    for start, end, zone, said in [
        ("2026-11-02", "2026-11-01T00:00", "UTC", "ends after"),
        ("2026-11-01", "", "UTC", "no date"),
        ("yesterday", "2026-11-01", "UTC", "no date"),
        ("2026-11-01T09:00:30Z", "2026-11-02", "UTC", "begin with a minute"),
        ("2024-01-01", "2026-11-01", "UTC", "366 days"),
        ("2026-11-01", "2026-11-02", "Mars/Base", "time zone"),
    ]:
        with pytest.raises(SpanError, match=said):
            between(start, end, zone)
    with pytest.raises(SpanError, match="none of"):
        by_calendar("fortnight", "UTC", at=instant(START))


def test_kinds_add_events_and_never_average():
    minutes = {"good": 1, "bad": 0, "idle": 0, "unmeasured": 0, "excluded": 0}
    quiet, busy = Tally(1, 2, minutes, 0), Tally(10, 1_000_000, minutes, 0)
    nothing = Tally(0, 0, dict.fromkeys(minutes, 0), 0)
    (found,) = kinds_of([("availability", EVENTS, quiet, nothing), ("availability", EVENTS, busy, nothing)])
    assert found["attainment"] == 1 - 11 / 1_000_002
    assert found["before"] is None


def line(standing: str = "within", **told: object) -> Line:
    given = {
        "uid": "u", "title": "Answered", "name": "answered", "service": "checkout", "owner": "team", "system": "buying",
        "kind": "availability", "unit": "events", "window": "30d", "standing": standing, "remaining": 0.5, "good": 9,
        "total": 10, "measured": 50, "counting": 100, **told,
    }  # fmt: skip
    return Line(**given)


@given(standings=st.lists(st.sampled_from(STANDINGS), max_size=12))
def test_the_classes_of_a_group_add_up_to_its_objectives(standings: list[str]):
    found = rolled("team", "team", [line(one) for one in standings])
    assert sum(found.states.values()) == found.objectives == len(standings)
    assert set(found.states) == set(CLASSES)
    assert found.coverage == (0.5 if standings else None)


def test_a_group_names_its_worst_and_leaves_broken_ones_out_of_sums():
    lines = [line(remaining=0.9), line("spent", service="labels", remaining=-2.0, good=0), line("broken", good=11)]
    found = rolled("team", "team", lines)
    assert found.worst is not None
    assert found.worst.standing == "broken"
    assert [(kind.objectives, kind.good, kind.total) for kind in found.kinds] == [(2, 9, 20)]


def test_kinds_of_indicators():
    assert kind_of({"source": "edge"}) == "availability"
    assert kind_of({"source": "edge", "threshold_ms": 300}) == "latency"
    assert kind_of({"source": "metrics", "good": {"series": 'x_bucket{le="0.3"}'}}) == "latency"
    assert kind_of({"source": "pushed"}) == "events"
    assert kind_of({"source": "elsewhere", "reason": "?"}) == "other"


def report(title: str = "<Checkout>") -> dict[str, object]:
    minutes = {"good": 5, "bad": 1, "idle": 0, "unmeasured": 2, "excluded": 0}
    figures = as_data(Tally(1, 10, minutes, 3, 4), NINES)
    former = {"attainment": None, "share": None, "coverage": None, "has_data": False, "outside": 0}
    one = {"title": title, "owner": "team", "service": "checkout", "target_text": "99.9%", "unit": "events",
           "raw": None, "before": former, **figures}  # fmt: skip
    return {
        "scope": {"kind": "service", "name": "checkout", "title": title},
        "period": {"label": "November 2026", "zone": "UTC", "start": "2026-11-01T00:00", "end": "2026-12-01T00:00",
                   "to_come": 4},
        "before": {"start": "2026-10-01T00:00", "end": "2026-11-01T00:00", "minutes": 44_640},
        "as_of": "2026-11-28T10:00",
        "totals": {"objectives": 1, "kept": 0, "missed": 1, "untold": 0, "minutes": minutes, "outside": 3,
                   "coverage": 0.75},
        "kinds": [], "lines": [one], "journeys": [{**one, "steps": []}], "causes": [], "unattributed": {"events": 1},
        "decisions": None, "says": "0 of 1 promises kept their target, 1 missed it.",
    }  # fmt: skip


def test_the_page_stands_by_itself_and_escapes_names():
    page = html_of(report())
    assert page.startswith("<!doctype html>")
    assert "&lt;Checkout&gt;" in page
    assert "<Checkout>" not in page
    assert "No data" in page
    assert "src=" not in page
    assert "http" not in page
    assert "NaN" not in page
