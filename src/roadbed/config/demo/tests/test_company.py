"""The demo company on the database: the same each time, alive on every page, gone without a trace."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from roadbed.config.demo import company, making, meter
from roadbed.config.demo.sending import TAKEN
from roadbed.config.demo.stories import STORIES
from roadbed.config.demo.tests.conftest import ADMIN, NOW, rows
from roadbed.delivery.flags import usecases as flags
from roadbed.ground.api.tests.door import door_of
from roadbed.ground.asks import MeasuredWorkload
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.usecases import register
from roadbed.ground.demo import queries, usecases
from roadbed.ground.errors import Conflict
from roadbed.ground.jobs.models import Job
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.queries import last_position
from roadbed.ground.people.models import Person, Team
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team
from roadbed.ground.subscriptions.fanning import advance
from roadbed.ground.subscriptions.models import Subscription
from roadbed.ground.subscriptions.usecases import Wish, subscribe
from roadbed.organization.layers.queries import picture
from roadbed.reliability.incidents import queries as incidents
from roadbed.reliability.objectives.journeys.queries import journeys
from roadbed.reliability.objectives.queries import objectives
from roadbed.reliability.paging.models import Alert, Delivery
from roadbed.reliability.paging.routing import route_of
from roadbed.reliability.reviews import queries as reviews

pytestmark = [pytest.mark.django_db(databases=["default", "samples"]), pytest.mark.usefixtures("kestrel")]

OWN = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: pigeon-post, description: A service of one's own}
spec: {type: service, lifecycle: production, owner: %s, dependsOn: ["component:parcel-tracking"]}
"""


def test_its_services_stand_in_every_way():
    found = {(view.service_name, view.name): view for view in objectives(limit=50).items}
    assert found["parcel-tracking", "lookups-answered"].standing == "spent"
    assert found["proof-of-delivery", "photos-stored"].standing == "unmeasured"
    assert found["invoice-runner", "invoices-built"].standing == "idle"
    assert found["locker-gateway", "lockers-opened"].standing == "burning"
    assert found["eta-predictor", "estimates-answered"].standing == "at-risk"
    assert found["checkout-web", "pages-answered"].standing == "within"


@pytest.mark.parametrize("service", [one for one in company.SERVICES if not one.silent], ids=lambda one: one.name)
def test_what_is_left_of_each_budget_is_what_the_company_says(service: company.Service):
    known = {view.name: view for view in objectives(text=service.name, limit=50).items}
    for promise in service.promises:
        left = known[promise.name].remaining
        if promise.left is None:
            assert left is None
        elif any(story.service == service.name for story in STORIES):
            # A few days' budget can be less than a story spends; with the whole month it is what the company says.
            assert left <= promise.left + 0.006
        else:
            assert left == pytest.approx(promise.left, abs=0.006)


def test_a_spent_budget_has_an_open_incident_that_suspects_its_flag_and_its_release():
    spent = incidents.open_of(catalog.require_service("parcel-tracking").uid)[0]
    page = incidents.incident(spent.name, now=NOW)
    assert [one.what for one in page.suspects[:2]] == ["eta-v2", "v412"]
    assert spent.lead == "Mara Lindqvist"
    assert {one.service for one in incidents.incidents(status="unresolved").items} == {
        "parcel-tracking", "locker-gateway", "proof-of-delivery",
    }  # fmt: skip


def test_every_page_was_answered_and_none_left_the_machine():
    assert Alert.objects.exclude(state__in=[Alert.ACKNOWLEDGED, Alert.CLOSED]).count() == 0
    assert set(Delivery.objects.values_list("state", "provider_id")) == {(Delivery.SENT, TAKEN)}
    escalated = Fact.objects.filter(kind="page.escalated").count()
    assert escalated == 1


def test_its_pages_reach_its_own_people_alone():
    service = catalog.require_service("parcel-tracking")
    paged = {uid for step in route_of(service, now=NOW).policy.steps for uid in step.people}
    assert paged
    assert paged <= queries.belongings().people


