"""The pages of flags: what is set where, the form that sets it, and what a refusal keeps."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from roadbed.delivery.flags import queries, usecases
from roadbed.delivery.flags.tests.conftest import HANNE, NOW
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import join_team

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def signed_in(client: Client, name: str, team: str) -> None:
    person = Person.objects.create(email=f"{name}@kestrel.example", name=name.capitalize(), created_at=timezone.now())
    join_team(ROADBED, team=team, email=person.email, now=NOW)
    client.force_login(person)


@pytest.fixture
def hanne(client: Client, checkout: str) -> Client:
    signed_in(client, "hanne", "team-payments")
    return client


@pytest.fixture
def eta(checkout: str) -> str:
    uid = usecases.create_flag(HANNE, "checkout", "eta-v2", kind="percentage", description="Arrivals", now=NOW)
    usecases.change_flag(HANNE, "checkout", "eta-v2", state="25%", reason="canary was quiet", now=NOW)
    return uid


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_without_flags_the_page_says_what_one_is_for(hanne: Client):
    html = page(hanne, "/flags")
    assert "No flags yet" in html
    assert "roadbed flags create" in html
    assert 'aria-current="page"' in html.split("<main")[0]


def test_the_list_shows_shares_and_filters(hanne: Client, eta: str):
    usecases.create_flag(HANNE, "checkout", "banner", now=NOW)
    usecases.change_flag(HANNE, "checkout", "banner", state="on", reason="try", environment="staging", now=NOW)
    html = page(hanne, "/flags")
    assert 'aria-label="eta-v2 is on for 25% in production"' in html
    assert "staging on" in html
    assert "Code default" in html
    assert "banner" not in page(hanne, "/flags?q=eta").split("<main")[1]
    assert "No flag fits" in page(hanne, "/flags?q=nothing")
    page(hanne, "/flags?cursor=nonsense", 422)


def test_a_flag_shows_its_environments_its_history_and_its_algorithm(hanne: Client, eta: str):
    html = page(hanne, f"/flags/{eta}")
    assert "Hanne Brandt from the code&#x27;s default to 25% in production" in html
    assert "canary was quiet" in html
    assert "fractional-v2" in html
    assert 'data-open="change-production"' in html
    page(hanne, "/flags/nope", 404)


def test_a_flag_is_made_set_and_archived_by_forms(hanne: Client):
    made = hanne.post("/flags/new", {"service": "checkout", "key": "banner", "kind": "boolean", "description": ""})
    address = made["Location"]
    assert "make the flag" in page(hanne, "/flags/new?service=checkout").lower()
    form = page(hanne, f"{address}/change?environment=production")
    assert 'name="expected" value="default"' in form
    sent = {"environment": "production", "expected": "default", "mode": "on", "reason": "everybody"}
    assert hanne.post(f"{address}/change", sent)["Location"] == address
    assert "banner is on in production" in page(hanne, address)
    assert "Archive banner" in page(hanne, f"{address}/archive")
    hanne.post(f"{address}/archive", {"reason": "settled"})
    html = page(hanne, address)
    assert "This flag is archived" in html
    assert "data-open=" not in html.split("<main")[1]


def test_a_refused_change_keeps_what_was_written_and_says_why(hanne: Client, eta: str):
    sent = {
        "environment": "production",
        "expected": "default",
        "mode": "share",
        "percent": "50",
        "reason": "on it goes",
    }
    refused = hanne.post(f"/flags/{eta}/change", sent)
    html = refused.content.decode()
    assert refused.status_code == 409
    assert "is set to 25% in production by now" in html
    assert 'value="50"' in html
    assert 'value="on it goes"' in html
    assert 'name="expected" value="25%"' in html
    wrong = hanne.post(f"/flags/{eta}/change", {**sent, "environment": "A B", "expected": ""})
    assert wrong.status_code == 422
    assert 'value="A B"' in wrong.content.decode()
    assert hanne.post(f"/flags/{eta}/change", {**sent, "expected": "25%", "reason": ""}).status_code == 422
    assert queries.by_uid(eta).state_in("production").state == "25%"


def test_production_is_turned_off_in_one_step_where_there_is_something_to_turn_off(hanne: Client, eta: str):
    html = page(hanne, f"/flags/{eta}")
    dialog = html.split('id="turn-off"')[1].split("</dialog>")[0]
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', dialog))
    assert hanne.post(f"/flags/{eta}/change", {**sent, "reason": ""}).status_code == 422
    assert hanne.post(f"/flags/{eta}/change", {**sent, "reason": "errors"}).status_code == 302
    assert queries.by_uid(eta).state_in("production").share == 0
    assert 'id="turn-off"' not in page(hanne, f"/flags/{eta}")


def test_a_refused_new_flag_keeps_its_words(hanne: Client):
    refused = hanne.post("/flags/new", {"service": "checkout", "key": "a b", "kind": "boolean", "description": "kept"})
    assert refused.status_code == 422
    assert 'value="kept"' in refused.content.decode()


def test_others_read_and_cannot_change(client: Client, eta: str):
    signed_in(client, "mara", "team-routing")
    html = page(client, f"/flags/{eta}")
    assert "data-open=" not in html.split("<main")[1]
    page(client, f"/flags/{eta}/change?environment=production", 403)
    sent = {"environment": "production", "expected": "25%", "mode": "share", "percent": "50", "reason": "x"}
    assert client.post(f"/flags/{eta}/change", sent).status_code == 403
    assert client.post(f"/flags/{eta}/archive", {"reason": "x"}).status_code == 403
    assert queries.by_uid(eta).state_in("production").state == "25%"


def test_who_is_not_signed_in_is_asked_to(client: Client, eta: str):
    for address in ("/flags", f"/flags/{eta}", "/flags/new"):
        assert client.get(address)["Location"].startswith("/sign-in")
