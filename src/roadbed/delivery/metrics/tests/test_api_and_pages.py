"""Over HTTP and on the page: figures with their rows, no data said as such, refusals that name the remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from roadbed.delivery.metrics.tests.conftest import COMPONENT, House
from roadbed.ground.asks import put
from roadbed.ground.asks.figures import DeliveryFigures
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_token

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
Ask = Callable[..., Any]


@pytest.fixture
def hanne(house: House, client: Client) -> Person:
    person = Person.objects.create(email="hanne@kestrel.example", name="Hanne Brandt", created_at=timezone.now())
    client.force_login(person)
    return person


@pytest.fixture
def get(hanne: Person, client: Client) -> Ask:
    token = create_token(caller_of_person(hanne), name="test", now=timezone.now())[1]

    def ask(path: str, status: int = 200) -> Any:
        response = client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == status, response.content
        return response.json()

    return ask


@pytest.fixture
def page(hanne: Person, client: Client) -> Ask:
    def ask(address: str, status: int = 200) -> str:
        response = client.get(address)
        assert response.status_code == status
        return response.content.decode()

    return ask


def hours_ago(hours: float) -> datetime:
    return timezone.now() - timedelta(hours=hours)


def loop(house: House) -> None:
    """A good deployment, a broken one, its incident and its rollback."""
    subjects = ((100, "d0", ()), (50, "d1", ("c1",)), (30, "d2", ("c2",)))
    for hours, uid, shas in subjects:
        told = [{"sha": sha, "subject": "Add <b>", "authored_at": hours_ago(60).isoformat()} for sha in shas]
        house.record(
            "service.upgraded" if shas else "service.deployed", house.checkout, hours_ago(hours), service="checkout",
            deployment=uid, commit=f"sha-{uid}", version=uid, commits=told or None, commit_count=len(shas) or None,
        )  # fmt: skip
    house.record("incident.detected", "i-1", hours_ago(29.5), incident=3, service_uid=house.checkout, deployment="d2")
    house.record("service.rolledback", house.checkout, hours_ago(29), service="checkout", deployment="d3", version="d1")
    house.record("incident.resolved", "i-1", hours_ago(28), service_uid=house.checkout, cause_deployment="d2")
    house.catch_up()


def test_the_api_tells_the_five_with_counts_and_intervals(house: House, get: Ask):
    loop(house)
    told = get("/metrics/delivery?service=checkout")
    assert (told["fail_rate"]["hits"], told["fail_rate"]["n"], told["rework_rate"]["hits"]) == (1, 4, 1)
    assert told["recovery"]["value"] == pytest.approx(2 * 3600, abs=5)
    assert told["lead_time"]["value"] == pytest.approx(20 * 3600, abs=5)
    assert told["time_to_restore"]["value"] == pytest.approx(1.5 * 3600, abs=5)
    assert told["labels"] == {"ordinary": 3, "rollback": 1}
    assert all(told[name]["clusters"] == [] for name in ("frequency", "fail_rate", "recovery"))
    assert told["edition"]["title"] == "DORA 2019"


def test_each_figure_leads_to_the_rows_it_was_counted_from(house: House, get: Ask):
    loop(house)
    told = get("/metrics/delivery")

    def rows(metric: str) -> list[dict[str, Any]]:
        return list(get(told[metric]["rows"].removeprefix("/api/v1"))["items"])

    failed = [row for row in rows("fail_rate") if row["counts"]]
    assert [(row["uid"], row["why"]) for row in failed] == [("d2", "caused INC-3")]
    assert len(rows("frequency")) == told["frequency"]["n"] == 4
    assert sorted(row["seconds"] for row in rows("lead_time"))[1] == pytest.approx(30 * 3600, abs=5)
    assert [row["uid"] for row in rows("recovery")] == ["d2"]
    assert [row["uid"] for row in rows("rework_rate") if row["counts"]] == ["d3"]
    assert [row["uid"] for row in rows("time_to_restore")] == ["i-1"]


def staged(house: House) -> None:
    """A person's change with all its stages, and a machine's."""
    house.record("service.deployed", house.checkout, hours_ago(400), service="checkout", deployment="d0", commit="s0")
    told = {"sha": "c1", "subject": "Add map", "author": "Ana", "change": "7"}
    times = {"first_commit_at": 60, "reviewed_at": 40, "merged_at": 30, "authored_at": 35}
    person = told | {name: hours_ago(hours).isoformat() for name, hours in times.items()}
    machine = {"sha": "c2", "subject": "Bump", "author": "renovate[bot]", "authored_at": hours_ago(200).isoformat()}
    house.record(
        "service.upgraded", house.checkout, hours_ago(20), service="checkout", deployment="d1", commit="c1",
        commits=[person, machine], commit_count=2, seconds=3600,
    )  # fmt: skip
    house.catch_up()


def test_lead_time_by_stage_with_machines_apart(house: House, get: Ask, page: Ask):
    staged(house)
    told = get("/metrics/delivery?service=checkout")
    assert {one["name"]: round(one["p50"] / 3600) for one in told["stages"]} == {
        "coding": 20, "review": 10, "waiting": 9, "deploying": 1,
    }  # fmt: skip
    assert (told["lead_time"]["n"], round(told["lead_time"]["value"] / 3600)) == (1, 40)
    assert (told["bots"]["n"], round(told["bots"]["value"] / 3600)) == (1, 180)
    assert told["trends"]["frequency"]["direction"] == "unknown"
    rows = get(told["lead_time"]["rows"].removeprefix("/api/v1"))["items"]
    assert [(row["commit"], row["counts"]) for row in rows] == [("c2", False), ("c1", True)]
    html = page("/delivery?service=checkout")
    assert "First review to merge" in html
    assert "Machines' changes, kept apart" in html.replace("&#x27;", "'")


def test_working_hours_and_past_windows_lead_to_their_rows(house: House, get: Ask, page: Ask):
    staged(house)
    by_clock = get("/metrics/delivery?service=checkout")["lead_time"]["value"]
    asked = "service=checkout&working_hours=Mon-Sun 00:00-12:00 UTC&holidays=2020-01-01"
    told = get(f"/metrics/delivery?{asked}")
    assert told["working_hours"] == "Mon-Sun 00:00-12:00 UTC"
    assert 0 < told["lead_time"]["value"] < by_clock
    rows = get(told["lead_time"]["rows"].removeprefix("/api/v1"))["items"]
    assert [row["seconds"] for row in rows if row["counts"]] == [told["lead_time"]["value"]]
    past = get(f"/metrics/delivery?service=checkout&until={hours_ago(100).isoformat().replace('+', '%2B')}&days=28")
    assert (past["deployments"], past["lead_time"]["value"]) == (1, None)
    assert len(get(past["frequency"]["rows"].removeprefix("/api/v1"))["items"]) == 1
    assert "By the clock" in page(f"/delivery?{asked}")


def test_a_system_s_figures_are_those_of_its_services(house: House, get: Ask, page: Ask):
    loop(house)
    text = COMPONENT.format(name="checkout", owner="team-payments") + "  system: shop\n"
    catalog.register(ROADBED, text=text, location="/srv/git/checkout.git", now=timezone.now())
    told = get("/metrics/delivery?system=shop")
    assert (told["system"], told["deployments"]) == ("shop", 4)
    assert "system shop" in page("/delivery?system=shop")
    assert "By system" in page("/delivery?by=systems")
    assert get("/metrics/delivery?system=none", 404)["remedy"]


def test_rows_come_in_pages(house: House, get: Ask):
    loop(house)
    first = get("/metrics/delivery/rows?metric=frequency&limit=3")
    rest = get(f"/metrics/delivery/rows?metric=frequency&limit=3&cursor={first['next_cursor']}")
    assert [row["uid"] for row in (*first["items"], *rest["items"])] == ["d3", "d2", "d1", "d0"]
    assert rest["next_cursor"] is None


def test_an_empty_house_has_no_data(house: House, get: Ask):
    told = get("/metrics/delivery?benchmark=none")
    five = ("frequency", "lead_time", "fail_rate", "recovery", "rework_rate")
    assert [told[name]["value"] for name in five] == [None] * 5
    assert (told["edition"], told["silent"]) == (None, ["checkout", "tracking"])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?service=nothing", 404), ("?team=nobody", 404), ("?service=checkout&team=team-payments", 422),
        ("?days=0", 422), ("?days=401", 422), ("?benchmark=1999", 422), ("/rows?metric=happiness", 422),
        ("/rows?metric=frequency&limit=0", 422), ("/rows?metric=frequency&cursor=eA", 422),
        ("/rows?metric=frequency&cursor=WzEsMiwzXQ", 422), ("?service=a%00b", 422), ("?team=%00", 422),
        ("?system=%00", 422), ("?working_hours=9-5", 422), ("?holidays=easter", 422),
        ("?until=2999-01-01T00:00:00Z", 422),
        ("?until=2026-01-01T00:00:00", 422), ("?system=shop&team=team-payments", 422),
    ],
)  # fmt: skip
def test_refusals(house: House, get: Ask, query: str, status: int):
    assert get(f"/metrics/delivery{query}", status)["detail"]


def test_the_page_says_no_data_and_draws_no_chart(house: House, page: Ask):
    html = page("/delivery")
    main = html.split("<main")[1]
    assert main.count("No data") >= 5
    assert "No deployment was told yet" in main
    assert "data-chart" not in main
    assert ">0<small>" not in main


def test_the_page_shows_figures_that_open_their_rows(house: House, page: Ask):
    loop(house)
    html = page("/delivery")
    assert "25.0<small>%" in html
    assert "1 of 4" in html
    assert "no cluster under 10 observations" in html
    assert "metric=fail_rate&amp;days=28" in html
    assert 'href="/delivery" aria-current="page"' in html
    rows = page("/delivery/rows?metric=fail_rate")
    assert "caused INC-3" in rows
    assert "Add &lt;b&gt;" in page("/delivery/rows?metric=lead_time&service=checkout")
    assert "By service" in page("/delivery?team=team-payments&days=90")
    assert "team-routing" in page("/delivery?benchmark=2025")
    assert "tracking" in page("/delivery?by=services&benchmark=none")
    assert "All teams" in page("/delivery?service=checkout")


def test_the_page_refuses_what_is_no_period(house: House, page: Ask):
    assert "is not a number of days" in page("/delivery?days=soon", 422)
    assert "There is no metric" in page("/delivery/rows", 422)


def test_a_visitor_is_asked_to_sign_in(house: House, client: Client):
    assert client.get("/delivery").status_code == 302
    assert client.get("/api/v1/metrics/delivery").status_code == 401


def test_other_rooms_are_answered(house: House):
    loop(house)
    today = put(DeliveryFigures(now=timezone.now()))
    assert [one.metric for one in today.figures] == ["frequency", "lead_time", "fail_rate", "recovery", "rework_rate"]
    assert today.figures[2].value == 0.25
    assert today.silent == ("tracking",)
