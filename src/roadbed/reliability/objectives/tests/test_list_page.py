"""The page of all objectives: its filters, its order, its pages, its map, and what it says where nothing fits."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team, join_team
from roadbed.reliability.objectives import density, listing, queries, usecases
from roadbed.reliability.objectives.models import Evaluated, Objective
from roadbed.reliability.objectives.rules.evaluation import STANDINGS
from roadbed.reliability.objectives.tests.conftest import HANNE, NOW, House, slo

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
Page = Callable[..., str]
ENTITY = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {{name: {name}, annotations: {{roadbed.dev/run: ./serve, roadbed.dev/tier: "{tier}"}}}}
spec: {{type: service, lifecycle: production, owner: {owner}, system: {system}}}
"""
SERVICES = (("labels", "team-storefront", "1", "postage"), ("belts", "team-depot", "2", "depots"),
            ("maps", "team-depot", "1", "depots"))  # fmt: skip
STAND = (("within", 0.9, 1.0), ("spent", -0.2, 0.97), ("unmeasured", None, None))


@pytest.fixture
def shop(house: House) -> dict[str, str]:
    """Three more services with twenty objectives each that stand in three ways; answers uids by objective's name."""
    for team in ("team-storefront", "team-depot"):
        create_team(ROADBED, name=team, now=NOW)
    for name, owner, tier, system in SERVICES:
        text = ENTITY.format(name=name, owner=owner, tier=tier, system=system)
        catalog.register(ROADBED, text=text, location=f"/srv/git/{name}.git", now=NOW)
        each = "---\n".join(slo(f"{name}-{number:02}", service=name) for number in range(20))
        usecases.apply(ROADBED, name, text=each, now=NOW)
    rows = list(Objective.objects.order_by("name"))
    for row, (standing, left, coverage) in zip(rows, STAND * 20, strict=True):
        Evaluated.objects.create(
            objective=row.uid, service_uid=row.service_uid, standing=standing, as_of=NOW, minute=0, remaining=left,
            coverage=coverage, attainment=None if left is None else 0.999,
        )  # fmt: skip
    return {row.name: row.uid for row in rows}


@pytest.fixture
def page(client: Client, house: House) -> Page:
    person = Person.objects.create(email="lena@kestrel.example", name="Lena Vogt", created_at=NOW)
    client.force_login(person)

    def ask(query: str = "", status: int = 200) -> str:
        response = client.get(f"/objectives{query}")
        assert response.status_code == status
        return response.content.decode().split("<main")[1]

    return ask


def titles(html: str) -> list[str]:
    """The services of the rows, in order."""
    return re.findall(r'<a class="rb-service is-\w+" href="/services/(\w+)">', html)


def test_pages_hold_fifty_and_lead_on_and_back(page: Page, shop: dict[str, str]):
    first = page("?sort=name")
    assert len(titles(first)) == 50
    assert "1–50 of 60" in first
    second = page(re.search(r'href="(\?[^"]+)#list">Next ones', first)[1].replace("&amp;", "&"))
    assert "51–60 of 60" in second
    assert "Next ones" not in second
    assert titles(first) + titles(second) == ["belts"] * 20 + ["labels"] * 20 + ["maps"] * 20
    back = page(re.search(r'href="(\?[^"]+)#list">Earlier ones', second)[1].replace("&amp;", "&"))
    assert titles(back) == titles(first)


@pytest.mark.parametrize(
    ("query", "number", "services"),
    [
        ("?owner=team-depot", 40, {"belts", "maps"}),
        ("?tier=1", 40, {"labels", "maps"}),
        ("?system=postage", 20, {"labels"}),
        ("?standing=spent&tier=2", 7, {"belts"}),
        ("?q=LABELS-03", 1, {"labels"}),
        ("?group=needs-a-look&owner=team-storefront", 13, {"labels"}),
        ("?group=low-coverage&system=postage", 13, {"labels"}),
    ],
)
def test_filters_are_all_held_at_once(page: Page, shop: dict[str, str], query: str, number: int, services: set[str]):
    html = page(query)
    assert f"of {number}. The tick" in html
    assert set(titles(html)) == services


