"""The wizard: answers travel in the address, a fault stands beside its question, only the last button makes things."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import Client

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import join_team

from .conftest import NOW, GitFolder

pytestmark = [
    pytest.mark.django_db(databases=["default", "samples"], transaction=True),
    pytest.mark.usefixtures("teams", "shelf_folder", "hanne"),
]
PATH = "/paths/node-http-service"
ANSWERS = {
    "service_name": "checkout",
    "owner": "team-payments",
    "description": "Takes the money for a parcel.",
    "availability": "99.5",
    "latency_ms": "300",
}


@pytest.fixture
def hanne(client: Client, teams: None) -> Person:
    person = Person.objects.create(email="hanne@kestrel.example", name="Hanne Brandt", created_at=NOW)
    join_team(ROADBED, team="team-payments", email=person.email, now=NOW)
    client.force_login(person)
    return person


def page(client: Client, address: str, status: int = 200, **answers: str) -> str:
    response = client.get(f"{address}?{urlencode(answers)}")
    assert response.status_code == status
    return response.content.decode()


def test_every_path_has_a_card(client: Client):
    html = page(client, "/paths")
    assert "HTTP service in Python" in html
    assert f'href="{PATH}/new"' in html
    assert "roadbed adopt" in html


def test_the_first_page_offers_only_teams_that_one_may_make_for(client: Client):
    html = page(client, f"{PATH}/new")
    assert '<option value="team-payments"' in html
    assert "team-routing" not in html


def test_answers_travel_to_the_next_page_and_back(client: Client):
    html = page(client, f"{PATH}/promise", service_name="checkout", owner="team-payments")
    assert '<input type="hidden" name="service_name" value="checkout">' in html
    assert "What does it promise?" in html
    assert 'value="checkout"' in page(client, f"{PATH}/new", service_name="checkout")


@pytest.mark.parametrize(
    ("name", "said"),
    [("Check Out", "is not made of lower-case letters"), ("", "is not made of"), ("x" * 50, "may have 40")],
)
def test_a_bad_name_is_refused_beside_its_question(client: Client, name: str, said: str):
    html = page(client, f"{PATH}/promise", 422, service_name=name, owner="team-payments")
    assert said in html
    assert 'id="service_name" name="service_name" type="text"' in html
    assert 'aria-invalid="true"' in html


def test_the_review_shows_the_files_with_ones_own_answers_marked(client: Client, host: GitFolder):
    html = page(client, f"{PATH}/review", **ANSWERS)
    assert "Review checkout before it is made" in html
    assert "<mark>service: checkout</mark>" in html
    assert "catalog-info.yaml" in html
    assert "Pipeline" in html
    assert "99.5%" in html
    assert list(host.folder.iterdir()) == []
    assert catalog.service("checkout") is None


def test_another_file_can_be_looked_at(client: Client):
    html = page(client, f"{PATH}/review", **ANSWERS, file="package.json")
    assert '<span class="rb-mono rb-strong">package.json</span>' in html


def test_a_file_that_does_not_exist_shows_another(client: Client):
    assert "slo.yaml" in page(client, f"{PATH}/review", **ANSWERS, file="../../etc/passwd")


def test_a_fault_of_the_promise_leads_to_its_page(client: Client):
    html = page(client, f"{PATH}/review", 422, **{**ANSWERS, "latency_ms": "fast"})
    assert "What does it promise?" in html
    assert "not a whole number" in html


@pytest.mark.usefixtures("host")
def test_the_button_makes_it_and_says_what_comes_next(client: Client):
    response = client.post(f"{PATH}/create", ANSWERS)
    assert response["Location"] == "/made/checkout"
    html = client.get("/made/checkout").content.decode()
    assert "roadbed deploy checkout" in html
    assert "git clone" in html
    assert 'action="/services/checkout/deploy"' in html
    assert catalog.require_service("checkout").owner == "team-payments"


@pytest.mark.usefixtures("host")
def test_a_taken_name_is_refused_with_the_answers_kept(client: Client):
    client.post(f"{PATH}/create", ANSWERS)
    response = client.post(f"{PATH}/create", ANSWERS)
    html = response.content.decode()
    assert response.status_code == 409
    assert "already has a service checkout" in html
    assert "Takes the money for a parcel." in html


def test_nobody_makes_a_service_for_another_team(client: Client, host: GitFolder):
    review = page(client, f"{PATH}/review", **{**ANSWERS, "owner": "team-routing"})
    assert "Only a member of team-routing" in review
    assert "Create checkout" not in review
    response = client.post(f"{PATH}/create", {**ANSWERS, "owner": "team-routing"})
    assert response.status_code == 403
    assert list(host.folder.iterdir()) == []


def test_a_link_makes_nothing(client: Client):
    assert client.get(f"{PATH}/create").status_code == 405


def test_an_unknown_path_is_not_found(client: Client):
    assert page(client, "/paths/nowhere/new", 404)


def test_a_stranger_is_asked_to_sign_in():
    assert Client().get("/paths").status_code == 302
