"""The pages of reviews, as a person without script uses them, and reviews over HTTP and by command."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer
from typer.testing import CliRunner, Result

from roadbed.cli import client as reach
from roadbed.cli.main import app
from roadbed.ground.api.tests.door import door_of
from roadbed.ground.people.models import Person
from roadbed.reliability.reviews import factoring, queries, usecases
from roadbed.reliability.reviews.tests.conftest import ACTION, NOW, TOLD, Cast

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
Page = Callable[..., str]
Run = Callable[..., Result]


def soon() -> str:
    return (timezone.localdate() + timedelta(days=9)).isoformat()


@pytest.fixture
def page(client: Client, cast: Cast) -> Page:
    client.force_login(Person.objects.get(uid=cast.mara.uid))

    def ask(address: str, status: int = 200, **given: str) -> str:
        response = client.post(address, given) if given or address.endswith("/publish") else client.get(address)
        assert response.status_code == status, response.content.decode()[:2000]
        return response.content.decode()

    return ask


def test_a_draft_shows_harm_budget_timeline_and_what_is_missing(cast: Cast, page: Page):
    cast.drafted()
    main = page("/reviews/INC-214").split("<main")[1]
    assert "14 min" in main
    assert "1,611" in main
    assert "4.4%" in main
    assert "13 bad of 15 measured min" in main
    assert main.index("v412 deployed") < main.index("Page sent")
    hours = re.findall(r"<time [^>]*>([^<]*)</time>", main.split('class="rb-knew"')[1].split("</ol>")[0])
    assert re.fullmatch(r"\d+ \w+ \d\d:\d\d", hours[0])
    assert all(re.fullmatch(r"\d\d:\d\d", one) for one in hours[1:])
    assert "It names 0 of at least 2 contributing factors." in main
    assert "name one first" in main


def test_it_is_written_and_published_by_forms(cast: Cast, page: Page):
    cast.drafted()
    said = {
        "impact": "1,190 people",
        "sense": "It had worked",
        "limited": "A flag",
        "detection": "8 min",
        "version": "1",
    }
    page("/reviews/INC-214/sections", 302, **said)
    page("/reviews/INC-214/factors", 302, text="The timeout is fixed", kind="latent-design")
    page("/reviews/INC-214/factors", 302, text="One step to 100%", kind="process", evidence="release plan 3")
    page("/reviews/INC-214/actions", 302, **{**{key: str(value) for key, value in ACTION.items()}, "due": soon()})
    page("/reviews/INC-214/timeline", 302, at="2026-11-23T12:20", text="p99 390 ms", known="later", evidence="chart")
    page("/reviews/INC-214/timeline/T1", 302, known="later", evidence="log")
    html = page("/reviews/INC-214")
    assert "Nothing is missing" in html
    assert "p99 390 ms" in html
    assert "Answer without arrival time" in page("/reviews")
    page("/reviews/INC-214/publish", 302)
    html = page("/reviews/INC-214")
    assert "Published" in html
    assert "Save draft" not in html
    assert "Add the action" in html
    page("/reviews/INC-214/actions/A1/close", 302, evidence="https://ci.kestrel.example/runs/77")
    assert "https://ci.kestrel.example/runs/77" in page("/reviews/INC-214")


def test_a_refused_form_keeps_its_words(cast: Cast, page: Page):
    cast.drafted()
    factoring.name_factor(cast.mara, "214", text="The timeout is fixed", kind="latent-design", now=NOW)
    wish = {
        **{key: str(value) for key, value in ACTION.items()},
        "text": "Be more careful with rollouts",
        "due": soon(),
    }
    html = page("/reviews/INC-214/actions", 422, **wish)
    assert "Not an action yet" in html
    assert 'value="Be more careful with rollouts"' in html
    usecases.write_sections(cast.mara, "214", sections={"sense": "Theirs"}, now=NOW)
    html = page("/reviews/INC-214/sections", 409, sense="Mine & <b>", version="1")
    assert "Somebody changed" in html
    assert "Mine &amp; &lt;b&gt;</textarea>" in html
    assert "is not an instant" in page("/reviews/INC-214/timeline", 422, at="soon", text="x", known="then")
    assert "is not a day" in page("/reviews/INC-214/actions", 422, **{**wish, "due": "soon"})
    assert "cannot be published yet" in page("/reviews/INC-214/publish", 409)


def test_lists_strangers_and_what_is_not_there(cast: Cast, page: Page, client: Client):
    assert "No reviews yet" in page("/reviews")
    assert "There is no review of INC-9" in page("/reviews/INC-9", 404)
    cast.drafted()
    assert "No review fits" in page("/reviews?state=published")
    client.logout()
    assert client.get("/reviews/INC-214").status_code == 302


def test_the_api_does_the_same(cast: Cast):
    cast.drafted()
    door = door_of("ada@kestrel.example")
    assert [one["name"] for one in door.get("/reviews").body["items"]] == ["INC-214"]
    shown = door.get("/reviews/INC-214").body
    assert (shown["impact_minutes"], shown["budget"][0]["bad"], len(shown["missing"])) == (14, 1611, 6)
    assert door.post("/reviews", {"incident_uid": TOLD.uid}).body["uid"] == shown["uid"]
    assert door.post("/reviews", {"incident_uid": "nothing"}).status == 404
    assert door.call("PATCH", "/reviews/214", {"sections": {"sense": "x"}, "version": 1}).body["version"] == 2
    assert door.call("PATCH", "/reviews/214", {"sections": {"sense": "y"}, "version": 1}).status == 409
    factor = door.post("/reviews/214/factors", {"text": "The timeout is fixed", "kind": "latent-design"})
    assert (factor.status, factor.body["key"]) == (201, "F1")
    assert door.post("/reviews/214/factors", {"text": "x", "kind": "human-error"}).body["field"] == "kind"
    made = door.post("/reviews/214/actions", {**ACTION, "due": soon()})
    assert (made.status, made.body["owner"]) == (201, "Mara Lindqvist")
    shows = {"evidence": "https://ci.kestrel.example/runs/77"}
    assert door.post("/reviews/214/actions/a1/close", shows).body["closed_by"] == "ada"
    entry = {"at": "2026-11-23T12:20:00Z", "text": "p99 390 ms", "evidence": "chart"}
    assert len(door.post("/reviews/214/timeline", entry).body["timeline"]) == 4
    moved = door.call("PATCH", "/reviews/214/timeline/T1", {"known": "later", "evidence": "log"}).body
    assert [line["known"] for line in moved["timeline"] if line["key"] == "T1"] == ["later"]
    assert door.post("/reviews/214/publish").status == 409
    assert door_of("v@kestrel.example", "viewer").post("/reviews/214/publish").status == 403


@pytest.fixture
def run(live_server: LiveServer, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv("ROADBED_URL", live_server.url)
    monkeypatch.setenv("ROADBED_TOKEN", door_of("ada@kestrel.example").token)
    made: list[reach.Api] = []
    original = reach.api
    for module in ("reviews", "reviews_learning"):
        monkeypatch.setattr(f"roadbed.cli.{module}.api", lambda: made.append(original()) or made[-1])
    yield lambda *said: CliRunner().invoke(app, ["review", *said])
    for one in made:
        one._http.close()
    assert cast


@pytest.mark.django_db(databases=["default", "samples"], transaction=True)
def test_the_command_shows_acts_and_closes(cast: Cast, run: Run):
    cast.drafted()
    assert "F1 is named." in run("factor", "INC-214", "The timeout is fixed", "--kind", "latent-design").output
    options = ["--factor", "F1", "--lever", "smaller-blast", "--owner", "Mara Lindqvist", "--due", soon()]
    result = run("action", "INC-214", str(ACTION["text"]), *options, "--evidence", "Fault test")
    assert "A1 is Mara Lindqvist's" in result.output, result.exception
    shown = run("show", "INC-214").output
    assert "4.4% of its budget" in shown
    assert "A1 Answer without arrival time" in shown
    assert "Before it can be published" in shown
    assert "A1 is closed." in run("close", "INC-214", "A1", "--evidence", "https://ci.kestrel.example/runs/77").output
    assert "L2 is named." in run("factor", "INC-214", "No Monday", "--role", "luck").output
    assert "F1 led to harm." in run("link", "INC-214", "F1", "harm").output
    (hit,) = json.loads(run("search", "timeou", "--kind", "latent-design", "--json").stdout)
    assert (hit["where"], hit["excerpt"]) == ("Factor F1", "The timeout is fixed")
    assert "Latent design" in run("patterns", "--quarters", "2").output
    assert "None is like it." in run("similar", "INC-214").output
    assert run("export", "INC-214").output.startswith("# Review of INC-214")
    listed: list[dict[str, Any]] = json.loads(run("list", "--json").stdout)
    assert [(one["actions_count"], one["actions_open"]) for one in listed] == [(1, 0)]
    assert "cannot be published yet" in str(run("publish", "INC-214").exception)
    assert queries.review("214").view.state == "draft"
