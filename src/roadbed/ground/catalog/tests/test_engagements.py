"""SRE engagements: dated, complete, one at a time, and what they mean for who answers."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from roadbed.ground.catalog import queries, usecases
from roadbed.ground.catalog.models import Engagement
from roadbed.ground.catalog.tests.cast import CHECKOUT, HANNE, NOW
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
TERMS = {
    "entry_review": "https://wiki.example/er",
    "objectives": ("99.9% available",),
    "hand_back": ("budget spent twice",),
}


@pytest.fixture(autouse=True)
def checkout() -> str:
    for name in ("team-payments", "team-sre", "team-sre-two"):
        create_team(ROADBED, name=name, now=NOW)
    return usecases.register(HANNE, text=CHECKOUT, location="https://git.example/c", now=NOW).uid_of_component


def start(team: str = "team-sre", day: date = date(2026, 11, 1), **terms: object) -> str:
    return usecases.start_engagement(ROADBED, "checkout", team=team, started_on=day, **{**TERMS, **terms}, now=NOW)


def end(day: date = date(2026, 11, 10)) -> str:
    return usecases.end_engagement(ROADBED, "checkout", ended_on=day, reason="budget spent twice", now=NOW)


def test_whoever_is_engaged_answers_from_the_first_day_to_the_last(checkout: str):
    start()
    end()
    who = [queries.accountable(checkout, on=date(2026, 11, day)) for day in (1, 10, 11)]
    assert [(one.team, one.by) for one in who if one] == [
        ("team-sre", "engagement"),
        ("team-sre", "engagement"),
        ("team-payments", "owner"),
    ]
    assert [
        fact.kind for fact in Fact.objects.filter(subject=checkout, kind__startswith="engagement").order_by("position")
    ] == [
        "engagement.started",
        "engagement.ended",
    ]


@pytest.mark.parametrize("day", [date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)])
def test_an_open_engagement_leaves_no_room_for_another(day: date):
    start()
    with pytest.raises(Conflict, match="team-sre is engaged"):
        start("team-sre-two", day)


def test_an_ended_one_covers_its_last_day_and_no_further():
    start()
    end()
    with pytest.raises(Conflict):
        start("team-sre-two", date(2026, 11, 10))
    start("team-sre-two", date(2026, 11, 11))
    assert [row.team for row in queries.engagements()] == ["team-sre-two", "team-sre"]


def test_an_engagement_may_not_begin_before_one_that_is_recorded():
    start()
    end()
    with pytest.raises(Conflict):
        start("team-sre-two", date(2026, 10, 1))


def test_the_database_holds_one_open_engagement_too(checkout: str):
    start()
    row = Engagement.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Engagement.objects.create(service=row.service, team=row.team, started_on=date(2027, 1, 1))


def test_it_is_complete_or_refused_with_everything_missing():
    with pytest.raises(Invalid) as refusal:
        start(entry_review=" ", objectives=(), hand_back=())
    assert len(refusal.value.others) == 2


def test_the_owner_is_not_engaged_on_its_own_service():
    with pytest.raises(Invalid, match="owns"):
        start("team-payments")


def test_unknown_teams_services_and_ends_are_named():
    with pytest.raises(NotFound, match="team-ghost"):
        start("team-ghost")
    with pytest.raises(NotFound, match="No SRE team"):
        end()
    start()
    with pytest.raises(Invalid, match="began on 2026-11-01"):
        end(date(2026, 10, 31))


def test_members_do_not_engage_anybody():
    with pytest.raises(Forbidden):
        usecases.start_engagement(HANNE, "checkout", team="team-sre", started_on=NOW.date(), **TERMS, now=NOW)
