"""Merging, taking that back, splitting, and what other systems tell; the delivery metrics count each harm once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from roadbed.delivery.metrics.rules import reading
from roadbed.delivery.metrics.rules.values import Incident as Counted
from roadbed.ground.errors import Conflict, Invalid
from roadbed.ground.ledger.queries import facts_after
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.incidents import external, joining, queries, timing, usecases
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.incidents.tests.conftest import NOW, House, minutes

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def counted() -> tuple[Counted, ...]:
    """The incidents that the delivery metrics read in the ledger."""
    facts = facts_after(0, kinds=reading.KINDS, limit=1000)
    lines = [
        reading.line_of(
            uid=one.uid, kind=one.kind, subject=one.subject, environment=one.environment,
            occurred_at=one.occurred_at, supersedes=one.supersedes, data=one.data,
        )
        for one in facts
    ]  # fmt: skip
    return reading.incidents_of(reading.standing(lines, [one.supersedes for one in lines if one.supersedes]))


def two(house: House) -> None:
    house.opened()
    usecases.note(house.mara, "1", text="Cards are refused", now=minutes(1))
    house.opened(minutes(2), "b1", service="parcels")
    usecases.note(house.mara, "2", text="Parcels wait for cards", now=minutes(3))


def test_merged_both_histories_are_told_and_one_incident_is_counted(house: House):
    two(house)
    assert len(counted()) == 2
    joining.merge(house.mara, "2", "1", now=minutes(5))
    page = queries.incident("1", now=minutes(6))
    said = [one.detail for one in page.timeline]
    assert {"“Cards are refused”", "“Parcels wait for cards”"} <= set(said)
    assert (page.view.services, page.merged) == (("checkout", "parcels"), ("INC-2",))
    assert queries.incident("2", now=minutes(6)).view.merged_into == "INC-1"
    assert [view.number for view in queries.incidents().items] == [1]
    assert [one.number for one in counted()] == [1]
    with pytest.raises(Conflict, match="INC-2 was merged into INC-1"):
        usecases.note(house.mara, "2", text="x", now=minutes(7))
    assert house.opened(minutes(8), "b2", service="parcels").view.number == 1
    with pytest.raises(Invalid, match="into itself"):
        joining.merge(house.mara, "1", "1", now=minutes(9))


def test_a_merge_is_undone_and_both_count_again(house: House):
    two(house)
    joining.merge(house.mara, "2", "1", now=minutes(5))
    joining.unmerge(house.mara, "2", now=minutes(6))
    one, other = (queries.incident(name, now=minutes(7)).view for name in ("1", "2"))
    assert (one.services, [held["alert"] for held in one.alerts]) == (("checkout",), ["a1"])
    assert (other.status, other.stage, other.merged_into) == ("open", "triggered", "")
    assert sorted(found.number or 0 for found in counted()) == [1, 2]
    joining.merge(house.mara, "2", "1", now=minutes(8))
    assert [found.number for found in counted()] == [1]
    with pytest.raises(Conflict, match="was not merged"):
        joining.unmerge(house.mara, "1", now=minutes(9))


def test_merged_harm_begins_with_the_first_of_them_and_an_undone_merge_gives_that_back(house: House):
    usecases.open_by_hand(house.mara, "checkout", title="Slow", severity=3, now=minutes(40))
    usecases.open_by_hand(house.mara, "parcels", title="Fails", severity=1, started_at=NOW, now=minutes(41))
    joining.merge(house.mara, "2", "1", now=minutes(42))
    view = queries.incident("1", now=minutes(43)).view
    assert (view.started_at, view.severity) == (NOW, 1)
    assert [one.started_at for one in counted()] == [NOW]
    joining.unmerge(house.mara, "2", now=minutes(44))
    one, other = (queries.incident(name, now=minutes(45)).view for name in ("1", "2"))
    assert (one.started_at, one.severity) == (minutes(40), 3)
    assert (other.started_at, other.severity) == (NOW, 1)
    assert sorted(found.started_at for found in counted()) == [NOW, minutes(40)]


def test_what_had_been_merged_into_it_comes_back_with_it(house: House):
    usecases.open_by_hand(house.mara, "checkout", title="Slow", now=NOW)
    usecases.open_by_hand(house.mara, "parcels", title="Fails", now=minutes(1))
    uid = house.opened(minutes(2), "c1", environment="staging").view.uid
    Incident.objects.filter(uid=uid).update(environment="production", source="pagerduty")
    joining.merge(house.mara, "3", "2", now=minutes(3))
    joining.merge(house.mara, "2", "1", now=minutes(4))
    assert queries.incident("1", now=minutes(5)).merged == ("INC-2", "INC-3")
    joining.unmerge(house.mara, "2", now=minutes(6))
    assert [queries.incident(name, now=minutes(7)).merged for name in ("1", "2")] == [(), ("INC-3",)]


def test_a_split_takes_services_and_lines_with_it(house: House):
    usecases.open_by_hand(house.mara, "checkout", title="All refuse", further=("parcels",), now=NOW)
    usecases.note(house.mara, "1", text="Parcels is something else", now=minutes(1))
    note = next(one for one in queries.incident("1", now=minutes(2)).timeline if one.kind == "incident.noted")
    with pytest.raises(Invalid, match="seen first"):
        joining.split(house.mara, "1", title="x", services=("checkout",), now=minutes(3))
    uid = joining.split(
        house.mara, "1", title="Parcels wait", services=("parcels",), entries=(note.fact,), now=minutes(3)
    )
    made, left = queries.incident(uid, now=minutes(4)), queries.incident("1", now=minutes(4))
    assert (made.view.service, left.view.services) == ("parcels", ("checkout",))
    assert note.fact in [one.fact for one in made.timeline]
    assert note.fact not in [one.fact for one in left.timeline]
    assert sorted(one.number or 0 for one in counted()) == [1, 2]


def test_corrected_times_move_the_figures(house: House):
    house.opened()
    usecases.mitigate(house.mara, "1", at=minutes(20), now=minutes(20))
    usecases.resolve(house.mara, "1", now=minutes(30))
    (one,) = counted()
    assert (one.started_at, one.resolved_at) == (minutes(-2), minutes(20))
    timing.correct_time(house.mara, "1", which="impact-started", at=minutes(-7), evidence="Logs", now=minutes(40))
    timing.correct_time(house.mara, "1", which="impact-ended", at=minutes(15), evidence="Logs", now=minutes(41))
    (one,) = counted()
    assert (one.started_at, one.resolved_at) == (minutes(-7), minutes(15))
    usecases.reopen(house.mara, "1", now=minutes(50))
    assert [found.resolved_at for found in counted()] == [None]
    usecases.resolve(house.mara, "1", now=minutes(60))
    assert [found.resolved_at for found in counted()] == [minutes(60)]


def told(house: House, kind: str, at: datetime, **data: Any) -> None:
    known = {
        "external": True, "title": "PagerDuty saw 500s", "service": "checkout", "service_uid": house.checkout,
        "url": "https://pd.example/PX1",
    }  # fmt: skip
    with unit(ROADBED, now=at) as writing:
        writing.record(
            kind, "e" * 32, environment="production", occurred_at=at, source="pagerduty", data=known | data,
        )  # fmt: skip


@pytest.mark.parametrize("late", [False, True])
def test_another_systems_incident_is_a_row_with_its_link_counted_once_and_pages_nobody(house: House, *, late: bool):
    if late:
        told(house, "incident.resolved", minutes(9))
        assert external.take("e" * 32, now=minutes(9)) is None
    told(house, "incident.detected", NOW)
    external.take("e" * 32, now=minutes(10))
    external.take("e" * 32, now=minutes(11))
    if not late:
        view = queries.incident("1", now=minutes(11)).view
        assert (view.status, view.source, view.severity) == ("open", "pagerduty", 3)
        assert view.source_url == "https://pd.example/PX1"
        told(house, "incident.resolved", minutes(9))
        external.take("e" * 32, now=minutes(12))
    view = queries.incident("1", now=minutes(12)).view
    assert (view.status, view.resolved_at) == ("resolved", minutes(9))
    assert len(counted()) == Incident.objects.count() == 1
    assert facts_after(0, kinds=["alert.opened", "page.sent"]) == ()
    told(house, "incident.detected", minutes(20), url="javascript:alert(1)")
    external.take("e" * 32, now=minutes(20))
    view = queries.incident("1", now=minutes(21)).view
    assert (view.status, view.source_url) == ("open", "https://pd.example/PX1")


def test_another_systems_incident_merges_into_ours_and_counts_no_more(house: House):
    house.opened()
    told(house, "incident.detected", minutes(1))
    external.take("e" * 32, now=minutes(2))
    assert len(counted()) == 2
    joining.merge(house.mara, "2", "1", now=minutes(3))
    assert [one.number for one in counted()] == [1]
    told(house, "incident.resolved", minutes(9))
    external.take("e" * 32, now=minutes(9))
    assert queries.incident("1", now=minutes(10)).view.status == "open"