def test_what_needs_somebody_comes_first_unless_another_order_is_wanted(page: Page, shop: dict[str, str]):
    worst = re.findall(r'rb-state is-(\w+) is-plain">.*?</svg>(?:Budget spent|No data|Within budget)', page())
    assert worst == ["bad"] * 20 + ["unknown"] * 20 + ["good"] * 10
    left = page("?sort=left")
    assert left.index("−20.0%") < left.index("90.0%")
    states = re.findall(r'class="rb-service is-(\w+)"', left)
    assert states == ["bad"] * 20 + ["good"] * 20 + ["unknown"] * 10, "what cannot be told is neither least nor most"
    assert 'aria-sort="ascending"><a' in left


def test_mine_holds_the_objectives_of_ones_own_teams(page: Page, shop: dict[str, str]):
    assert "Mine" not in page()
    join_team(ROADBED, team="team-storefront", email="lena@kestrel.example", now=NOW)
    assert set(titles(page("?group=mine"))) == {"labels"}


def test_the_map_has_a_bar_for_each_and_says_by_team_what_is_wrong(page: Page, shop: dict[str, str]):
    html = page("?owner=team-storefront")
    bars = html.split('class="rb-teams"')[1].split("</ul>")[0]
    assert bars.count('viewBox="0 0 8 22"') == 60, "the map is of all, whatever the list shows"
    assert "team-depot: 40 objectives, 14 spent, 13 without data" in bars
    few = density.groups(listing.filtered(listing.rows(), listing.Wanted(text="labels-0")))
    assert [(group.owner, group.number) for group in few] == [("team-storefront", 10)]


def test_what_cannot_be_told_is_hatched_and_never_an_empty_bar():
    row = listing.Row("u", "s", "svc", "team", "n", "t", standing="unmeasured", remaining=0.4)
    (group,) = density.groups([row])
    assert "rb-hatch" in group.bars
    assert {density.state_of(row._replace(standing=standing)) for standing in STANDINGS} >= {"bad", "unknown", "idle"}


def test_the_burn_of_the_list_is_the_evaluations_own(house: House):
    usecases.apply(HANNE, "checkout", text=slo(), now=NOW)
    house.deploy()
    house.edge.serve(good=990, bad=10)
    house.tick()
    (one,) = listing.listed(listing.rows())
    (view,) = queries.objectives_of(house.checkout)
    assert one.burn == dict(view.burns)["1h"] == pytest.approx(10.0)
    assert (one.attainment, one.target_text, one.measured_at) == (view.attainment, view.target_text, view.measured_at)


def test_every_row_carries_its_coverage_and_its_instant(page: Page, shop: dict[str, str]):
    html = page("?standing=spent")
    assert html.count("97.0%") >= 20
    assert html.count(f'datetime="{NOW:%Y-%m-%dT%H:%M:%SZ}"') >= 20


def test_nothing_that_fits_says_what_to_do_and_a_filter_that_is_none_is_refused(page: Page, shop: dict[str, str]):
    assert "No objective fits" in page("?q=nowhere")
    assert "is not a group" in page("?group=splendid", 422)
    assert "was not made by this list" in page("?cursor=x", 422)


def test_the_same_filters_serve_the_api(shop: dict[str, str]):
    found = listing.objectives(tier="2", standing="spent", sort="coverage", limit=5)
    assert {view.service_name for view in found.items} == {"belts"}
    rest = listing.objectives(tier="2", standing="spent", sort="coverage", limit=5, cursor=found.next_cursor or "")
    assert len({view.uid for view in (*found.items, *rest.items)}) == 7
    assert rest.next_cursor is None
    assert timedelta(0) == found.items[0].as_of - NOW
