"""Alerts over the API, on the pages and at the command line, and the question why."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from roadbed.ground.people import usecases as people
from roadbed.reliability.paging import usecases
from roadbed.reliability.paging.alerts import door, queries, why
from roadbed.reliability.paging.models import Alert, Signal
from roadbed.reliability.paging.tests.alerting import Doors, firing, message
from roadbed.reliability.paging.tests.conftest import NOW, House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


@pytest.fixture
def doors(house: House) -> Doors:
    door.forget()
    house.rotate("hanne", "ines")
    house.mailbox("hanne")
    return Doors(house)


def signed_in(doors: Doors, name: str = "mara") -> Client:
    client = Client()
    client.force_login(doors.house.person(name))
    return client


def sent(client: Client, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    client.handler.enforce_csrf_checks = False
    answer = client.generic(method, f"/api/v1{path}", json.dumps(body or {}), content_type="application/json")
    return answer.status_code, answer.json()


def test_an_integration_lives_over_the_api(doors: Doors):
    client = signed_in(doors)
    body = {"kind": "alertmanager", "name": "prom-eu", "team": "team-sre", "silent_seconds": 3600}
    status, made = sent(client, "POST", "/alerts/integrations", body)
    assert (status, len(made["key"]), made["setting"].count("/alerts/in/KEY")) == (201, 32, 1)
    assert sent(client, "POST", "/alerts/integrations", body)[0] == 409
    status, refused = sent(client, "POST", "/alerts/integrations", body | {"name": "x", "service": "checkout"})
    assert (status, refused["field"]) == (422, "team")
    doors.keys["prom-eu"] = made["key"]
    doors.post("prom-eu", message(firing()))
    found = sent(client, "GET", "/alerts?state=open")[1]["items"]
    assert [(one["title"], one["service"], one["team"]) for one in found] == [
        ("HighErrorRate of checkout", "checkout", "team-payments")
    ]
    detail = sent(client, "GET", f"/alerts/{found[0]['uid']}")[1]
    assert [(one["outcome"], one["on_call"]) for one in detail["decisions"]] == [("paged", ["Hanne Brandt"])]
    assert "key" not in sent(client, "GET", "/alerts/integrations/prom-eu")[1]
    assert sent(client, "POST", "/alerts/integrations/prom-eu/archive")[1]["archived_at"]
    door.forget()
    assert doors.post("prom-eu", message(firing())).status == 410


def test_who_is_in_no_such_team_opens_no_door_and_who_reads_makes_no_silence(doors: Doors):
    client = signed_in(doors, "dele")
    body = {"kind": "json", "name": "x", "team": "team-payments", "mapping": {"title": "t"}}
    assert sent(client, "POST", "/alerts/integrations", body)[0] == 403
    assert sent(client, "POST", "/alerts/integrations", body | {"team": "team-sre"})[0] == 201
    people.change_person(doors.house.caller("mara"), "dele@kestrel.example", role="viewer", active=True, now=NOW)
    ends = (doors.house.now + timedelta(days=900)).isoformat()
    silence = {"matchers": ["service=checkout"], "ends_at": ends, "reason": "x"}
    assert sent(client, "POST", "/alerts/silences", silence)[0] == 403


def test_a_silence_over_the_api_previews_refuses_and_ends(doors: Doors):
    client = signed_in(doors)
    doors.open("alertmanager")
    doors.post("alertmanager", message(firing("DiskFull")))
    hit = sent(client, "POST", "/alerts/silences/preview", {"matchers": ["alertname=~Disk.*"]})[1]
    assert (hit["open_count"], hit["past_count"], hit["open"][0]["title"]) == (1, 0, "DiskFull of checkout")
    for matchers, field in ([["job=~(a+)+"], "matchers[0]"], [["team!=x"], "matchers"], [[], "matchers"]):
        status, refused = sent(client, "POST", "/alerts/silences/preview", {"matchers": matchers})
        assert (status, refused["field"]) == (422, field)


def test_why_answers_for_who_was_paged_for_who_was_not_and_for_what_waited(doors: Doors):
    doors.open("alertmanager")
    doors.post("alertmanager", message(firing("Down"), firing("Near", severity="info")))
    doors.house.deliver()
    doors.house.now += timedelta(seconds=42)
    usecases.acknowledge(doors.house.caller("hanne"), Alert.objects.get().uid, now=doors.house.now)
    asked = {name: why.why_person(f"{name}@kestrel.example", at=doors.house.now) for name in ("hanne", "ines", "dele")}
    assert [(name, one.entries[0].outcome) for name, one in asked.items()] == [
        ("hanne", "paged"), ("ines", "not paged"), ("dele", "not paged"),
    ]  # fmt: skip
    assert asked["hanne"].on_call_for == ("team-payments",)
    assert asked["hanne"].entries[0].reasons[-2:] == (
        "Hanne Brandt was paged as “on call”, at once.", "By smtp it was sent.",
    )  # fmt: skip
    place = "Ines Carvalho would have been paged as “next in the rotation”, step 2 of 4."
    assert asked["ines"].entries[0].reasons[-1] == f"{place} Hanne Brandt acknowledged it before, 42 s after it opened."
    assert "Dele Akande is in none of its steps: on call: Hanne Brandt;" in asked["dele"].entries[0].reasons[-1]
    assert asked["dele"].entries[0].reasons[-1].endswith("Dele Akande is not in team-payments.")
    listed = [one for one in asked["ines"].entries if one.title.startswith("Near")]
    assert [one.reasons[0].startswith("Its severity is info") for one in listed] == [True]
    assert why.why_person("dele@kestrel.example", at=NOW - timedelta(days=2)).entries == ()


def test_every_page_of_alerts_shows_what_there_is(doors: Doors):
    client = signed_in(doors)
    for path in ("alerts", "silences", "integrations", "integrations/new", "why"):
        assert client.get(f"/on-call/{path}").status_code == 200
    doors.open("json", mapping={"title": "summary", "service": "svc"})
    doors.post("json", {"summary": "<b>Queue</b> stuck", "svc": "checkout"})
    doors.post("json", {"nothing": 1})
    shown = client.get("/on-call/alerts").content.decode()
    assert "&lt;b&gt;Queue&lt;/b&gt; stuck" in shown
    signal = Signal.objects.get()
    for path in (f"alerts/{signal.uid}", f"pages/{Alert.objects.get().uid}", "integrations/of/json", "integrations"):
        answer = client.get(f"/on-call/{path}")
        assert answer.status_code == 200, path
    assert "summary leads to no title" in client.get("/on-call/integrations/of/json").content.decode()
    tried = client.post(
        "/on-call/integrations/of/json/change", {"act": "try", "mapping": "title: a.b", "sample": '{"a": {"b": "Hot"}}'}
    )
    assert (tried.status_code, b"Hot" in tried.content) == (200, True)
    assert queries.integration("json").mapping == {"title": "summary", "service": "svc"}
    made = client.post("/on-call/integrations/new", {"kind": "grafana", "name": "graf", "team": "team-sre"})
    assert (made.status_code, b"The key of graf" in made.content) == (201, True)
    given = {"matchers": "service=checkout", "reason": "moving", "minutes": "60", "zone": "UTC"}
    seen = client.post("/on-call/silences", given | {"act": "preview"})
    assert (seen.status_code, b"What it would hit" in seen.content) == (200, True)
    assert client.post("/on-call/silences", given | {"act": "make"}).status_code == 302
    assert Signal.objects.get().stance == "held"
    wrong = client.post("/on-call/silences", given | {"matchers": "nonsense"})
    assert (wrong.status_code, b"is no matcher" in wrong.content) == (422, True)
