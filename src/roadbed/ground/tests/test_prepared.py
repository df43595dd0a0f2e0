"""A prepared query answers what its queryset would, on the database that the tests run on, in every thread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from roadbed.ground.ledger.models import Fact, ProjectionCursor
from roadbed.ground.people.models import Team
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team
from roadbed.ground.prepared import Asked, Prepared, columns, instances

NOW = datetime(2026, 11, 23, 9, 0, 0, 250_000, tzinfo=UTC)


def facts() -> Prepared:
    return Prepared(
        lambda kind, since, after: (
            Fact.objects.filter(kind=kind, occurred_at__gte=since, position__gt=after, actor="system")
            .order_by("position")
            .values_list(*columns(Fact))[:5]
        ),
        kind=str,
        since=datetime,
        after=int,
    )


@pytest.mark.django_db
def test_it_answers_what_the_queryset_answers():
    for number in range(4):
        create_team(ROADBED, name=f"team-{number}", now=NOW + timedelta(minutes=number))
    prepared, since = facts(), NOW + timedelta(minutes=1)
    expected = list(Fact.objects.filter(kind="team.created", occurred_at__gte=since).order_by("position"))
    for after in (0, expected[0].position, 10**12):
        found = instances(Fact, prepared.rows(kind="team.created", since=since, after=after))
        assert found == [row for row in expected if row.position > after]
    again = instances(Fact, prepared.rows(kind="team.created", since=since, after=0))
    assert [(row.occurred_at, row.data) for row in again] == [(row.occurred_at, row.data) for row in expected]


@pytest.mark.django_db
def test_a_hostile_value_is_a_value():
    create_team(ROADBED, name="team-a", now=NOW)
    by_name = Prepared(lambda name: Team.objects.filter(name=name).values_list("name"), name=str)
    for text in ("' OR 1=1 --", "%s", "<value 0>", ""):
        assert by_name.rows(name=text) == []
    assert by_name.first(name="team-a") == ("team-a",)


@pytest.mark.django_db(transaction=True)
def test_each_thread_has_its_own_connection_and_its_own_compiler():
    create_team(ROADBED, name="team-a", now=NOW)
    by_name = Prepared(lambda name: Team.objects.filter(name=name).values_list("name"), name=str)

    def ask() -> object:
        try:
            return by_name.first(name="team-a")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert {future.result() for future in [pool.submit(ask) for _ in range(8)]} == {("team-a",)}


@pytest.mark.django_db
def test_it_is_one_statement_each_time():
    by_name = Prepared(lambda name: Team.objects.filter(name=name).values_list("name"), name=str)
    with CaptureQueriesContext(connection) as asked:
        by_name.rows(name="a")
        by_name.rows(name="b")
    assert [query["sql"].count("SELECT") for query in asked.captured_queries] == [1, 1]


@pytest.mark.django_db
def test_a_value_that_the_query_does_not_hold_as_given_is_refused():
    part = Prepared(lambda name: Team.objects.filter(name__contains=name).values_list("name"), name=str)
    with pytest.raises(ValueError, match="does not hold each of name"):
        part.rows(name="a")


@pytest.mark.django_db(databases=["default", "samples"])
def test_questions_of_both_databases_are_asked_together_and_each_answers_as_its_querysets_would():
    create_team(ROADBED, name="team-a", now=NOW)
    ProjectionCursor.objects.create(name="late", updated_at=NOW)
    later = timedelta(seconds=5)
    asked = Asked({
        "by now": lambda now: Fact.objects.filter(recorded_at__lte=now),
        "five seconds ago": lambda now: Fact.objects.filter(recorded_at__lte=now - later),
        "ahead": lambda now: Fact.objects.filter(recorded_at__gt=now + later),
        "one of two": lambda now: (Team.objects.filter(name="team-b"), ProjectionCursor.objects.filter(updated_at=now)),
        "nothing": lambda _: (Team.objects.none(), Team.objects.filter(name="9999-01-01")),
    })  # fmt: skip
    assert asked(NOW) == {"by now", "one of two"}
    assert asked(NOW + later) == {"by now", "five seconds ago"}
    assert asked(NOW - 2 * later) == {"ahead"}
    with CaptureQueriesContext(connection) as queries:
        asked(NOW)
    assert len(queries) == (1 if connections["samples"] is not connections["default"] else 2)
