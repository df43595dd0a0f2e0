"""Goals set, read, worded anew and closed: over HTTP, by the pages and by the job of the day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.asks import measures
from roadbed.ground.asks.measures import Asked, Metric, Reading
from roadbed.ground.asks.news import Week
from roadbed.ground.catalog.tests.cast import CHECKOUT
from roadbed.ground.catalog.usecases import register
from roadbed.ground.demo.rules import Belongings
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people import usecases as people
from roadbed.ground.people.models import Person, Team
from roadbed.ground.people.rules import ROADBED
from roadbed.organization.goals import forgetting, news, usecases
from roadbed.organization.goals.models import Goal

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TEAM = "team-payments"


@dataclass
class House:
    """A team that owns checkout, somebody of another team, an admin, and figures as the test says."""

    hanne: Door
    dele: Door
    mara: Door
    figures: dict[str, Reading] = field(default_factory=dict)

    def measure(self, key: str, asked: Asked) -> Reading:
        assert asked.until - asked.since in (timedelta(days=28), timedelta(days=91))
        return self.figures.get(key, Reading(None, why="Nothing was deployed."))


@pytest.fixture
def house(db: Any, wired: None) -> Iterator[House]:
    people.create_team(ROADBED, name=TEAM, now=NOW)
    people.create_team(ROADBED, name="team-other", now=NOW)
    for name, team in (("hanne", TEAM), ("dele", "team-other")):
        email = f"{name}@kestrel.example"
        people.invite_person(ROADBED, email=email, name=name.title(), now=NOW)
        people.join_team(ROADBED, team=team, email=email, now=NOW)
    register(ROADBED, text=CHECKOUT, location="https://git.example/c", now=NOW)
    standing = House(
        *(door_of(f"{name}@kestrel.example", "member") for name in ("hanne", "dele")), mara=door_of("m@k.example")
    )
    kept = dict(measures._measures)
    for key, better, unit, counters in (
        ("fail_rate", "down", "share", ("often",)),
        ("often", "up", "a week", ("fail_rate",)),
    ):
        metric = Metric(key, key.title(), unit, better, counters, "Easily had.")
        measures.supply(metric, lambda asked, key=key: standing.measure(key, asked))
    yield standing
    measures._measures.clear()
    measures._measures.update(kept)


def goal(**given: Any) -> dict[str, Any]:
    due = (timezone.now() + timedelta(days=100)).date().isoformat()
    return {"name": TEAM, "metric": "fail_rate", "target": "10%", "due": due, "reason": "Too many rollbacks"} | given


def test_a_goal_begins_where_it_is_measured_and_moves_once_a_change_is_beyond_chance(house: House):
    house.figures["fail_rate"] = Reading(0.30, 50, 0.2, 0.4)
    made = house.hanne.post("/goals", goal())
    assert (made.status, made.body["baseline"], made.body["baseline_n"]) == (201, 0.30, 50)
    assert made.body["standing"] == "on-track"
    assert "often" in made.body["warning"]
    later = timezone.now() + timedelta(days=45)
    assert usecases.read_all(now=later) == 1
    assert usecases.read_all(now=later + timedelta(minutes=4)) == 0
    whole = house.dele.get(f"/goals/{made.body['uid']}").body
    assert whole["goal"]["standing"] == "unclear"
    assert len(whole["readings"]) in (2, 3)
    house.figures["fail_rate"] = Reading(0.05, 50, 0.01, 0.09)
    usecases.read_all(now=later + timedelta(days=1))
    assert house.hanne.get("/goals").body["items"][0]["standing"] == "reached"
    moves = [fact.data["standing"] for fact in Fact.objects.filter(kind="goal.moved").order_by("position")]
    assert moves == ["unclear", "reached"]
    team = Team.objects.get(name=TEAM)
    (line,) = news.told(Week(TEAM, {}, later - timedelta(days=1), later + timedelta(days=2)))
    assert (line.tone, line.news) == ("good", True)
    assert forgetting.forget(Belongings(teams=frozenset({team.uid}))).rows > 2
    assert not Goal.objects.exists()


def test_figures_without_data_show_as_such_and_one_open_goal_is_enough(house: House):
    made = house.hanne.post("/goals", goal(metric="often", target="5"))
    assert (made.body["baseline"], made.body["standing"]) == (None, "no-data")
    assert made.body["baseline_why"] == "Nothing was deployed."
    assert house.hanne.post("/goals", goal(metric="often", target="6")).status == 409
    closed = house.hanne.post(f"/goals/{made.body['uid']}/close", {"note": "Another one counts", "withdrawn": True})
    assert closed.body["outcome"] == "withdrawn"
    assert house.hanne.post(f"/goals/{made.body['uid']}/close", {"note": "Again"}).status == 409
    assert house.hanne.post("/goals", goal(metric="often", target="6")).status == 201
    assert len(house.hanne.get("/goals?state=all").body["items"]) == 2
    first = house.hanne.get("/goals?state=all&limit=1").body
    assert len(house.hanne.get(f"/goals?state=all&limit=1&cursor={first['next_cursor']}").body["items"]) == 1


def test_members_set_their_teams_goals_owners_their_systems_and_admins_everybodys(house: House):
    assert house.dele.post("/goals", goal()).status == 403
    assert house.dele.post("/goals", goal(scope="system", name="shop")).status == 403
    assert house.hanne.post("/goals", goal(scope="system", name="shop")).status == 201
    assert house.hanne.post("/goals", goal(scope="organization", name="")).status == 403
    assert house.mara.post("/goals", goal(scope="organization", name="")).status == 201
    for given, wrong in (
        ({"scope": "person", "name": "hanne"}, "scope"), ({"name": "nobody"}, "name"), ({"metric": "lines"}, "metric"),
        ({"target": "10"}, "target"), ({"direction": "at least"}, "direction"), ({"days": 7}, "days"),
        ({"due": "2020-01-01"}, "due"), ({"reason": " "}, "reason"), ({"owner": "dele@kestrel.example"}, "owner"),
        ({"owner": "nobody@kestrel.example"}, "owner"),
    ):  # fmt: skip
        refused = house.hanne.post("/goals", goal(**given))
        assert (refused.status in (404, 422), refused.body["field"]) == (True, wrong), given
    assert Goal.objects.count() == 2
    assert house.hanne.get("/goals?scope=person").status == 422
    assert house.hanne.get("/goals/metrics?team=team-payments").body["items"][-1]["why"]


def test_each_wording_is_kept_with_its_reason_and_closing_tells_the_outcome(house: House):
    house.figures["fail_rate"] = Reading(0.30, 50, 0.2, 0.4)
    uid = house.hanne.post("/goals", goal(owner="hanne@kestrel.example")).body["uid"]
    assert house.dele.call("PATCH", f"/goals/{uid}", {"why": "x", "target": "15%"}).status == 403
    assert house.hanne.call("PATCH", f"/goals/{uid}", {"why": " ", "target": "15%"}).body["field"] == "why"
    changed = house.hanne.call("PATCH", f"/goals/{uid}", {"why": "A team left", "target": "15%"}).body
    assert (changed["target"], changed["version"], changed["baseline"]) == (0.15, 2, 0.30)
    wordings = house.hanne.get(f"/goals/{uid}").body["wordings"]
    assert [(one["number"], one["target"], one["why"]) for one in wordings] == [(2, 0.15, "A team left"), (1, 0.10, "")]
    house.figures["fail_rate"] = Reading(0.5, 50, 0.45, 0.6)
    assert house.hanne.post(f"/goals/{uid}/close", {"note": "We gave up"}).body["outcome"] == "missed"
    assert house.hanne.call("PATCH", f"/goals/{uid}", {"why": "too late"}).status == 409


def test_the_pages_set_show_and_close_and_hang_into_the_teams_and_the_services(house: House, client: Client):
    house.figures["fail_rate"] = Reading(0.30, 50, 0.2, 0.4)
    client.force_login(Person.objects.get(email="hanne@kestrel.example"))
    assert "No goal here" in client.get("/goals").content.decode()
    form = goal(whose=f"team:{TEAM}", days="28", owner="")
    wrong = client.post("/goals", form | {"target": "much"})
    assert wrong.status_code == 422
    assert "Too many rollbacks" in wrong.content.decode()
    page = client.post("/goals", form, follow=True).content.decode()
    assert "Nobody watches the other side" in page
    uid = Goal.objects.get().uid
    for address in (f"/teams/{TEAM}", "/services/checkout", "/goals"):
        assert f"/goals/{uid}" in client.get(address).content.decode(), address
    assert (
        "15.0%" in client.post(f"/goals/{uid}/change", {"target": "15%", "why": "Kinder"}, follow=True).content.decode()
    )
    assert client.post(f"/goals/{uid}/close", {"note": ""}).status_code == 422
    assert "Closed" in client.post(f"/goals/{uid}/close", {"note": "Done"}, follow=True).content.decode()
    client.force_login(Person.objects.get(email="dele@kestrel.example"))
    assert "Close the goal" not in client.get(f"/goals/{uid}").content.decode()
