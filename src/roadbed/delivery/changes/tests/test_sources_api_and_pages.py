"""Sources over HTTP and on pages: the secret shown once, the panel of data quality, refusals with a remedy."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from roadbed.delivery.changes.sources import door
from roadbed.delivery.changes.tests.conftest import Door, ago, deployed, now, settle
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.usecases import create_token

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
Ask = Callable[..., Any]


def person(role: str) -> Person:
    return Person.objects.create(email=f"{role}@kestrel.example", name=role.title(), role=role, created_at=now())


@pytest.fixture
def ask(shop: dict[str, str], client: Client) -> Ask:
    token = create_token(caller_of_person(person("admin")), name="test", now=now())[1]

    def asking(method: str, path: str, body: Any = None, status: int = 200) -> Any:
        response = client.generic(
            method, f"/api/v1{path}", b"" if body is None else json.dumps(body).encode(),
            content_type="application/json", headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert response.status_code == status, response.content
        return response.json() if response.content else None

    return asking


def test_a_source_is_added_changed_rotated_archived_and_its_secret_shown_once(ask: Ask, way_in: Door):
    made = ask("POST", "/sources", {"kind": "github", "name": "acme", "deploys": ["deploy *"]}, status=201)
    assert made["secret"].startswith("rbi_")
    assert made["address"].endswith("/in/acme")
    assert "secret" not in ask("GET", "/sources/acme")
    way_in.secrets["acme"] = made["secret"]
    assert way_in.github("acme", "ping", {}, "1").status == 202
    assert ask("GET", "/sources/acme")["waiting"] == 1
    assert ask("PATCH", "/sources/acme", {"deploys": []})["deploys"] == []
    again = ask("POST", "/sources/acme/rotate", {"overlap_hours": 0})
    assert again["secret"] != made["secret"]
    assert ask("POST", "/sources/acme/archive")["archived_at"]
    assert ask("POST", "/sources/acme/restore")["archived_at"] is None
    assert [one["name"] for one in ask("GET", "/sources")["items"]] == ["acme"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "svn", "name": "a"}, "kind"),
        ({"kind": "github", "name": "A b"}, "name"),
        ({"kind": "github", "name": "a", "environment": "Prod!"}, "environment"),
        ({"kind": "github", "name": "a", "secret": "short"}, "secret"),
        ({"kind": "github", "name": "a", "deploys": ["x"] * 10 + [f"p{n}" for n in range(25)]}, "deploys"),
    ],
)
def test_a_wrong_source_is_refused_by_field_and_changes_nothing(ask: Ask, body: dict[str, Any], field: str):
    refused = ask("POST", "/sources", body, status=422)
    assert (refused["field"], bool(refused["remedy"])) == (field, True)
    assert ask("GET", "/sources")["items"] == []


def test_quality_names_each_finding_with_its_remedy_and_no_invented_zero(ask: Ask, way_in: Door, shop: dict[str, str]):
    empty = {one["key"]: one for one in ask("GET", "/delivery/quality")["findings"]}
    assert (empty["unlinked"]["value"], empty["unlinked"]["share"]) == ("No data", None)
    assert (empty["bots"]["share"], empty["silent-sources"]["level"]) == (None, "unknown")
    assert (empty["coverage"]["share"], empty["coverage"]["level"]) == (0.0, "bad")
    way_in.open("plain", "scripts")
    told = [
        {"type": "deployment", "at": ago(minutes), "service": "checkout", "outcome": "success", "commit": name * 40}
        for minutes, name in ((90, "a"), (60, "b"))
    ]
    opened = {"type": "change", "repository": "https://github.com/acme/checkout", "number": "4", "at": ago(70)}
    way_in.bearer("scripts", [*told, {**opened, "state": "merged", "author": "renovate[bot]"}])
    way_in.bearer("scripts", b"{")
    settle()
    panel = ask("GET", "/delivery/quality")
    found = {one["key"]: one for one in panel["findings"]}
    assert (found["unlinked"]["share"], found["unlinked"]["level"]) == (1.0, "bad")
    assert (found["bots"]["share"], found["unreadable"]["value"]) == (1.0, "1")
    assert found["coverage"]["share"] == 0.25
    assert [(one["service"], bool(one["evidence"])) for one in panel["unlinked"]] == [("checkout", True)]
    assert panel["by_source"] == [{"source": "plain", "deployments": 2, "linked": 0, "services": 1}]
    assert ask("POST", "/sources/scripts/replay")["deliveries"] == 1
    ask("GET", "/delivery/quality?days=0", status=422)


def test_a_link_is_corrected_over_http(ask: Ask, way_in: Door, shop: dict[str, str]):
    way_in.open("plain", "scripts")
    told = {"type": "deployment", "at": ago(9), "service": "checkout", "outcome": "success", "commit": "a" * 40}
    way_in.bearer("scripts", told)
    settle()
    uid = deployed(shop["checkout"])[0].uid
    ask("PUT", f"/deployments/{uid}/link", {"commits": [], "reason": "A restart."}, status=204)
    settle()
    (one,) = ask("GET", "/services/checkout/changes")["items"]
    assert (one["method"], one["by_hand"], one["commit_count"], one["evidence"]) == (
        "hand", True, 0, ["Admin: A restart."],
    )  # fmt: skip
    ask("DELETE", f"/deployments/{uid}/link", status=204)


def test_pages_show_doors_and_only_admins_make_them(client: Client, way_in: Door, shop: dict[str, str]):
    client.force_login(person("admin"))
    assert "Nobody outside tells anything yet" in client.get("/sources").content.decode()
    made = client.post("/sources/new", {"kind": "github", "name": "acme", "deploys": "deploy *\n"})
    assert (made.status_code, b"rbi_" in made.content) == (201, True)
    assert b"rbi_" not in client.get("/sources/acme").content
    refused = client.post("/sources/new", {"kind": "github", "name": "acme"})
    assert (refused.status_code, b"already" in refused.content) == (409, True)
    door.forget()
    way_in.secrets["acme"] = "x"
    way_in.open("plain", "scripts")
    way_in.bearer("scripts", b"nothing")
    settle()
    assert "It is no JSON" in client.get("/sources/scripts?state=failed").content.decode()
    assert client.post("/sources/scripts/replay").status_code == 302
    assert client.get("/sources/scripts/rotate").status_code == 200
    assert client.post("/sources/scripts/archive").status_code == 302
    assert "Archived" in client.get("/sources").content.decode()
    client.force_login(person("viewer"))
    assert client.get("/sources").status_code == 200
    assert client.get("/sources/new").status_code == 403
    assert client.post("/sources/acme/archive").status_code == 403


def test_a_link_is_corrected_and_taken_back_on_its_page(client: Client, way_in: Door, shop: dict[str, str]):
    client.force_login(person("admin"))
    way_in.open("plain", "scripts")
    told = [
        {"type": "deployment", "at": ago(minutes), "service": "checkout", "outcome": "success", "commit": name * 40}
        for minutes, name in ((90, "a"), (60, "b"))
    ]
    way_in.bearer("scripts", told)
    settle()
    address = f"/deployments/{deployed(shop['checkout'])[1].uid}/carried"
    assert "Not linked" in client.get(address).content.decode()
    refused = client.post(address, {"commits": "c" * 40, "reason": "x"})
    assert (refused.status_code, b"no commit that was told" in refused.content) == (422, True)
    assert client.post(address, {"commits": "", "reason": "A restart."}).status_code == 302
    settle()
    shown = client.get(address).content.decode()
    assert "Admin: A restart." in shown
    assert "carried nothing" in shown
    assert client.post(f"{address}/withdraw").status_code == 302
    settle()
    assert "Not linked" in client.get(address).content.decode()
    assert client.get("/deployments/nothing/carried").status_code == 404
    client.force_login(person("viewer"))
    assert "Correct it" not in client.get(address).content.decode()
