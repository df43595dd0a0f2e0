"""Runbook runs and requests become toil by themselves; who sees whose; what an automation saved."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people import usecases as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.reliability.toil import capturing, quarterly, queries, requesting, usecases
from roadbed.reliability.toil.models import Entry, Task
from roadbed.reliability.toil.rules.saving import saving
from roadbed.reliability.toil.tests.test_doors import NOW, TEAM, House, house  # noqa: F401 - the fixture

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def caller(name: str) -> Caller:
    return caller_of_person(Person.objects.get(email=f"{name}@kestrel.example"))


def fact(who: Caller, kind: str, subject: str = "svc", **data: Any) -> str:
    with unit(who, now=NOW) as writing:
        return writing.record(kind, subject, data=data)


def run(minutes: object = 12, **data: Any) -> str:
    told = {"runbook": "Drain a node", "service": "checkout", "owner": TEAM, "minutes": minutes, "by_hand": True}
    return fact(ROADBED, "runbook.run", **(told | {"person": caller("hanne").uid} | data))


@pytest.mark.usefixtures("house")
def test_a_runbook_run_is_toil_of_whoever_ran_it_and_a_dry_run_is_none():
    for uid in (first := run(), first, run(dry_run=True), run(person=""), run(minutes=None), run(owner="")):
        capturing.capture(uid, now=NOW)
    rows = list(Entry.objects.order_by("pk").values_list("minutes", "source", "person", "task__what", "task__team"))
    assert rows == [(12, "runbook", "Hanne", "Runbook Drain a node: checkout", TEAM)] * 2


@pytest.mark.usefixtures("house")
def test_what_is_done_by_hand_for_somebody_else_is_captured_and_ones_own_is_not():
    hanne, ines = caller("hanne"), caller("ines")
    for uid in (
        fact(hanne, "team.joined", "t", person=ines.uid),
        fact(hanne, "team.joined", "t", person=hanne.uid),
        fact(ROADBED, "person.invited", "p"),
        fact(hanne, "change.kind.confirmed"),
    ):
        capturing.capture(uid, now=NOW)
    rows = list(Entry.objects.order_by("pk").values_list("task__what", "minutes", "assumed"))
    assert rows == [("Add people to teams", 5, True), ("Confirm kinds of changes", 5, True)]


def test_a_request_is_told_once_and_by_whom_it_was_done(house: House):  # noqa: F811
    body = {"minutes": "20m", "what": "Unlock an account", "reference": "OPS-7", "done_by": "ines@kestrel.example"}
    first = house.hanne.post("/toil/requests", body)
    assert (first.status, house.hanne.post("/toil/requests", body).body) == (201, first.body)
    row = Entry.objects.get()
    assert (row.person, row.source, row.reference) == ("Ines", "request", "OPS-7")
    told = Fact.objects.get(kind="toil.request.done")
    assert (told.uid, told.data["minutes"], told.data["reference"]) == (row.fact, 20, "OPS-7")
    assert house.hanne.post("/toil/requests", body | {"done_by": "x@kestrel.example"}).body["field"] == "done_by"
    assert house.hanne.post("/toil/requests", body | {"link": "javascript:1"}).body["field"] == "link"
    assert house.dele.post("/toil/requests", body | {"team": TEAM}).status == 403


def test_a_persons_toil_is_seen_by_that_person_and_by_whoever_leads_and_is_no_ranking(house: House, client: Client):  # noqa: F811
    for name, minutes in (("hanne", "30m"), ("ines", "2h")):
        usecases.log(caller(name), minutes=minutes, what="Renew certificates", now=NOW)

    def seen(viewer: Caller) -> list[str]:
        board = queries.board(now=NOW, viewer=viewer)
        return [one.person for team in board.teams if team.team == TEAM for one in team.persons]

    admin = Caller("a", "Ada", "admin")
    assert (seen(caller("hanne")), seen(caller("dele")), seen(admin)) == (["Hanne"], [], [])
    told = {one.person for one in queries.entries(now=NOW, viewer=caller("hanne"))}
    assert told == {"Hanne", "somebody of the team"}
    people.join_team(ROADBED, team=TEAM, email="hanne@kestrel.example", lead=True, now=NOW)
    assert seen(caller("hanne")) == ["Hanne", "Ines"]
    client.force_login(Person.objects.get(email="ines@kestrel.example"))
    page = client.get(f"/toil/tasks/{Task.objects.get().uid}").content.decode()
    assert "Hanne" not in page.split("<main")[1]
    assert house.hanne.get("/toil/quarters?quarters=0").status == 422


@pytest.mark.usefixtures("house")
def test_work_has_an_owner_a_day_and_a_link_and_its_saving_is_measured_by_weeks():
    hanne = caller("hanne")
    for week in range(8):
        usecases.log(
            hanne, minutes="2h", what="Grant access", occurred_at=NOW - timedelta(weeks=week, hours=1), now=NOW
        )
    uid = Task.objects.get().uid
    due = (NOW + timedelta(days=20)).date()
    usecases.plan(
        hanne, uid, owner=Person.objects.get(uid=hanne.uid).email, due=due, link="https://w.example/7", now=NOW
    )
    found = queries.candidate(uid, now=NOW)
    assert (found.due, found.link, found.owner) == (due, "https://w.example/7", "Hanne")
    usecases.finish(hanne, uid, built_hours=3, now=NOW)
    usecases.log(hanne, minutes="30m", what="Grant access", now=NOW + timedelta(days=3))
    assert queries.saved(now=NOW + timedelta(weeks=3))[0].measured is None
    measured = queries.saved(now=NOW + timedelta(weeks=6))[0].measured
    assert (measured.weeks_before, measured.weeks_after, measured.is_sure) == (7, 6, True)
    assert measured.low <= measured.saved <= measured.high


@pytest.mark.usefixtures("house")
def test_quarters_say_no_data_where_nothing_was_noted():
    usecases.log(caller("hanne"), minutes="8h", what="Grant access", now=NOW)
    team = next(one for one in quarterly.quarters(now=NOW, many=2) if one.team == TEAM)
    assert [(one.quarter, one.share and one.share.hours) for one in team.quarters] == [
        ("2026 Q3", None),
        ("2026 Q4", 8.0),
    ]
    other = next(one for one in quarterly.quarters(now=NOW, many=2) if one.team == "team-other")
    assert [one.share and one.share.share for one in other.quarters] == [None, 0.0]
    assert requesting.LONGEST_REFERENCE == 160


hours = st.lists(st.floats(0, 60), min_size=4, max_size=20)


@given(hours, hours)
def test_a_saving_lies_in_its_interval_and_turns_round_with_its_sides(before: list[float], after: list[float]):
    one, other = saving(before, after), saving(after, before)
    assert one is not None
    assert other is not None
    assert one.low - 1e-9 <= one.saved <= one.high + 1e-9
    assert one.saved == pytest.approx(-other.saved, abs=1e-9)
    assert saving(before[:3], after) is None


def test_the_interval_covers_the_truth_as_often_as_it_says():
    random = Random(7)  # noqa: S311 - a sample, no secret
    covered = 0
    for _ in range(400):
        before = [random.gauss(8, 3) for _ in range(13)]
        after = [random.gauss(3, 1) for _ in range(6)]
        found = saving(before, after)
        assert found is not None
        covered += found.low <= 5 * 365.25 / 12 / 7 <= found.high
    assert 0.92 <= covered / 400 <= 0.98
