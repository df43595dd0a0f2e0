"""Reports over HTTP: taken once, packed or not, judged by commit in any order; quarantines end; pages."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from roadbed.delivery.metrics.flow import measures as flow_measures
from roadbed.delivery.metrics.flow.models import Quarantine, ReadReport, SeenTest, SuiteReport, WeekOfTest
from roadbed.delivery.metrics.flow.testing import queries, usecases
from roadbed.delivery.metrics.flow.testing.keeping import TESTS
from roadbed.delivery.metrics.histories import scope_of
from roadbed.delivery.metrics.tests.conftest import House
from roadbed.ground.asks import measures
from roadbed.ground.ledger import projections
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.queries import facts_after
from roadbed.ground.people.models import Membership, Person, Team
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.usecases import create_token

pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=False)
Send = Callable[..., Any]
SHA = "a1" * 20


def suite(**outcomes: float) -> bytes:
    """A report: a test's time, negative where it failed."""
    cases = "".join(
        f'<testcase classname="cart" name="{name}" time="{abs(time)}">{"<failure/>" if time < 0 else ""}</testcase>'
        for name, time in outcomes.items()
    )
    return f'<testsuites><testsuite name="s">{cases}</testsuite></testsuites>'.encode()


@pytest.fixture
def hanne(house: House, client: Client) -> Person:
    person = Person.objects.create(email="hanne@kestrel.example", name="Hanne Brandt", created_at=timezone.now())
    Membership.objects.create(person=person, team=Team.objects.get(name="team-payments"))
    client.force_login(person)
    return person


