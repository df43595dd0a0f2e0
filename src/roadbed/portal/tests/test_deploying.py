"""Deploying and rolling back from the portal: a link shows, a button asks, a refusal says what to do."""

from __future__ import annotations

import pytest
from django.test import Client

from roadbed.ground.people.models import Person
from roadbed.ground.ports.runtime import RuntimeFailure
from roadbed.platform.releases import queries
from roadbed.platform.releases.models import Deployment, DeploymentLine
from roadbed.platform.releases.tests.stage import Stage

from .conftest import Page

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def deploy(client: Client, **fields: str) -> str:
    response = client.post("/services/checkout/deploy", {"ref": "HEAD", "kind": "feature", **fields})
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def live_twice(client: Client, stage: Stage) -> None:
    deploy(client)
    stage.work()
    stage.code.commit("Take it twice")
    deploy(client)
    stage.work()


@pytest.mark.usefixtures("page")
def test_the_button_asks_for_a_deployment_and_leads_to_its_page(client: Client, stage: Stage):
    address = deploy(client)
    html = client.get(address).content.decode()
    assert 'hx-trigger="every 1s"' in html
    assert 'http-equiv="refresh"' in html
    assert "Waiting" in html
    stage.work()
    html = client.get(address).content.decode()
    assert "Succeeded" in html
    assert "Deploy checkout v1" in html
    assert "every 1s" not in html
    assert "v1 is ready" in html


@pytest.mark.usefixtures("stage")
def test_a_link_deploys_nothing(page: Page):
    assert "Branch, tag or commit" in page("/services/checkout/deploy")
    assert not Deployment.objects.exists()


@pytest.mark.usefixtures("page", "stage")
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ref": "two words"}, "cannot name a commit"),
        ({"kind": "rollback"}, "is not a kind of change"),
        ({"environment": "Prod!"}, "is not an environment"),
    ],
)
def test_a_bad_answer_is_refused_beside_the_form(client: Client, fields: dict[str, str], said: str):
    response = client.post("/services/checkout/deploy", {"ref": "HEAD", "kind": "feature", **fields})
    html = response.content.decode()
    assert response.status_code == 422
    assert said in html
    assert "Nothing was changed." in html
    assert not Deployment.objects.exists()


def test_who_does_not_own_it_sees_no_button_and_is_refused(client: Client, tomasz: Person):
    client.force_login(tomasz)
    assert "Deploy…" not in client.get("/services/checkout").content.decode()
    response = client.post("/services/checkout/deploy", {"ref": "HEAD", "kind": "feature"})
    assert response.status_code == 403
    assert "Ask a member of team-payments" in response.content.decode()


@pytest.mark.usefixtures("page")
def test_a_release_that_never_becomes_ready_says_why_with_its_log(client: Client, stage: Stage):
    def fail() -> None:
        raise RuntimeFailure("ready", "v1 ended: exit status 1", remedy="Mend `./serve`.", log=("no <depot> list",))

    stage.runtime.at["start"] = fail
    address = deploy(client)
    stage.work()
    html = client.get(address).content.decode()
    assert "Why it did not come out" in html
    assert "no &lt;depot&gt; list" in html
    assert "<code>./serve</code>" in html
    assert "Not begun" in html


@pytest.mark.usefixtures("page")
def test_the_gates_answer_is_shown_with_its_rules(client: Client, stage: Stage):
    address = deploy(client)
    stage.work()
    html = client.get(address).content.decode()
    assert 'class="rb-verdict' in html
    assert "Rule " in html


@pytest.mark.usefixtures("page")
def test_a_rollback_is_shown_before_it_is_done(client: Client, stage: Stage):
    live_twice(client, stage)
    before = Deployment.objects.count()
    html = client.get("/services/checkout/rollback").content.decode()
    assert "Roll back to v1" in html
    assert "v2 → v1, 1 commit taken out" in html
    assert "Take it twice" in html
    assert Deployment.objects.count() == before


@pytest.mark.usefixtures("page")
def test_the_services_page_offers_the_same_as_a_dialog_and_for_each_kept_release(client: Client, stage: Stage):
    live_twice(client, stage)
    html = client.get("/services/checkout").content.decode()
    assert '<dialog class="rb-dialog" id="roll-back"' in html
    assert 'href="/services/checkout/rollback?to=v1&amp;environment=production"' in html
    assert "Keep v2" in html


@pytest.mark.usefixtures("page")
def test_the_button_rolls_back_and_keeps_the_reason(client: Client, stage: Stage):
    live_twice(client, stage)
    response = client.post("/services/checkout/rollback", {"to": "v1", "reason": "half the answers are 500"})
    stage.work()
    html = client.get(response["Location"]).content.decode()
    assert "Rolled back" in html
    assert "half the answers are 500" in html
    assert queries.runtime_status(stage.service_uid).workloads[0].version == "v1"


@pytest.mark.usefixtures("stage")
def test_with_nothing_to_roll_back_to_the_page_says_what_to_do(page: Page):
    assert "has never been live" in page("/services/checkout/rollback", 409)


@pytest.mark.usefixtures("page")
def test_who_does_not_own_it_sees_the_preview_without_the_button(client: Client, stage: Stage, tomasz: Person):
    live_twice(client, stage)
    client.force_login(tomasz)
    html = client.get("/services/checkout/rollback").content.decode()
    assert "Only its owner rolls it back" in html
    assert "Roll back to v1" not in html
    assert client.post("/services/checkout/rollback", {"to": "v1"}).status_code == 403


@pytest.mark.usefixtures("stage")
def test_an_unknown_deployment_is_not_found(page: Page):
    assert "There is no deployment" in page("/deployments/nowhere", 404)


@pytest.mark.usefixtures("page")
def test_a_long_log_shows_its_end_and_how_much_is_left_out(client: Client, stage: Stage):
    address = deploy(client)
    row = Deployment.objects.get()
    DeploymentLine.objects.bulk_create(
        DeploymentLine(deployment=row, at=row.requested_at, step="build", text=f"line {at}") for at in range(900)
    )
    html = client.get(address).content.decode()
    assert "line 899" in html
    assert "line 42\n" not in html
    assert "500 before them are left out" in html
    assert stage.service_uid
