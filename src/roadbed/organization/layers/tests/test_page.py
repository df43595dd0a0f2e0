"""The page and the API: three layers with figures asked of other rooms, or one team for a handful of people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner

from roadbed.cli import layers as command
from roadbed.cli.main import app
from roadbed.ground import asks
from roadbed.ground.asks.counted import TeamsOnCall
from roadbed.ground.asks.figures import DeliveryFigures, ReliabilityFigures
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.ledger import projections
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team
from roadbed.organization.layers import queries, showing
from roadbed.organization.layers.rules.layers import Layer, Measure

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
COMPONENT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
spec:
  type: service
  lifecycle: production
  owner: {owner}
"""


@pytest.fixture
def house(wired: None) -> Iterator[dict[str, str]]:
    """Uids of two services by name. Who answers asks is put back afterwards."""
    answerers = dict(asks._answerers)
    now = timezone.now()
    create_team(ROADBED, name="storefront", title="Storefront", now=now)
    create_team(ROADBED, name="sre", title="SRE", layer="reliability", now=now)
    create_team(ROADBED, name="road", title="Road", layer="platform", now=now)
    uids = {}
    for name in ("checkout", "parcels"):
        text = COMPONENT.format(name=name, owner="storefront")
        uids[name] = catalog.register(ROADBED, text=text, location=f"/srv/git/{name}.git", now=now).uid_of_component
    yield uids
    asks._answerers = answerers


def people(number: int) -> Person:
    rows = [
        Person(email=f"p{index}@kestrel.example", name=f"Person {index}", created_at=timezone.now())
        for index in range(number)
    ]
    return Person.objects.bulk_create(rows)[0]


@pytest.fixture
def page(client: Client) -> Callable[[int], str]:
    def ask(number: int) -> str:
        client.force_login(people(number))
        response = client.get("/layers")
        assert response.status_code == 200
        return response.content.decode().split("<main")[1]

    return ask


def layer(key: str, now: datetime | None = None) -> Layer:
    found = queries.picture(now=now or timezone.now())
    return next(one for one in found.layers if one.key == key)


def measure(key: str, name: str) -> Measure:
    return next(one for one in layer(key).measures if one.name.startswith(name))


def test_fifteen_people_see_three_layers_with_no_data_said(house: dict[str, str], page: Callable[[int], str]):
    html = page(15)
    assert html.count('class="rb-course"') == 3
    assert "Every owning team, for its own changes" in html
    assert "Road, to the 15 people who use it, and for Roadbed itself" in html
    assert html.count("No data") >= 8
    assert "Would come from the diagnostic" in html
    assert "no deployment was ever told" in html
    assert "SRE is a reliability team without an engagement" in html


def test_fourteen_people_see_one_team_without_layers(house: dict[str, str], page: Callable[[int], str]):
    html = page(14)
    assert "<h1>One team</h1>" in html
    assert "rb-course" not in html
    assert "Deployment frequency" in html
    assert not any(word in html for word in ("SRE", "Would come from", "Platform engineering", "charter"))


def test_people_who_left_are_not_counted(house: dict[str, str], page: Callable[[int], str]):
    people_row = Person.objects.create(email="gone@kestrel.example", name="Gone", created_at=timezone.now())
    Person.objects.filter(pk=people_row.pk).update(is_active=False)
    assert "<h1>One team</h1>" in page(14)


def test_figures_come_from_the_rooms_that_know(house: dict[str, str]):
    now = timezone.now()
    with unit(ROADBED, now=now) as writing:
        writing.record("path.scaffolded", house["checkout"], occurred_at=now - timedelta(hours=5), data={})
        writing.record(
            "service.deployed", house["checkout"], environment="production", occurred_at=now - timedelta(hours=2),
            data={"deployment": "d1", "service": "checkout"},
        )  # fmt: skip
    projections.catch_up(now=now)
    assert measure("delivery", "Change fail rate").value == "0%"
    assert measure("delivery", "Change lead time").value is None
    assert measure("platform", "Services on a golden path").value == "1 of 2"
    assert measure("platform", "New service to production").value == "3 h"
    assert [gap.text.split(":")[0] for gap in layer("delivery").gaps] == ["parcels"]
    assert measure("reliability", "Objectives with budget left").note == "No objective is promised."
    assert measure("reliability", "Services with an objective").value == "0 of 2"


def test_what_happened_just_now_is_in_the_figures_at_once(house: dict[str, str]):
    now = timezone.now()

    def deploy(number: int) -> str | None:
        with unit(ROADBED, now=now) as writing:
            writing.record(
                "service.upgraded", house["checkout"], environment="production", occurred_at=now,
                data={"deployment": f"d{number}", "service": "checkout"},
            )  # fmt: skip
        projections.catch_up(now=now)
        return measure("delivery", "Change fail rate").note

    assert [deploy(number) for number in (1, 2, 3)] == ["n = 1", "n = 2", "n = 3"]


def test_who_is_on_call_is_asked_of_the_owning_teams(house: dict[str, str]):
    asks.answer_with(TeamsOnCall, lambda _: frozenset({"storefront"}))
    assert measure("reliability", "Owning teams with somebody on call").value == "1 of 1"
    del asks._answerers[TeamsOnCall]
    assert measure("reliability", "Owning teams with somebody on call").supplier == "rotations, of the room paging"


def test_an_engagement_of_today_is_told_and_one_that_ended_is_not(house: dict[str, str]):
    catalog.start_engagement(
        ROADBED, "checkout", team="sre", started_on=date(2026, 1, 5), entry_review="Ready.", objectives=["99.9%"],
        hand_back=["Two quarters within budget."], now=datetime(2026, 1, 5, tzinfo=UTC),
    )  # fmt: skip
    assert layer("reliability").accountable == "The owner of each service; of 1 of 2 with an SRE team engaged"
    before = datetime(2026, 1, 4, tzinfo=UTC)
    assert layer("reliability", before).accountable == "The owner of each service"


def test_a_room_that_is_not_there_is_named_as_what_would_supply_it(house: dict[str, str]):
    del asks._answerers[DeliveryFigures], asks._answerers[ReliabilityFigures]
    assert [one.supplier for one in layer("delivery").measures] == ["the room metrics, which is not installed"]
    assert "objectives" in layer("reliability").measures[0].supplier


def test_the_api_and_the_command_tell_the_same(house: dict[str, str], client: Client, monkeypatch: pytest.MonkeyPatch):
    client.force_login(people(15))
    told = client.get("/api/v1/layers").json()
    assert (told["people"], told["small"], [one["key"] for one in told["layers"]]) == (
        15,
        False,
        ["delivery", "reliability", "platform"],
    )

    class Api:
        def get(self, path: str) -> object:
            return client.get(f"/api/v1{path}").json()

    monkeypatch.setattr(command, "api", Api)
    shown = CliRunner().invoke(app, ["layers", "show"])
    assert "Every owning team, for its own changes" in shown.stdout
    Person.objects.all().update(is_active=True)
    Person.objects.filter(pk__gt=Person.objects.order_by("pk")[0].pk).update(is_active=False)
    assert "No layers are needed yet" in CliRunner().invoke(app, ["layers", "show"]).stdout


@pytest.mark.parametrize(("sre", "stands"), [((), 30), ((9.1,), 125), ((9.1, 6.1), 78), ((6.1,), 30)])
def test_the_words_of_a_corner_keep_clear_of_the_points_in_it(sre: tuple[float, ...], stands: int):
    points = [showing._point(7.0, one, "now", "Answered", "") for one in sre]
    assert showing._free_line(287, 8, 30, points) == stands
