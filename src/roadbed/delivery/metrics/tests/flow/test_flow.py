"""From facts to figures: in any order, rebuilt the same, over HTTP, with the rows behind each; persons nowhere."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from roadbed.delivery.changes.linking.keeping import digest_of_repository
from roadbed.delivery.metrics.flow import digesting, queries, rows
from roadbed.delivery.metrics.flow import measures as flow_measures
from roadbed.delivery.metrics.flow.keeping import FLOW, clear
from roadbed.delivery.metrics.flow.models import FlowBranch, FlowBuild, FlowChange, FlowDay, FlowRed
from roadbed.delivery.metrics.flow.rules import figures
from roadbed.delivery.metrics.tests.conftest import House
from roadbed.ground.asks import measures
from roadbed.ground.ledger import projections
from roadbed.ground.ledger.queries import facts_after
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_token, invite_person, join_team

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
SHOP = "github.com/kestrel/shop"
HOME = digest_of_repository(SHOP)
Ask = Callable[..., Any]


def ago(hours: float) -> datetime:
    return timezone.now() - timedelta(hours=hours)


def tell(kind: str, when: datetime, /, **data: Any) -> None:
    with unit(ROADBED, now=timezone.now()) as writing:
        writing.record(kind, HOME, occurred_at=when, data={"repository": SHOP, **data})


def story(services: list[str]) -> None:
    """Three changes by two people and one by a program, a direct push, an open branch, a red trunk, builds."""
    commits = [{"sha": "a" * 40, "author": "Mara Lindqvist", "authored_at": ago(30).isoformat()}]
    tell("change.pushed", ago(29), branch="cart", after="a" * 40, commits=commits, services=services, trunk="main")
    tell("change.created", ago(28), number="1", author="mara-lindqvist", branch="cart", base="main")
    tell("change.reviewed", ago(27), number="1", author="mara-lindqvist")
    tell("change.reviewed", ago(26), number="1", author="jonas-weber")
    tell("change.merged", ago(10), number="1", author="mara-lindqvist", branch="cart", base="main", merge="c" * 40,
         additions=30, deletions=10, files=3, commits=2, title="Keep the cart")  # fmt: skip
    tell("change.merged", ago(9), number="2", author="jonas-weber", branch="sum", base="main", merge="d" * 40)
    tell("change.merged", ago(8), number="3", author="renovate[bot]", bot=True, branch="up", base="main")
    tell("change.merged", ago(8), number="4", author="jonas-weber", branch="x", base="release/2")
    for sha, hours in (("c", 10), ("d", 9), ("e", 7)):
        told = [{"sha": sha * 40, "author": "Jonas Weber", "authored_at": ago(hours).isoformat()}]
        tell("change.pushed", ago(hours), branch="main", after=sha * 40, commits=told, trunk="main")
    old = [{"sha": "f" * 40, "author": "Jonas Weber", "authored_at": ago(200).isoformat()}]
    tell("change.pushed", ago(199), branch="spike", after="f" * 40, commits=old)
    for hours, outcome, branch in ((9, "failure", "main"), (8.5, "success", "cart"), (8, "success", "main"),
                                   (2, "failure", "main"), (1, "cancelled", "main")):  # fmt: skip
        tell("build.finished", ago(hours), name="ci", branch=branch, outcome=outcome, commit="a" * 40,
             started_at=ago(hours + 0.25).isoformat(), queued_seconds=20)  # fmt: skip
    tell("build.started", ago(5.1), name="nightly", run="n1", queued=True)
    tell("build.started", ago(5), name="nightly", run="n1", queued=False)
    tell("build.finished", ago(4), name="nightly", run="n1", outcome="success", branch="main")


def told_by(view: queries.FlowView) -> dict[str, tuple[float | None, int]]:
    return {one.figure: (None if one.value is None else round(one.value, 4), one.n) for one in view.figures}


def test_the_figures_of_a_team_and_the_rows_behind_each(house: House):
    story([house.checkout])
    projections.catch_up(now=timezone.now())
    view = queries.flow(team="team-payments", now=timezone.now())
    told = told_by(view)
    hour = 3600
    assert told[figures.AGE] == (pytest.approx(20 * hour, rel=0.01), 1)
    assert told[figures.WITHIN] == (1.0, 1)
    assert (told[figures.LINES], told[figures.FILES], told[figures.COMMITS]) == ((40, 1), (3, 1), (2, 1))
    assert told[figures.REVIEW] == (pytest.approx(2 * hour, rel=0.01), 1)
    assert told[figures.UNREVIEWED] == (0.5, 2)
    assert told[figures.BROKEN] == (0.4, 5)
    assert told[figures.QUEUE][1] == 6
    assert told[figures.FREQUENCY][1] == 3
    assert told[figures.EACH][0] is None
    red = view.figure(figures.RED)
    assert (red.n, red.open, red.value) == (2, 1, pytest.approx(hour, rel=0.01))
    assert view.branches == queries.Branches(1, 1, 1)
    assert (view.repositories, view.bots, view.shared) == (1, 1, ())
    assert told_by(queries.flow(now=timezone.now())) == told
    assert told_by(queries.flow(team="team-routing", now=timezone.now()))[figures.AGE] == (None, 0)
    expected = {figures.AGE: 1, figures.LINES: 1, figures.REVIEW: 1, figures.FREQUENCY: 2, rows.DIRECT: 1,
                figures.RED: 2, figures.BROKEN: 5, figures.QUEUE: 5, rows.OPEN: 1}  # fmt: skip
    found = {name: len(rows.behind(name, team="team-payments", now=timezone.now()).items) for name in expected}
    assert found == expected
    first = rows.behind(figures.BROKEN, limit=2, now=timezone.now())
    rest = rows.behind(figures.BROKEN, cursor=first.next_cursor or "", limit=50, now=timezone.now())
    everything = rows.behind(figures.BROKEN, now=timezone.now())
    assert (*first.items, *rest.items) == everything.items


def test_goals_read_the_same_figures_and_each_has_others_to_watch(house: House):
    story([house.checkout])
    projections.catch_up(now=timezone.now())
    now = timezone.now()
    view = queries.flow(team="team-payments", now=now)
    asked = measures.Asked(measures.TEAM, "team-payments", now - timedelta(days=28), now, now)
    for metric in flow_measures.METRICS[:-1]:
        found, shown = flow_measures.measure(metric.key, asked), view.figure(metric.key)
        assert (found.value, found.n, found.low, found.high) == (shown.value, shown.n, shown.low, shown.high), metric
    known = {one.key for one in measures.metrics()}
    assert all(metric.counters and set(metric.counters) <= known for metric in flow_measures.METRICS)
    nothing = flow_measures.measure(flow_measures.FLAKY, asked)
    assert (nothing.value, nothing.why) == (None, "No report of tests was told.")


def snapshot() -> str:
    digesting.settle()
    tables = (FlowChange, FlowBranch, FlowBuild, FlowRed, FlowDay)
    held = [row for each in tables for row in each.objects.values()]
    told = [sorted((name, one) for name, one in row.items() if name != "id") for row in held]
    return "\n".join(sorted(map(repr, told)))


def test_facts_in_any_order_and_batches_come_to_the_same_tables(house: House):
    story([house.checkout])
    facts = [fact for fact in facts_after(0) if fact.kind in FLOW.kinds]
    found = set()
    for seed in range(4):
        random.Random(seed).shuffle(facts)  # noqa: S311 - an order, no secret
        clear()
        size = (len(facts), 1, 3, 7)[seed]
        for first in range(0, len(facts), size):
            FLOW.apply(tuple(facts[first : first + size]))
            if seed == 2:
                digesting.settle()
        found.add(snapshot())
    assert len(found) == 1


@pytest.fixture
def ask(house: House, client: Client) -> Ask:
    person = Person.objects.create(email="hanne@kestrel.example", name="Hanne Brandt", created_at=timezone.now())
    client.force_login(person)
    token = create_token(caller_of_person(person), name="test", now=timezone.now())[1]

    def get(path: str, status: int = 200) -> Any:
        response = client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == status, response.content
        return response.json()

    return get


def test_over_http_nobody_is_named_and_what_is_unknown_is_null(house: House, ask: Ask):
    empty = ask("/metrics/flow")
    assert {one["value"] for one in empty["figures"]} == {None}
    assert (empty["branches"], all(one["why"] for one in empty["figures"])) == (None, True)
    story([house.checkout])
    projections.catch_up(now=timezone.now())
    told = ask("/metrics/flow?service=checkout&working_hours=Mon-Sun 00:00-24:00")
    texts = [json.dumps(told), *(json.dumps(ask(one["rows"].removeprefix("/api/v1"))) for one in told["figures"])]
    text = "".join(texts).casefold()
    assert "keep the cart" in text
    assert not any(name in text for name in ("mara", "jonas", "lindqvist", "weber", "author"))
    for query, status in (("days=0", 422), ("until=2999-01-01T00:00:00Z", 422), ("team=nobody", 404),
                          ("team=team-payments&service=checkout", 422), ("working_hours=never", 422)):  # fmt: skip
        ask(f"/metrics/flow?{query}", status)
    ask("/metrics/flow/rows?figure=people", 422)
    ask("/metrics/flow/rows?figure=batch_lines&cursor=WzEsMl0", 422)


def test_beginnings_are_a_distribution_of_five_or_more(house: House, ask: Ask):
    now = timezone.now()
    joined = now - timedelta(days=10)
    for number in range(5):
        email = f"person-{number}@kestrel.example"
        invite_person(ROADBED, email=email, name=f"Person {number}", now=joined)
        join_team(ROADBED, team="team-payments" if number else "team-routing", email=email, now=joined)
        at = joined + timedelta(days=number, hours=1)
        told = [{"sha": f"{number}" * 40, "author": f"person-{number}", "authored_at": at.isoformat()}]
        tell("change.pushed", at, branch="main", after=f"{number}" * 40, commits=told)
    projections.catch_up(now=now)
    whole = ask("/metrics/onboarding?days=30")
    assert (whole["joined"], [one["hidden"] for one in whole["beginnings"]]) == (5, [False, False, False])
    assert whole["beginnings"][0]["median"] == 2 * 86400 + 3600
    assert (whole["beginnings"][1]["median"], whole["beginnings"][1]["yet"]) == (None, 5)
    team = ask("/metrics/onboarding?days=30&team=team-payments")
    assert (team["joined"], team["beginnings"][0]["hidden"], team["beginnings"][0]["median"]) == (4, True, None)
    assert "person" not in json.dumps([whole, team]).replace("persons", "")
    assert ask("/metrics/onboarding?days=5")["joined"] == 0
    ask("/metrics/onboarding?days=0", 422)
    ask("/metrics/onboarding?team=nobody", 404)


def test_a_day_is_utcs_and_a_window_ends_with_one():
    since, last = queries.span_of(7, datetime(2026, 11, 20, 23, 59, tzinfo=UTC), datetime(2026, 11, 28, tzinfo=UTC))
    assert (str(since), str(last)) == ("2026-11-14", "2026-11-20")
