"""The pages of teams: an administrator makes them and writes charters, everybody reads."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from roadbed.ground.people import queries, usecases
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara(client: Client):
    person = Person.objects.create(
        email="mara@kestrel.example", name="Mara Lindqvist", role="admin", created_at=timezone.now()
    )
    client.force_login(person)
    return person


@pytest.fixture
def tracking():
    usecases.create_team(ROADBED, name="tracking", now=timezone.now())
    return "tracking"


@pytest.mark.usefixtures("mara")
def test_without_teams_the_page_says_what_one_is_for(client: Client):
    html = client.get("/teams").content.decode()
    assert "No teams yet" in html
    assert "roadbed team create" in html


@pytest.mark.usefixtures("mara")
def test_an_administrator_makes_a_team_and_leads_it(client: Client):
    response = client.post("/teams", {"name": "tracking", "layer": "product", "join": "1"})
    assert response["Location"] == "/teams/tracking"
    assert queries.team("tracking").members[0].lead
    assert "Mara Lindqvist" in client.get("/teams/tracking").content.decode()


@pytest.mark.usefixtures("mara")
def test_a_bad_name_is_refused_beside_the_form_and_keeps_what_was_written(client: Client):
    response = client.post("/teams", {"name": "Team Tracking", "customers": "Anyone who waits"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "is not a team name" in html
    assert "Anyone who waits" in html
    assert queries.teams() == ()


@pytest.mark.usefixtures("mara")
def test_a_charter_is_written_and_a_team_of_delivery_is_warned_about(client: Client, tracking: str):
    client.post(f"/teams/{tracking}/charter", {"layer": "delivery", "customers": "all", "measured_on": "lead time"})
    assert queries.team(tracking).layer == "delivery"
    assert "A goal, not a team" in client.get(f"/teams/{tracking}").content.decode()


def test_people_join_and_leave(client: Client, mara: Person, tracking: str):
    client.post(f"/teams/{tracking}/members", {"email": mara.email})
    assert [member.uid for member in queries.team(tracking).members] == [mara.uid]
    client.post(f"/teams/{tracking}/members/leave", {"email": mara.email})
    assert queries.team(tracking).members == ()


@pytest.mark.usefixtures("mara")
def test_a_stranger_cannot_join_and_the_page_says_how_to_invite(client: Client, tracking: str):
    response = client.post(f"/teams/{tracking}/members", {"email": "nobody@kestrel.example"})
    assert response.status_code == 404
    assert "roadbed person invite" in response.content.decode()


def test_who_may_not_write_reads_and_is_refused(client: Client, mara: Person, tracking: str):
    mara.role = "member"
    mara.save()
    html = client.get(f"/teams/{tracking}").content.decode()
    assert "Nobody has said" in html
    assert "Write the charter" not in html
    assert client.post("/teams", {"name": "other"}).status_code == 403
    assert client.post(f"/teams/{tracking}/charter", {"layer": "platform"}).status_code == 403


@pytest.mark.usefixtures("mara")
def test_an_unknown_team_is_not_found(client: Client):
    assert client.get("/teams/nowhere").status_code == 404
