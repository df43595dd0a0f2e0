"""The page of a service: who owns it, how it is now, what it promises; what is not known is said, never invented."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from roadbed.delivery.flags import usecases as flags
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.catalog.engaging import start_engagement
from roadbed.ground.catalog.models import IngestError, Location
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED
from roadbed.platform.releases.models import WorkloadHealth
from roadbed.platform.releases.tests.stage import CHECKOUT, NOW, Stage
from roadbed.reliability.incidents import usecases as incidents
from roadbed.reliability.objectives.models import Evaluated, Objective, Series

from .conftest import Page

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def promise(
    service_uid: str, *, standing: str = "", remaining: float | None = None, coverage: float = 1.0
) -> Objective:
    """An objective of checkout, evaluated where a standing is given."""
    made = Objective.objects.create(
        service_uid=service_uid,
        service_name="checkout",
        owner="team-payments",
        name="answered",
        title="Requests answered",
        target="0.999",
        window_minutes=43200,
        indicator={"source": "edge", "measure": "availability"},
        series=Series.objects.create(created_at=NOW).pk,
        digest="d",
        created_at=NOW,
        changed_at=NOW,
    )
    if standing:
        Evaluated.objects.create(
            objective=made.uid, service_uid=service_uid, standing=standing, as_of=NOW, minute=0, remaining=remaining,
            attainment=0.9985, coverage=coverage, measured_at=NOW,
        )  # fmt: skip
    return made


def test_a_new_service_says_who_owns_it_and_what_is_not_known(page: Page, stage: Stage):
    html = page("/services/checkout")
    assert "team-payments" in html
    assert "None: the owner answers" in html
    assert "It promises nothing yet" in html
    assert "Nothing was released yet" in html
    assert "It does not run here yet." in html
    assert "roadbed deploy checkout" in html
    assert "checkout" in page(f"/services/{stage.service_uid}")


def test_an_engagement_is_shown_with_its_date(page: Page):
    start_engagement(
        ROADBED, "checkout", team="team-routing", started_on=NOW.date() - timedelta(days=3), entry_review="/reviews/7",
        objectives=("Requests answered",), hand_back=("Two pages a week",), now=NOW,
    )  # fmt: skip
    assert "since 20 November 2026" in page("/services/checkout")


def test_an_objective_that_was_never_evaluated_has_no_data(page: Page, stage: Stage):
    promise(stage.service_uid)
    html = page("/services/checkout")
    assert "Requests answered" in html
    assert "No data" in html
    assert "100%" not in html.split("Objectives</h2>")[1].split("Releases</h2>")[0]


def test_a_spent_budget_is_the_one_alert_and_says_what_still_passes(page: Page, stage: Stage):
    promise(stage.service_uid, standing="spent", remaining=-0.023)
    html = page("/services/checkout")
    assert "Requests answered: budget spent" in html
    assert "Fixes and rollbacks pass." in html
    assert "Error budget overspent by 2.3%" in html


def test_what_runs_is_told_as_the_machine_said_it_with_when(page: Page, client: Client, stage: Stage):
    client.post("/services/checkout/deploy", {"ref": "HEAD", "kind": "fix"})
    stage.work()
    WorkloadHealth.objects.update_or_create(
        workload="checkout",
        defaults={"service_uid": stage.service_uid, "environment": "production", "state": "failing", "since": NOW,
                  "restarts": 7, "as_of": NOW, "user": "rb-checkout", "detail": "exit status 1"},
    )  # fmt: skip
    html = page("/services/checkout")
    assert "Failing" in html
    assert "exit status 1" in html
    assert "Production does not run" in html
    assert "rb-checkout" in html


def test_errors_of_its_file_name_line_and_remedy(page: Page):
    location = Location.objects.get()
    IngestError.objects.create(
        location=location, line=14, field="spec.dependsOn", message="ledger-db needs a kind.",
        remedy="Write `resource:ledger-db`.", since=NOW,
    )  # fmt: skip
    html = page("/services/checkout")
    assert "catalog-info.yaml:14" in html
    assert "<code>resource:ledger-db</code>" in html
    assert "The last good version is kept" in html


def test_only_web_addresses_become_links(page: Page, stage: Stage):
    stated = (
        "  annotations:\n    roadbed.dev/runbook: docs/runbook.md\n    backstage.io/view-url: javascript:alert(1)\n"
    )
    links = "  links:\n    - url: https://dash.example/x\n      title: Dashboard\n"
    stage.register(CHECKOUT.replace("  annotations:\n", links + stated))
    html = page("/services/checkout")
    assert 'href="https://dash.example/x"' in html
    assert "javascript:" not in html
    assert "docs/runbook.md" in html


def test_a_service_of_another_cd_says_so_and_offers_no_deploy(page: Page, stage: Stage):
    stage.register(CHECKOUT.replace("    roadbed.dev/build: make\n", "    roadbed.dev/deployed-by: external\n"))
    html = page("/services/checkout")
    assert "Another CD, which reports" in html
    assert "roadbed deploy report checkout" in html
    assert "Deploy…" not in html
    assert "Roll back…" not in html


def test_dependencies_are_shown_from_both_ends(page: Page):
    catalog.register(
        ROADBED,
        text=CHECKOUT.replace("name: checkout", "name: parcels").replace(
            "  lifecycle", "  dependsOn: ['component:checkout', 'resource:ledger-db']\n  lifecycle"
        ),
        location="https://git.example/shop/parcels",
        now=NOW,
    )
    below = page("/services/parcels")
    assert "It depends on" in below
    assert "not registered" in below
    assert "Depends on it" in page("/services/checkout")


def test_an_unknown_service_is_not_found_and_says_how_to_register_one(page: Page):
    assert "<code>roadbed catalog add PATH</code>" in page("/services/nowhere", 404)


@pytest.mark.usefixtures("stage")
def test_a_stranger_is_asked_to_sign_in(client: Client):
    assert client.get("/services/checkout")["Location"] == "/sign-in?next=/services/checkout"


def test_a_viewer_reads_and_changes_nothing(client: Client, tomasz: Person):
    tomasz.role = "viewer"
    tomasz.save()
    client.force_login(tomasz)
    html = client.get("/services/checkout").content.decode()
    assert "Deploy…" not in html
    assert "data-open" not in html.split("<main")[1].split("</main>")[0]


def test_its_open_incident_is_the_one_alert_and_its_people_and_flags_stand_beside(page: Page, stage: Stage):
    promise(stage.service_uid, standing="spent", remaining=-0.2)
    incidents.open_by_hand(ROADBED, stage.service_uid, title="Cards are refused", severity=1, now=timezone.now())
    made = flags.create_flag(ROADBED, "checkout", "new-fees", now=timezone.now())
    html = page("/services/checkout")
    assert html.count("rb-alert") == 1
    assert "INC-1, severity 1: Cards are refused" in html
    assert "Nobody leads it." in html
    assert "Everybody in team-payments" in html
    assert f'href="/flags/{made}"' in html
    assert "Not set" in html