def test_reviews_are_drafts_one_of_them_late_and_published_with_open_actions():
    states = Counter(view.state for view in reviews.reviews(limit=50).items)
    assert states["draft"] == 2
    assert states["published"] == 1
    assert [view.service for view in reviews.reviews(state="draft").items if view.due < NOW.date()] == ["route-planner"]
    assert [(one.owner, one.due > NOW.date()) for one in reviews.open_actions()] == [
        ("Rafael Moreno", True),
        ("Emil Strand", True),
    ]


def test_nothing_waits_that_would_act_on_the_past():
    assert Job.objects.filter(state=Job.WAITING).count() == 0


def test_no_fact_lies_in_the_future_and_all_are_in_the_order_of_their_instants():
    instants = list(Fact.objects.filter(kind="gate.asked").order_by("position").values_list("occurred_at", flat=True))
    assert instants == sorted(instants)
    held = queries.belongings()
    made = Fact.objects.filter(position__gte=held.first, position__lte=held.last)
    assert made.filter(occurred_at__gt=NOW + timedelta(minutes=5)).count() == 0
    assert queries.present().facts == made.count()


def test_its_figures_are_the_same_each_time():
    deployed = Counter(Fact.objects.filter(kind__startswith="service.").values_list("kind", flat=True))
    deployed.pop("service.adopted")
    kinds = Counter(Fact.objects.filter(kind="incident.detected").values_list("kind", flat=True))
    assert (sum(deployed.values()), deployed["service.rolledback"], kinds["incident.detected"]) == FIGURES


FIGURES = (143, 9, 6)
"""Deployments and rollbacks, rollbacks, incidents."""


def test_layers_are_shown_for_so_many_people():
    assert not picture(now=NOW).small


@pytest.mark.parametrize(
    "address",
    ["/", "/catalogue", "/services/parcel-tracking", "/incidents", "/delivery", "/layers", "/objectives", "/on-call",
     "/reviews", "/flags", "/freezes", "/gate", "/teams", "/search?q=label", "/objectives/rollup"],
)  # fmt: skip
def test_every_page_says_that_it_is_a_demo(client: Client, address: str):
    client.force_login(Person.objects.get(email=ADMIN))
    html = client.get(address).content.decode()
    assert "Demo data." in html
    assert "Kestrel Parcels is no real company" in html


def test_the_sign_in_page_and_the_api_say_so_too(client: Client):
    assert "Demo data." in client.get("/sign-in").content.decode()
    assert client.get("/api/v1/demo").headers["Roadbed-Demo"] == "Kestrel Parcels"


def test_home_says_what_to_look_at(client: Client):
    client.force_login(Person.objects.get(email=ADMIN))
    html = client.get("/").content.decode()
    assert "Look around" in html
    assert "First steps" not in html
    assert "parcel-tracking: budget spent" in html


def test_the_api_tells_how_much_there_is_and_lets_only_an_admin_remove_it():
    told = door_of("mara@kestrel.example").get("/demo").body
    assert (told["state"], told["people"], told["teams"]) == ("standing", 20, 6)
    assert door_of("dele@kestrel.example", role="member").call("DELETE", "/demo", None).status == 403


def test_a_second_one_is_refused():
    with pytest.raises(Conflict):
        usecases.begin(ROADBED, organization="Another", now=NOW)


def test_its_services_go_on_counting_as_they_did():
    held = queries.present()
    service = company.service("checkout-web")
    one = meter.page(service, held, now=NOW + timedelta(seconds=20))
    later = meter.page(service, held, now=NOW + timedelta(hours=5))
    for first, second in zip(one.samples, later.samples, strict=True):
        assert second.value >= first.value
    assert later.samples[0].value > 60 * 60
    assert {one.service_uid for one in meter.workloads()} == {
        catalog.require_service(one.name).uid for one in company.SERVICES
    }
    assert all(isinstance(one, MeasuredWorkload) and one.scrape[0].endswith(".invalid") for one in meter.workloads())


