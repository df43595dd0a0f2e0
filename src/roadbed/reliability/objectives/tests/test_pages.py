"""The pages of objectives: figures that add up, no data said as such, a chart with the table that says the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.objectives import queries, usecases
from roadbed.reliability.objectives.gate import decision_of
from roadbed.reliability.objectives.rules.policy.deciding import Change
from roadbed.reliability.objectives.rules.policy.documents import Service
from roadbed.reliability.objectives.tests.conftest import HANNE, NOW, House, slo

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
Page = Callable[..., str]


@pytest.fixture
def page(client: Client, house: House) -> Page:
    person = Person.objects.create(email="hanne@kestrel.example", name="Hanne Brandt", created_at=house.now)
    client.force_login(person)

    def ask(address: str, status: int = 200) -> str:
        response = client.get(address)
        assert response.status_code == status
        return response.content.decode()

    return ask


@pytest.fixture
def address(house: House) -> str:
    """Where checkout's one objective is shown."""
    usecases.apply(HANNE, "checkout", text=slo(), now=NOW)
    (view,) = queries.objectives_of(house.checkout)
    return f"/objectives/{view.uid}"


def traffic(house: House, *, good: int, bad: int, minutes: int) -> None:
    """So many minutes, each with these answers."""
    house.tick()
    for _ in range(minutes * 6):
        house.edge.serve(good=good, bad=bad)
        house.tick()


def test_an_objective_without_a_request_has_no_data_and_no_line(page: Page, address: str, house: House):
    html = page(address)
    assert html.count("No data") >= 3
    assert "100%<" not in html.split("<main")[1].split("Burn rates")[0]
    assert "there is no line" in html
    assert "Unmeasured 43,200 min" in html  # It was not evaluated yet, so nothing says when it began.
    house.tick()
    assert "Unmeasured 1 min" in page(address)
    assert "Before it began 43,199 min" in page(f"{address}?span=30d")


def test_figures_are_counted_from_the_requests_and_say_so(page: Page, address: str, house: House):
    house.deploy()
    traffic(house, good=100, bad=1, minutes=10)
    html = page(address)
    assert "Budget spent" in html
    assert "bad of" in html
    assert "99.9%" in html
    assert "0 min unmeasured of 11" in html
    assert "It began 11 minutes ago." in html


def test_the_minutes_of_the_strip_add_up_to_what_is_drawn(page: Page, address: str, house: House):
    house.deploy()
    traffic(house, good=10, bad=0, minutes=10)
    for span, whole in (("1h", 60), ("6h", 360), ("30d", 43200)):
        legend = page(f"{address}?span={span}").split('<ul class="rb-legend">')[1].split("</ul>")[0]
        minutes = [int(number.replace(",", "")) for number in re.findall(r"([\d,]+) min", legend)]
        assert sum(minutes) == whole


def test_the_chart_carries_its_data_as_json_with_deployments_and_a_table(page: Page, address: str, house: House):
    house.deploy()
    with unit(ROADBED, now=house.now) as writing:
        writing.record("service.deployed", house.checkout, environment="production", data={})
    traffic(house, good=10, bad=1, minutes=10)
    html = page(address)
    data = json.loads(re.search(r'<script id="burn-down" type="application/json">(.*?)</script>', html)[1])
    assert [series["name"] for series in data["series"]] == ["Budget left", "Deployments"]
    values = [value for _, value in data["series"][0]["values"]]
    assert values[0] is None or values[0] <= 100
    assert values[-1] == data["min"]
    assert "NaN" not in html
    assert "Budget left at its end" in html


def test_a_young_objective_is_drawn_over_the_hour_that_is_known(page: Page, address: str, house: House):
    house.deploy()
    traffic(house, good=10, bad=0, minutes=5)
    assert 'aria-current="true">1h</a>' in page(address)
    assert 'aria-current="true">30d</a>' in page(f"{address}?span=30d")
    assert 'aria-current="true">1h</a>' in page(f"{address}?span=nonsense")


def test_each_pair_of_windows_is_said_in_words_with_its_source(page: Page, address: str, house: House):
    house.deploy()
    traffic(house, good=1, bad=1, minutes=10)
    html = page(address)
    assert "Page, fast" in html
    assert "SRE Workbook" in html
    assert "Burning" in html
    # The page is read days after the evaluation, so the gate would not rest on it; at that moment it was spent.
    assert "<b>Now.</b> Stale" in html
    (view,) = queries.objectives_of(house.checkout)
    _, answer = decision_of(view, Service("checkout"), Change("feature"), house.now)
    assert (answer.rule, answer.outcome) == ("budget-spent", "deny")


def test_the_list_shows_the_worst_first_and_filters(page: Page, address: str, house: House):
    assert address
    usecases.apply(HANNE, "parcels", text=slo(service="parcels"), now=NOW)
    house.deploy("checkout")
    house.deploy("parcels")
    house.tick()
    for _ in range(30):
        house.edge.serve("checkout", good=10)
        house.edge.serve("parcels", good=1, bad=9)
        house.tick()
    html = page("/objectives")
    assert html.index(">parcels<") < html.index(">checkout<")
    assert ">checkout<" not in page("/objectives?standing=spent")
    assert "No objective fits" in page("/objectives?q=nothing-like-it")


def test_a_filter_that_is_none_is_refused_in_words(page: Page):
    assert "is not a standing" in page("/objectives?standing=splendid", 422)


def test_without_objectives_the_page_says_where_they_come_from(page: Page):
    html = page("/objectives")
    assert "No objectives yet" in html
    assert "OpenSLO" in html


def test_an_unknown_objective_is_not_found(page: Page):
    assert "There is no objective" in page("/objectives/nowhere", 404)


@pytest.mark.usefixtures("house")
def test_a_stranger_is_asked_to_sign_in(client: Client):
    assert client.get("/objectives").status_code == 302


def test_excluded_time_is_named_with_its_reason_and_both_figures(page: Page, address: str, house: House):
    house.deploy()
    traffic(house, good=10, bad=10, minutes=3)
    usecases.exclude(
        HANNE, "checkout", starts_at=NOW, ends_at=house.now + timedelta(minutes=1), reason="Disks moved", now=house.now
    )
    house.tick()
    html = page(address)
    assert "Disks moved" in html
    assert "Raw, everything counts" in html
    assert "180 of 360" in html
    assert "Excluded" in html.split("What was measured")[1]
