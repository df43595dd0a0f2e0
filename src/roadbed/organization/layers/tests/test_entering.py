"""What is entered about the organization, the stage that is noted, and the evidence that the advice rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from roadbed.ground import asks
from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.asks.advice import Advice, DiagnosticStanding, Standing
from roadbed.ground.asks.counted import Paged, PeoplePaged, TeamsOnCall
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people import usecases as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.organization.layers import gathering, queries, standing, usecases
from roadbed.organization.layers.rules.known import Circumstances
from roadbed.organization.layers.rules.signals import signals
from roadbed.organization.layers.tests.test_page import COMPONENT

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@pytest.fixture
def house(wired: None) -> Iterator[str]:
    """A product team with one service, and the platform; uid of the service."""
    answerers = dict(asks._answerers)
    for name, layer in (("storefront", "product"), ("platform", "platform")):
        people.create_team(ROADBED, name=name, title=name.title(), layer=layer, now=NOW)
    for name, team in (("yuki", "storefront"), ("priya", "platform")):
        people.invite_person(ROADBED, email=f"{name}@kestrel.example", name=name.title(), now=NOW)
        people.join_team(ROADBED, team=team, email=f"{name}@kestrel.example", now=NOW)
    text = COMPONENT.format(name="checkout", owner="storefront")
    yield catalog.register(ROADBED, text=text, location="/srv/git/checkout.git", now=NOW).uid_of_component
    asks._answerers = answerers


def uid_of(name: str) -> str:
    return Person.objects.get(email=f"{name}@kestrel.example").uid


def advice(now: datetime = NOW) -> Advice:
    return queries.picture(now=now).advice


def deployed(service: str, by: str, times: int) -> None:
    caller = Caller(uid_of(by), by.title(), "member")
    for _ in range(times):
        with unit(caller, now=NOW - timedelta(days=2)) as writing:
            writing.record("service.upgraded", service, environment="production", data={})


def test_roles_are_unknown_until_one_was_entered(house: str):
    def unknown() -> bool:
        return "title.devops" in [one.rule for one in advice().undetermined]

    assert unknown()
    uid = usecases.open_role(ROADBED, title="  DevOps   engineer ", team="storefront", now=NOW)
    assert [(one.rule, one.state) for one in advice().patterns] == [("title.devops", "bad")]
    assert advice().hiring.rule == "hire.too-few"
    usecases.close_role(ROADBED, uid, now=NOW)
    assert not unknown()
    assert advice().patterns == ()
    with pytest.raises(Conflict):
        usecases.close_role(ROADBED, uid, now=NOW)
    assert [fact.kind for fact in Fact.objects.filter(subject=uid).order_by("position")] == [
        "role.opened",
        "role.closed",
    ]


def test_only_an_admin_enters_and_bad_input_changes_nothing(house: str):
    member = Caller("m", "Yuki", "member", frozenset({"storefront"}))
    with pytest.raises(Forbidden):
        usecases.enter(member, Circumstances(engineers=5), now=NOW)
    for title in ("", "   ", "x" * 121, "a\x07b"):
        with pytest.raises(Invalid):
            usecases.open_role(ROADBED, title=title, now=NOW)
    with pytest.raises(NotFound):
        usecases.open_role(ROADBED, title="SRE", team="nobody", now=NOW)
    with pytest.raises(Invalid):
        usecases.enter(ROADBED, Circumstances(engineers=-1), now=NOW)
    assert (standing.roles(), standing.circumstances()) == (None, Circumstances())


def test_engineers_are_the_active_people_unless_entered_and_the_stage_holds_at_its_edge(house: str):
    assert advice().engineers == 2
    usecases.enter(ROADBED, Circumstances(engineers=79), now=NOW)
    assert usecases.note_stage(79, now=NOW) == "40-80"
    usecases.enter(ROADBED, Circumstances(engineers=85), now=NOW)
    assert (advice().stage.stage, advice().stage.held) == ("40-80", True)
    assert usecases.note_stage(85, now=NOW) == "40-80"
    assert usecases.note_stage(88, now=NOW) == "80-150"
    noted = [fact.data["stage"] for fact in Fact.objects.filter(kind="stage.changed").order_by("position")]
    assert noted == ["40-80", "80-150"]


def test_who_deploys_is_read_from_deployments_and_few_say_nothing(house: str):
    def deploys() -> bool | None:
        return signals(gathering.known(now=NOW)).teams_deploy

    deployed(house, "priya", 4)
    assert deploys() is None
    deployed(house, "priya", 2)
    assert deploys() is False
    deployed(house, "yuki", 6)
    assert deploys() is True


def test_a_devops_team_is_a_wall_by_the_charters_deployments_and_rotations(house: str):
    people.create_team(ROADBED, name="ops", title="Ops", layer="delivery", now=NOW)
    people.join_team(ROADBED, team="ops", email="priya@kestrel.example", now=NOW)
    deployed(house, "priya", 6)
    asks.answer_with(TeamsOnCall, lambda _: frozenset())
    (wall,) = [one for one in advice().patterns if one.rule == "wall.devops-team"]
    assert (wall.state, wall.evidence) == ("bad", "Ops; application teams do not deploy and are not on call")


def test_the_platform_paged_for_a_product_is_a_breach_and_an_owner_is_not(house: str):
    def breaches() -> list[str]:
        return [one.evidence for one in advice().patterns if one.rule.startswith("boundary")]

    asks.answer_with(PeoplePaged, lambda _: (Paged(house, uid_of("yuki"), 9),))
    assert breaches() == []
    asks.answer_with(PeoplePaged, lambda _: (Paged(house, uid_of("priya"), 6), Paged(house, uid_of("yuki"), 9)))
    assert breaches() == ["checkout, which storefront owns: 6 alerts in 28 days"]
    people.join_team(ROADBED, team="storefront", email="priya@kestrel.example", now=NOW)
    assert breaches() == [], "whoever is in the owning team as well is paged as its member"


def test_answers_place_the_quadrant_and_measures_stand_beside_them(house: str):
    measured = queries.picture(now=NOW)
    assert (measured.sre.measured, measured.platform.measured) == (0.0, 0.0)
    assert (measured.advice.quadrant.place, measured.sre.answered) == ("neither", None)
    scores = {"throughput": 6.0, "stability": 8.0, "sre": 3.0, "platform": 7.5, "cognitive-load": None}
    told = Standing(15, 20, scores, {"sre": (2.0, 4.0)}, {"senior_hours": 4.0}, NOW, NOW)
    asks.answer_with(DiagnosticStanding, lambda _: told)
    picture = queries.picture(now=NOW)
    assert picture.advice.quadrant.place == "platform-alone"
    assert [one.rule for one in picture.advice.patterns] == ["imbalance.sre-and-platform.weak-sre"]
    assert picture.scores == {"delivery": 7.0, "reliability": 3.0, "platform": 7.5}
    assert signals(gathering.known(now=NOW)).busy_seniors is True


def test_the_page_draws_the_quadrant_and_an_admin_enters_on_it(house: str):
    for index in range(15):
        people.invite_person(ROADBED, email=f"p{index}@kestrel.example", name=f"P {index}", now=NOW)
    Person.objects.filter(email="yuki@kestrel.example").update(role="admin")
    client = Client()
    client.force_login(Person.objects.get(email="yuki@kestrel.example"))
    html = client.get("/layers").content.decode()
    assert 'class="rb-quad"' in html
    assert "Rules fired: stage.15-40" in html
    assert client.post("/layers/roles", {"title": "DevOps engineer", "team": ""}).status_code == 302
    assert client.post("/layers/organization", {"engineers": "74", "consumer_scale": "yes"}).status_code == 302
    assert standing.circumstances() == Circumstances(74, None, True, None)
    wrong = client.post("/layers/organization", {"engineers": "many"})
    assert (wrong.status_code, "is no number of engineers" in wrong.content.decode()) == (422, True)
    html = client.get("/layers").content.decode()
    assert "title.devops" in html
    assert client.post(f"/layers/roles/{standing.roles()[0].uid}/close").status_code == 302
    stranger = Client()
    stranger.force_login(Person.objects.get(email="p1@kestrel.example"))
    assert "What nobody can measure" not in stranger.get("/layers").content.decode()
    assert stranger.post("/layers/roles", {"title": "SRE"}).status_code == 403


def test_the_api_changes_only_what_is_named(house: str):
    door: Door = door_of("mara@kestrel.example")
    assert door.call("PATCH", "/organization", {"engineers": 60, "consumer_scale": True}).status == 200
    kept = door.call("PATCH", "/organization", {"engineers": None}).body
    assert (kept["engineers"], kept["consumer_scale"]) == (None, True)
    role = door.post("/organization/roles", {"title": "SRE", "team": "platform"}).body
    assert door.get("/organization/roles").body["items"] == [role]
    assert door.post(f"/organization/roles/{role['uid']}/close").body["closed_at"] is not None
    told = door.get("/layers").body
    assert (told["advice"]["stage"]["rule"], told["circumstances"]["consumer_scale"]) == ("stage.under-15", True)
    assert door_of("viewer@kestrel.example", role="member").post("/organization/roles", {"title": "x"}).status == 403
