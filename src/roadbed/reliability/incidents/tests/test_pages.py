"""The pages of incidents, as a person without script uses them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from roadbed.ground import asks
from roadbed.ground.asks import SpentBudget
from roadbed.ground.asks.incidents import IncidentOfPage
from roadbed.ground.people.models import Person
from roadbed.reliability.incidents import queries, unresolved, usecases
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.incidents.tests.conftest import NOW, House, minutes

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
Page = Callable[..., str]
Post = Callable[..., Any]


@pytest.fixture
def page(client: Client, house: House) -> Page:
    client.force_login(Person.objects.get(uid=house.mara.uid))

    def ask(address: str, status: int = 200) -> str:
        response = client.get(address)
        assert response.status_code == status, response.content.decode()[:2000]
        return response.content.decode()

    return ask


@pytest.fixture
def post(client: Client, page: Page) -> Post:
    assert page

    def send(address: str, status: int = 302, **given: str) -> str:
        response = client.post(address, given)
        assert response.status_code == status, response.content.decode()[:2000]
        return response.content.decode()

    return send


def test_the_page_shows_suspect_first_timeline_budget_and_the_button(house: House, page: Page):
    spent = SpentBudget("o1", "Requests answered", 300, 900, 0.044, bad_minutes=3, measured_minutes=4)
    asks.answer_with(asks.BudgetSpent, lambda _: (spent,))
    house.deployed(minutes(-3))
    house.opened()
    html = page("/incidents/INC-1")
    main = html.split("<main")[1]
    assert main.index("Suspects") < main.index("Timeline")
    assert "Roll back to v6…" in main
    assert "after harm began, before it was seen" in main
    assert "4.4%" in main
    assert "300 bad of 900" in main
    assert "Nobody yet" in main
    assert "Harm to customers began" in main
    assert "v7 deployed to production" not in page("/incidents/INC-1?show=people")
    assert "v7 deployed to production" in page("/incidents/1?show=changes")
    assert 'id="roll-back"' in html


def test_nothing_measured_is_no_data(house: House, page: Page):
    house.opened()
    html = page("/incidents/INC-1")
    assert "promises nothing that is counted" in html
    assert "No deployment and no change of a flag" in html
    assert "Roll back to" not in html


def test_what_is_written_is_text_and_never_markup(house: House, page: Page, post: Post):
    house.opened(title="<script>alert(1)</script>")
    post("/incidents/INC-1/note", text="<img src=x>")
    html = page("/incidents/INC-1")
    assert "<script>alert" not in html
    assert "<img src=x>" not in html
    assert "&lt;img src=x&gt;" in html


def test_the_rollback_has_a_page_before_its_button(house: House, page: Page, post: Post):
    asked: list[asks.RollBack] = []
    asks.answer_with(asks.RollBack, lambda question: asked.append(question) or "d-back")
    house.deployed(minutes(-3))
    house.opened()
    html = page("/incidents/INC-1/rollback")
    assert "Nothing has changed yet" in html
    assert "v7 → v6" in html
    assert asked == []
    post("/incidents/INC-1/rollback", reason="503 since 13:41")
    assert [one.reason for one in asked] == ["INC-1: 503 since 13:41"]
    assert "asked for a rollback" in page("/incidents/INC-1")


def test_a_refused_rollback_is_said_on_the_page(house: House, post: Post):
    house.opened()
    html = post("/incidents/INC-1/rollback", status=409)
    assert "has never been live" in html
    assert "Nothing was changed" in html


def test_an_incident_is_opened_changed_and_resolved_by_forms(house: House, page: Page, post: Post):
    assert "No incidents yet" in page("/incidents")
    post("/incidents/open", service="checkout", title="Cards refused", severity="3", started_at="2026-11-23T08:30")
    post("/incidents/1/change", title="Cards are refused", severity="1")
    post("/incidents/1/role", role="lead", me="yes")
    post("/incidents/1/note", text="We look at the gateway")
    post("/incidents/1/mitigate")
    html = page("/incidents/INC-1")
    assert "Cards are refused" in html
    assert "Severity 1" in html
    assert "Mitigated" in html
    assert "Mara Lindqvist" in html
    post("/incidents/1/resolve", summary="The gateway is back", cause_deployment="")
    assert Incident.objects.get().status == "resolved"
    assert "Resolved by Mara Lindqvist" in page("/incidents/1")
    assert "INC-1" in page("/incidents?status=resolved")
    assert "No incident fits" in page("/incidents?status=unresolved")


def test_a_wrong_form_keeps_what_was_written_and_changes_nothing(house: House, post: Post):
    html = post("/incidents/open", status=404, service="nowhere", title="Cards refused", severity="2")
    assert "There is no service nowhere" in html
    assert 'value="Cards refused"' in html
    assert "is not an instant" in post(
        "/incidents/open", status=422, service="checkout", title="x", severity="2", started_at="soon"
    )
    assert not Incident.objects.exists()
    house.opened()
    assert "Nobody is called" in post("/incidents/1/role", status=404, role="lead", person="nobody")
    post("/incidents/77/note", status=404, text="x")


def test_a_viewer_sees_it_and_has_no_buttons(house: House, client: Client):
    house.opened()
    viewer = Person.objects.create(email="v@kestrel.example", name="Vera", role="viewer", created_at=NOW)
    client.force_login(viewer)
    html = client.get("/incidents/INC-1").content.decode().split("<main")[1]
    assert "<form" not in html.split("</main")[0]
    assert client.post("/incidents/1/note", {"text": "x"}).status_code == 403
    assert len(queries.incident("1", now=minutes(1)).timeline) == 3


def test_a_stranger_is_asked_to_sign_in(house: House, client: Client):
    house.opened()
    assert client.get("/incidents/INC-1").status_code == 302
    assert client.post("/incidents/1/resolve").status_code == 302
    assert Incident.objects.get().status == "open"


def test_no_get_changes_anything(house: House, client: Client):
    house.opened()
    usecases.note(house.mara, "1", text="x", now=minutes(1))
    client.force_login(Person.objects.get(uid=house.mara.uid))
    for verb in ("note", "change", "role", "mitigate", "resolve"):
        assert client.get(f"/incidents/1/{verb}").status_code == 405


def test_a_browser_at_the_address_of_a_form_is_led_to_its_page(house: House, client: Client):
    house.opened()
    client.force_login(Person.objects.get(uid=house.mara.uid))
    for verb in ("note", "do/task"):
        led = client.get(f"/incidents/1/{verb}?show=people", headers={"Accept": "text/html,*/*"})
        assert (led.status_code, led["Location"]) == (302, "/incidents/1?show=people")
    assert client.get("/api/v1/incidents/1/mitigate", headers={"Accept": "text/html"}).status_code == 405


def test_each_line_tells_its_hour_and_the_first_of_a_day_the_day(house: House, page: Page):
    house.opened()
    main = page("/incidents/INC-1").split('class="rb-timeline"')[1]
    said = re.findall(r"<time [^>]*>([^<]*)</time>", main.split("</ol>")[0])
    assert said[0] == f"{NOW:%-d %b %H:%M}"
    assert len(said) > 1
    assert all(re.fullmatch(r"\d\d:\d\d", one) for one in said[1:])


def test_incidents_are_found_by_number_title_and_service(house: House, page: Page):
    house.opened()
    for text in ("INC-1", "answered", "checkout"):
        assert "/incidents/INC-1" in page(f"/incidents?q={text}")
    html = page("/incidents?q=nothing-like-it")
    assert "/incidents/INC-1" not in html
    assert "No incident fits" in html


def test_a_page_knows_its_incident_and_a_private_one_keeps_its_words(house: House):
    view = house.opened().view
    asked = IncidentOfPage(house.uids["checkout"], "a1")
    named = unresolved.incident_of_page(asked)
    assert (named.name, named.title, named.status) == ("INC-1", view.title, "open")
    assert unresolved.incident_of_page(IncidentOfPage(house.uids["checkout"], "a2")) is None
    Incident.objects.update(private=True)
    assert view.title not in unresolved.incident_of_page(asked).title