@pytest.fixture
def send(hanne: Person, client: Client) -> Send:
    token = create_token(caller_of_person(hanne), name="ci", now=timezone.now())[1]

    def call(path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        kind = "application/xml" if isinstance(body, bytes) else "application/json"
        more = {"Authorization": f"Bearer {token}", **{name.replace("_", "-"): text for name, text in headers.items()}}
        answer = (
            client.get(f"/api/v1{path}", headers=more)
            if body is None
            else client.post(f"/api/v1{path}", body, content_type=kind, headers=more)
        )
        assert answer.status_code == status, answer.content
        return answer.json()

    return call


def to(build: str, service: str = "checkout", commit: str = SHA, **more: str) -> str:
    query = "".join(f"&{name}={text}" for name, text in more.items())
    return f"/builds/{build}/tests?service={service}&commit={commit}{query}"


def test_a_report_is_taken_once_and_says_what_stops_somebody(send: Send):
    body = suite(pays=-2, adds=1)
    first = send(to("b-1"), body, 201)
    again = send(to("b-1"), gzip.compress(body), 200, Content_Encoding="gzip")
    assert (first["uid"], first["tests"], first["failed"], first["blocking"]) == (again["uid"], 2, 1, 1)
    assert Fact.objects.filter(kind="tests.reported").count() == 1
    made = send("/tests/quarantine", {"service": "checkout", "test": "cart::pays", "reason": "The card is slow"}, 201)
    later = send(to("b-1", attempt="2"), body, 201)
    assert (later["failed"], later["blocking"], later["failures"][0]["test"]) == (1, 0, "cart::pays")
    send(f"/tests/quarantine/{made['uid']}/release", {})
    assert send(to("b-1", attempt="2"), body)["blocking"] == 1
    send(f"/tests/quarantine/{made['uid']}/release", {}, 409)


def test_what_cannot_be_taken_is_refused_and_changes_nothing(send: Send):
    good = suite(pays=1)
    for path, body, status, said in (
        (to("b", commit="zzz"), good, 422, "commit"),
        (to("b", service="nothing"), good, 404, "no service"),
        (to("b", service="tracking"), good, 403, "team-routing"),
        (to("b", attempt="0"), good, 422, "attempt"),
        (to("b"), b"<testsuites/>", 422, "no test"),
        (to("b"), b"<!DOCTYPE a><testsuites/>", 422, "document type"),
        (to("b"), b"\n<testsuites", 422, "well-formed"),
    ):
        refused = send(path, body, status)
        assert said in refused["detail"]
    assert send(to("b"), b"\n<testsuites>", 422)["line"] == 2
    send(to("b"), good, 422, Content_Encoding="gzip")
    assert (SuiteReport.objects.count(), Fact.objects.filter(kind="tests.reported").count()) == (0, 0)
    for sent in ({"reason": "x"}, {"reason": "Why not", "days": 91}, {"reason": "Why not", "days": 0},
                 {"reason": "Why not", "test": " "}):  # fmt: skip
        send("/tests/quarantine", {"service": "checkout", "test": "cart::pays"} | sent, 422)
    send("/tests/flaky?weeks=14", None, 422)
    send("/tests/flaky?cursor=WzEsMl0", None, 422)


def tables() -> list[str]:
    return sorted(
        repr([(name, value) for name, value in sorted(row.items()) if name != "id"])
        for table in (WeekOfTest, SeenTest, ReadReport)
        for row in table.objects.values()
        if row.get("commits") != 0
    )


def test_flaky_tests_come_out_the_same_in_whatever_order_reports_are_read(send: Send):
    send(to("b-1"), suite(pays=-2, adds=1, slow=30), 201)
    send(to("b-2"), suite(pays=2, adds=1.5, slow=31), 201)
    send(to("b-3", commit="b2" * 20), suite(pays=2, adds=1), 201)
    facts = [fact for fact in facts_after(0) if fact.kind in TESTS.kinds]
    found = set()
    for order in itertools.permutations(facts):
        TESTS.clear()
        TESTS.apply(order[:2])
        TESTS.apply(order[2:])
        TESTS.apply(order[:1])
        found.add(tuple(tables()))
    assert len(found) == 1
    page = send("/tests/flaky?service=checkout")
    (one,) = page["items"]
    assert (one["test"], one["owner"], one["flaked"], one["commits"]) == ("cart::pays", "team-payments", 1, 2)
    assert (one["lost_seconds"], one["share"], one["quarantine"]) == (34.5, 0.5, None)
    assert 0 < one["low"] < 0.5 < one["high"] < 1
    slow = send("/tests/slowest?team=team-payments")["items"][0]
    assert (slow["test"], slow["seconds"], slow["runs"]) == ("cart::slow", 30.5, 2)
    assert send("/tests/flaky?team=team-routing")["items"] == []


def test_old_reports_keep_their_counts_and_a_quarantine_ends_by_itself(send: Send, hanne: Person):
    send(to("b-1"), suite(pays=-2), 201)
    now = timezone.now()
    assert usecases.prune(now=now) == 0
    assert (usecases.prune(now=now + timedelta(days=92)), usecases.prune(now=now + timedelta(days=92))) == (1, 0)
    assert queries.require_report(SuiteReport.objects.get().uid, now=now).failed == 1
    caller = caller_of_person(hanne)
    usecases.quarantine(caller, service="checkout", test="cart::pays", reason="Slow card", days=3, now=now)
    usecases.quarantine(caller, service="checkout", test="cart::pays", reason="Slower", days=5, now=now)
    states = [queries.require_quarantine(row.uid, now=now).state for row in Quarantine.objects.order_by("pk")]
    assert states == ["released", "now"]
    last = Quarantine.objects.latest("pk")
    assert queries.require_quarantine(last.uid, now=now + timedelta(days=6)).state == "over"


def test_the_pages_say_no_data_until_there_is_some_and_take_a_quarantine_without_script(send: Send, client: Client):
    empty = client.get("/delivery/flow").content.decode()
    assert "No data" in empty
    assert "Nothing was told yet" in empty
    assert "No test was reported" in client.get("/delivery/tests").content.decode()
    assert "No rows" in client.get("/delivery/flow/rows?figure=branch_age").content.decode()
    assert client.get("/delivery/flow/rows?figure=people").status_code == 422
    assert client.get("/delivery/flow?days=²").status_code == 422
    send(to("b-1"), suite(pays=-2), 201)
    send(to("b-2"), suite(pays=3), 201)
    projections.catch_up(now=timezone.now())
    page = client.get("/delivery/tests?service=checkout").content.decode()
    assert all(said in page for said in ("cart::pays", "1 of 1 commit", "Put in quarantine"))
    form = {"of": "checkout", "test": "cart::pays", "reason": "The card is slow", "days": "7"}
    refused = client.post("/delivery/tests?service=checkout", form | {"days": "900"})
    assert (refused.status_code, "90 days" in refused.content.decode()) == (422, True)
    assert client.post("/delivery/tests?service=checkout", form).status_code == 302
    assert "The card is slow" in client.get("/delivery/tests?service=checkout").content.decode()
    uid = Quarantine.objects.get().uid
    assert client.get(f"/delivery/tests/{uid}/release").status_code == 405
    assert client.post(f"/delivery/tests/{uid}/release").status_code == 302
    assert queries.count_flaky(scope_of(), now=timezone.now()) == (1, 1)


def test_the_share_of_tests_that_flake_is_a_figure_for_goals(send: Send, house: House):
    now = timezone.now()
    asked = measures.Asked(measures.TEAM, "team-payments", now - timedelta(days=28), now, now)
    send(to("b-1"), suite(pays=-2, adds=1), 201)
    send(to("b-1", attempt="2"), suite(pays=2, adds=1), 201)
    projections.catch_up(now=timezone.now())
    found = flow_measures.measure(flow_measures.FLAKY, asked)
    assert (found.value, found.n) == (0.5, 2)
    other = measures.Asked(measures.TEAM, "team-routing", asked.since, now, now)
    assert flow_measures.measure(flow_measures.FLAKY, other).value is None
