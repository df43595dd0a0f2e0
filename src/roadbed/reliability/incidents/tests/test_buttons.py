"""Every button of an incident's page, the status page from inside, and the API, as people and tokens press them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from roadbed.ground.people.models import Person
from roadbed.reliability.incidents import queries, usecases
from roadbed.reliability.incidents.models import Component, Incident, Maintenance
from roadbed.reliability.incidents.tests.conftest import NOW, House, minutes

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


@pytest.fixture
def signed(client: Client, house: House) -> Client:
    cache.clear()
    client.force_login(Person.objects.get(uid=house.mara.uid))
    return client


def pressed(client: Client, verb: str, status: int = 302, name: str = "INC-1", **given: Any) -> str:
    response = client.post(f"/incidents/{name}/do/{verb}", given)
    assert response.status_code == status, response.content.decode()[:1500]
    return response.content.decode()


def test_each_button_does_one_thing_and_comes_back(house: House, signed: Client):
    house.deployed(minutes(-3))
    page = house.opened()
    usecases.change(house.mara, "1", services=("parcels",), now=minutes(1))
    suspect = page.suspects[0].fact
    pressed(signed, "stage", stage="identified")
    pressed(signed, "judge", fact=suspect, verdict="confirmed", reason="Its errors")
    pressed(signed, "handover", role="lead", to="Mara Lindqvist", known="All of it")
    pressed(signed, "task", text="Ask the vendor", owner="Mara Lindqvist", due_at="2026-11-23T08:30")
    pressed(signed, "done", number="1")
    pressed(signed, "publish", title="Cards are refused")
    pressed(signed, "update", update="We look", to="public")
    pressed(signed, "follow")
    pressed(signed, "mark", fact=suspect, kind="pinned")
    pressed(signed, "time", which="impact-started", at="2026-11-23T08:50", evidence="The edge's log")
    assert "Cards are refused" in signed.get("/status").content.decode()
    html = signed.get("/incidents/INC-1?zone=Europe/Berlin").content.decode()
    for said in ("Was the cause", "All of it", "Ask the vendor", "We look", "No more mail to me", "09:50:00 CET"):
        assert said in html
    assert "Times in UTC" in signed.get("/incidents/INC-1?zone=../../etc").content.decode()
    pressed(signed, "split", title="Parcels wait", services=["parcels"])
    pressed(signed, "merge", name="INC-2", into="INC-1")
    moved = signed.get("/incidents/INC-2")
    assert (moved.status_code, moved["Location"]) == (302, "/incidents/INC-1")
    assert "This is its own history" in signed.get("/incidents/INC-2?own=1").content.decode()
    pressed(signed, "unmerge", name="INC-2")
    pressed(signed, "publish", withdraw="yes")
    pressed(signed, "private", private="yes")
    pressed(signed, "let-in", person="Mara Lindqvist")
    signed.post("/incidents/1/resolve", {"summary": "Over"})
    pressed(signed, "reopen", reason="503 again")
    view = queries.incident("1", now=minutes(99), caller=house.mara).view
    assert (view.status, view.private, view.public, view.lead) == ("open", True, False, "Mara Lindqvist")
    pressed(signed, "nothing-like-it", status=404)


def test_a_form_from_an_older_version_is_refused_and_keeps_what_was_written(house: House, signed: Client):
    house.opened()
    version = Incident.objects.get().version
    usecases.change(house.mara, "1", severity=1, now=minutes(1))
    html = pressed(signed, "handover", 409, role="lead", to="Mara Lindqvist", known="It is the pool", version=version)
    assert "was changed meanwhile by Mara Lindqvist" in html
    assert "It is the pool" in html
    assert signed.post("/incidents/1/change", {"title": "Else", "version": version}).status_code == 409
    assert queries.incident("1", now=minutes(9)).view.title != "Else"


def test_the_status_page_is_kept_from_inside(house: House, signed: Client):
    assert "shows nothing yet" in signed.get("/incidents/status").content.decode()
    assert signed.post("/incidents/status/show", {"service": "checkout", "name": "Shop"}).status_code == 302
    plan = {"title": "Upgrade", "services": "checkout", "starts_at": "2999-01-01T01:00", "ends_at": "2999-01-01T02:00"}
    assert signed.post("/incidents/status/plan", plan).status_code == 302
    refused = signed.post("/incidents/status/plan", plan | {"services": "parcels"})
    assert (refused.status_code, "parcels is not on the status page" in refused.content.decode()) == (422, True)
    assert "Shop" in signed.get("/incidents/status").content.decode()
    signed.post("/incidents/status/cancel", {"uid": Maintenance.objects.get().uid})
    signed.post("/incidents/status/hide", {"service": "checkout"})
    assert not Component.objects.exists()
    given = {"number": "1", "title": "Nobody can pay", "update_minutes": "15"}
    assert signed.post("/incidents/severity", given).status_code == 302
    assert "Nobody can pay" in signed.get("/incidents").content.decode()
    assert signed.post("/incidents/severity", given | {"number": "9"}).status_code == 422


def test_the_api_does_what_the_buttons_do(house: House, signed: Client):
    def sent(method: str, path: str, status: int = 200, **body: Any) -> Any:
        address = f"/api/v1/{path}"
        response = signed.generic(method, address, json.dumps(body), content_type="application/json")
        assert response.status_code == status, response.content.decode()[:800]
        return response.json()

    body = {"service": "checkout", "title": "Cards refused", "further": ["parcels"], "severity": 1}
    made = sent("POST", "incidents", 201, **body)
    assert ([one["service"] for one in made["further"]], made["stage"]) == (["parcels"], "investigating")
    assert made["budget"] == []
    assert sent("POST", "incidents/1/stage", stage="monitoring")["status"] == "mitigated"
    assert sent("POST", "incidents/1/tasks", 201, text="Watch")["tasks"][0]["number"] == 1
    assert sent("PATCH", "incidents/1/tasks/1", done=True, owner="Mara Lindqvist")["tasks"][0]["done_at"]
    assert sent("PUT", "incidents/1/publication", title="Cards")["public"]
    assert sent("POST", "incidents/1/updates", 201, text="Better", public=True)["updates"][0]["public"]
    refused = sent("PATCH", "incidents/1", 409, title="Else", version=1)
    assert (refused["field"], "changed meanwhile" in refused["detail"]) == ("version", True)
    assert sent("DELETE", "incidents/1/publication")["public"] is False
    other = sent("POST", "incidents/1/split", 201, title="Parcels", services=["parcels"])
    assert sent("POST", f"incidents/{other['name']}/merge", into="INC-1")["merged"] == ["INC-2"]
    assert sent("POST", "incidents/2/unmerge")["merged_into"] == ""
    assert sent("PUT", "severities/2", title="Some are harmed", update_minutes=20)[1]["update_minutes"] == 20
    assert sent("PUT", "status-page/components/checkout", name="Shop")["components"][0]["service"] == "checkout"
    assert set(signed.get("/api/v1/status-page/copy").json()["files"]) >= {"index.html", "status.json"}
    assert sent("POST", "incidents/1/room", 503)["title"] == "Unavailable"
    assert sent("POST", "incidents/1/suspects", 404, fact="x", verdict="confirmed")["field"] == "fact"


def test_a_viewer_reads_and_presses_nothing(house: House, client: Client):
    house.opened()
    client.force_login(Person.objects.create(email="v@kestrel.example", name="Vera", role="viewer", created_at=NOW))
    assert client.post("/incidents/1/do/stage", {"stage": "identified"}).status_code == 403
    assert client.post("/incidents/status/show", {"service": "checkout", "name": "x"}).status_code == 403
    inside = client.get("/incidents/status").content.decode().split("<main")[1]
    assert "<form" not in inside.split("</main")[0]
    assert client.get("/incidents/1/do/stage").status_code == 405
