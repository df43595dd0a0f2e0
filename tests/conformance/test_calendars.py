"""Calendars as people export them: recurring events, one of them changed, whole days, any case of an address."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from roadbed.reliability.paging.rules.schedules.calendars import Event, events_of, person_of

DATA = Path(__file__).parents[3] / "shared" / "conformance" / "calendars"
YEKATERINBURG = ZoneInfo("Asia/Yekaterinburg")

pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"{DATA} is not beside this checkout")


def events(name: str, start: datetime, end: datetime) -> tuple[Event, ...]:
    return events_of((DATA / name).read_text(), start, end, zone=YEKATERINBURG)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


def test_a_changed_occurrence_takes_the_place_of_its_own():
    found = events("calendar_with_edited_recurring_events.ics", at(2021, 1, 26), at(2021, 1, 29))
    assert [(one.start, one.summary) for one in found] == [
        (at(2021, 1, 26, 8), "@Bernard Desruisseaux"),
        (at(2021, 1, 27, 8), "@Bob"),
        (at(2021, 1, 28, 8), "@Bernard Desruisseaux"),
    ]


def test_a_recurring_event_comes_every_day():
    found = events("calendar_with_recurring_event.ics", at(2021, 2, 1), at(2021, 3, 1))
    assert len(found) == 28
    assert {(one.end - one.start).total_seconds() for one in found} == {9 * 3600}


def test_whole_days_are_days_of_the_zone():
    found = {one.summary: one for one in events("calendar_with_all_day_event.ics", at(2021, 1, 27), at(2021, 1, 28))}
    assert (found["@Alex"].start, found["@Alex"].end) == (at(2021, 1, 26, 19), at(2021, 1, 27, 19))
    assert found["@Alice"].end == at(2021, 1, 28, 19)


def test_every_calendar_is_read_and_an_address_is_known_in_any_case():
    for path in DATA.glob("*.ics"):
        assert any(events(path.name, at(year, 1, 1), at(year + 1, 1, 1)) for year in (2021, 2022, 2023)), path.name
    (one,) = events("override_email_case_sensitivity.ics", at(2023, 1, 1), at(2024, 1, 1))
    assert person_of(one.summary, ["other@test.test", "test@test.test"]) == "test@test.test"