def test_todays_harm_ends_with_the_flag_set_back():
    held, service = queries.present(), company.service("parcel-tracking")

    def failed(minutes: int) -> float:
        return meter.page(service, held, now=NOW + timedelta(minutes=minutes)).samples[1].value

    harmed = failed(10) - failed(5)
    flags.change_flag(
        ROADBED, service.name, "eta-v2", state="25%", reason="It is the flag", now=NOW + timedelta(minutes=5)
    )
    assert failed(20) - failed(10) < harmed / 20


def test_its_journeys_stand_and_say_which_step_spent_most():
    found = {one.name: one for one in journeys()}
    assert set(found) == {"send-a-parcel", "follow-a-parcel"}
    assert "Most of it at Look up" in found["follow-a-parcel"].top_line
    for one in found.values():
        assert one.standing == "within"
        assert sum(step["spent"] for step in one.steps) == one.spent > 0


def test_its_repositories_hold_every_change_that_was_deployed():
    folder = Path(settings.FOLDER.repositories)
    assert len(list(folder.glob("[!.]*.git"))) == len(company.SERVICES) + 1


def test_removed_nothing_of_it_is_left_and_ones_own_stays(kestrel: dict[str, int]):
    subscribe(ROADBED, Wish("own", "https://events.example/in", ("alert.*",)), now=NOW)
    Subscription.objects.update(position=last_position() - 200)
    assert advance(now=NOW, batch=200) > 0, "the demo's own alerts wait to be sent"
    create_team(ROADBED, name="team-own", now=NOW)
    own = register(ROADBED, text=OWN % "team-own", location="https://git.example/pigeon", now=NOW).uid_of_component
    mine = rows()
    demo = {name: mine[name] - number for name, number in kestrel.items()}
    assert demo["ledger.Fact"] > 500
    gone = usecases.remove(ROADBED, now=NOW)
    assert gone.kept == ()
    assert catalog.service("pigeon-post").uid == own
    assert Team.objects.filter(name="team-own").exists()
    left = {name: number - kestrel[name] for name, number in rows().items() if number != kestrel[name]}
    left.pop("ledger.ProjectionCursor", None)
    assert left == {
        "people.Team": 1, "catalog.Location": 1, "catalog.Entity": 1, "catalog.Relation": 2, "ledger.Fact": 4,
        "subscriptions.Subscription": 1,
    }  # fmt: skip
    assert list(Fact.objects.order_by("-position").values_list("kind", flat=True)[:1]) == ["demo.removed"]
    assert queries.present() is None
    assert usecases.remove(ROADBED, now=NOW) is None


def test_a_team_that_owns_something_of_ones_own_stays_and_is_named():
    register(ROADBED, text=OWN % "tracking", location="https://git.example/pigeon", now=NOW)
    gone = usecases.remove(ROADBED, now=NOW)
    assert gone.kept == ("the team tracking, which pigeon-post stands on",)
    assert catalog.service("pigeon-post").owner == "tracking"
    assert Person.objects.filter(email__endswith=f"@{company.DOMAIN}").count() == 0


def test_what_was_cut_off_is_made_anew(monkeypatch: pytest.MonkeyPatch):
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    usecases.remove(ROADBED, now=NOW)
    monkeypatch.setattr(making.catalogue, "fill", broken)
    with pytest.raises(RuntimeError, match="killed"):
        making.make(first_admin=ADMIN, now=NOW, days=3, counted=2)
    assert queries.present().state == "making"
    with pytest.raises(RuntimeError, match="killed"):
        making.make(first_admin=ADMIN, now=NOW, days=3, counted=2)
    assert Person.objects.filter(email__endswith=f"@{company.DOMAIN}").count() == len(company.PEOPLE)
