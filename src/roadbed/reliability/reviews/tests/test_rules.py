"""The pure rules of reviews: what is an action, what is missing, on which side of the timeline an entry is."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.asks import ToldEntry
from roadbed.ground.errors import Invalid, NotFound
from roadbed.reliability.reviews import rules
from roadbed.reliability.reviews.rules import telling

START = datetime(2026, 11, 23, 13, 41, tzinfo=UTC)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zoned beside


@pytest.mark.parametrize(
    "said",
    [
        "Be more careful with rollouts",
        "Improve monitoring",
        "Investigate the timeouts",
        "Train the engineers",
        "We should pay more attention",
        "Fix it",
    ],
)
def test_a_wish_is_no_action(said: str):
    with pytest.raises(Invalid, match="Not an action yet"):
        rules.checked_action(said)


@pytest.mark.parametrize(
    "said",
    [
        "Flags above 25% rise in steps of at most 25 points",
        "Run the canary at the share the flag will have, split by flag",
        "Improve monitoring: alert when eta-predictor passes 300 ms at p99",
        "Arm kill switches on tier 1 flags by default",
    ],
)
def test_a_mechanism_is_an_action(said: str):
    assert rules.checked_action(said) == said


@given(st.text(max_size=500))
def test_any_text_is_an_action_or_refused_with_its_field(said: str):
    try:
        kept = rules.checked_action(said)
    except Invalid as refusal:
        field = refusal.place.field
    else:
        field = "text"
        assert kept == " ".join(said.split())
    assert field == "text"


@given(instants, st.floats(0, 1e6))
def test_minutes_of_harm_are_whole_and_begun_ones_count(start: datetime, seconds: float):
    minutes = rules.impact_minutes(start, start + timedelta(seconds=seconds))
    assert seconds - 60 - 1e-3 < (minutes - 1) * 60 < seconds + 1e-3 or minutes == 0
    assert rules.impact_minutes(start, start - timedelta(seconds=seconds + 1)) == 0


ready = st.builds(
    rules.Readiness,
    st.integers(1, 4),
    st.dictionaries(st.sampled_from(sorted(rules.SECTIONS)), st.sampled_from(["", " ", "said"])),
    st.integers(0, 4),
    st.integers(0, 2),
)


@given(ready)
def test_nothing_is_missing_only_when_everything_is_there(said: rules.Readiness):
    lacks = rules.missing(said)
    complete = (
        all(said.sections.get(name, "").strip() for name in rules.NEEDED)
        and said.factors >= 2
        and (said.severity > 2 or said.actions > 0)
        and not said.sections.get("questions", "").strip()
    )
    assert (lacks == ()) == complete


told = st.builds(
    lambda at, later, title: ToldEntry(at, at + timedelta(seconds=later), title, "", "f"),
    instants,
    st.floats(0, 10_000),
    st.text(min_size=1, max_size=10),
)


@given(st.lists(told, max_size=10))
def test_the_frozen_timeline_goes_forward_and_what_came_late_was_learned_later(entries: list[ToldEntry]):
    lines = telling.frozen(entries)
    assert [line["at"] for line in lines] == [one.at.isoformat() for one in sorted(entries, key=lambda one: one.at)]
    assert len({line["key"] for line in lines}) == len(entries)
    late = sum(1 for one in entries if (one.known_at - one.at).total_seconds() > 60)
    assert sum(1 for line in lines if line["known"] == "later") == late
    assert json.loads(json.dumps(lines)) == lines


@given(st.lists(told, max_size=6), instants)
def test_an_entry_of_a_person_stands_in_its_place_with_a_key_of_its_own(entries: list[ToldEntry], at: datetime):
    before = telling.frozen(entries)
    added: dict[str, Any] = {
        "at": at.isoformat(),
        "title": "x",
        "detail": "",
        "known": "then",
        "evidence": "",
        "by": "M",
    }
    after = telling.with_entry(before, added)
    assert [datetime.fromisoformat(line["at"]) for line in after] == sorted(
        datetime.fromisoformat(line["at"]) for line in after
    )
    assert len({line["key"] for line in after}) == len(before) + 1
    assert [line for line in after if line["title"] != "x" or line["fact"]] == [
        line for line in before if line["title"] != "x" or line["fact"]
    ]


def test_an_entry_changes_its_side_only_with_evidence():
    lines = telling.frozen([ToldEntry(START, START, "seen", "", "f")])
    with pytest.raises(Invalid, match="only with evidence"):
        telling.moved(lines, "T1", known="later", evidence="", by="Mara")
    with pytest.raises(NotFound):
        telling.moved(lines, "T9", known="later", evidence="log", by="Mara")
    (line,) = telling.moved(lines, "T1", known="later", evidence="log", by="Mara")
    assert (line["known"], line["evidence"], line["by"]) == ("later", "log", "Mara")
    assert lines[0]["known"] == "then"


def test_choices_days_and_sections_are_checked():
    with pytest.raises(Invalid, match="not a lever"):
        rules.checked_choice("hope", rules.LEVERS, "lever")
    with pytest.raises(Invalid, match="has passed"):
        rules.checked_due(date(2026, 1, 1), today=date(2026, 1, 2))
    with pytest.raises(Invalid, match="not a section"):
        rules.checked_sections({"blame": "x"})
    assert rules.checked_sections({"sense": " a\r\nb "}) == {"sense": "a\nb"}
