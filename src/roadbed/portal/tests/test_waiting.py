"""What waits at home: pages, incidents, refusals, disputes, reviews and actions, each gone when it is dealt with."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from roadbed.ground.gates import overriding
from roadbed.ground.gates import usecases as gates
from roadbed.ground.gates.rules import DENY, Question, Reason
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED
from roadbed.platform.releases.tests.stage import Stage
from roadbed.portal.verbs import verbs
from roadbed.reliability.incidents import usecases as incidents
from roadbed.reliability.paging import intake
from roadbed.reliability.paging import usecases as paging
from roadbed.reliability.paging.tests.conftest import BURN
from roadbed.reliability.reviews import closing, drafting, factoring
from roadbed.reliability.reviews import usecases as reviews

from .conftest import Page

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


@pytest.fixture
def incident(stage: Stage) -> str:
    """An open incident of checkout; its uid."""
    return incidents.open_by_hand(
        ROADBED, stage.service_uid, title="Checkout answers 503", severity=2, now=timezone.now()
    )


@pytest.fixture
def alert(stage: Stage) -> str:
    """A page that nobody has taken; its uid."""
    now = timezone.now()
    with unit(ROADBED, now=now) as writing:
        fact = writing.record("budget.burn.started", stage.service_uid, data=BURN)
    uid = intake.react(fact, now=now)
    assert uid
    return uid


def refuse(stage: Stage, monkeypatch: pytest.MonkeyPatch, **given: str) -> None:
    denial = Reason(rule="budget-policy/1", outcome=DENY, text="The budget is spent.", clears="Ship a fix.")
    monkeypatch.setattr(gates, "_gates", {"stub": lambda _question, _now: (denial,)})
    question = Question(stage.service_uid, "checkout", "production", "feature", **({"commit": "4be01c2d99"} | given))
    gates.ask(ROADBED, question, now=timezone.now())


def test_an_open_incident_stands_on_top_and_waits(page: Page, incident: str):
    html = page("/")
    assert "INC-1, severity 2: Checkout answers 503" in html
    assert 'href="/incidents/INC-1"' in html
    assert "Nobody leads it." in html
    incidents.resolve(ROADBED, incident, now=timezone.now())
    assert "Checkout answers 503" not in page("/").split('id="h-road"')[0]


def test_a_role_is_said_to_whoever_has_it(page: Page, incident: str, hanne: Person):
    incidents.assign(ROADBED, incident, role="lead", person=hanne.email, now=timezone.now())
    html = page("/")
    assert "You lead INC-1" in html
    assert "Nobody leads it." not in html


def test_another_teams_incident_is_not_yours(client: Client, incident: str, tomasz: Person):
    client.force_login(tomasz)
    assert incident
    assert "Checkout answers 503" not in client.get("/").content.decode()


def test_a_page_waits_until_somebody_has_it(page: Page, alert: str, hanne: Person):
    assert "Nobody has taken: checkout spends its error budget" in page("/")
    paging.acknowledge(caller_of_person(hanne), alert, now=timezone.now())
    assert "Nobody has taken" not in page("/")


def test_a_refusal_waits_until_the_gate_says_yes(page: Page, stage: Stage, monkeypatch: pytest.MonkeyPatch):
    refuse(stage, monkeypatch)
    html = page("/")
    assert "The gate refused checkout 4be01c2d" in html
    assert "Asked by Roadbed. The budget is spent." in html
    monkeypatch.setattr(gates, "_gates", {"stub": lambda _question, _now: ()})
    gates.ask(
        ROADBED, Question(stage.service_uid, "checkout", "production", "fix", commit="4be01c2d99"), now=timezone.now()
    )
    assert "The gate refused checkout" not in page("/").split('id="h-road"')[0]


def test_a_disputed_kind_waits_for_a_second_person(page: Page, stage: Stage, monkeypatch: pytest.MonkeyPatch):
    refuse(stage, monkeypatch, declared_kind="fix", derived_kind="feature")
    assert "Confirm the kind of checkout 4be01c2d" in page("/")
    hanne = next(iter(Person.objects.filter(name="Hanne Brandt")))
    overriding.confirm_kind(
        caller_of_person(hanne), stage.service_uid, commit="4be01c2d99", kind="fix", now=timezone.now()
    )
    assert "Confirm the kind" not in page("/")


def test_reviews_and_actions_wait_with_their_day(page: Page, incident: str, hanne: Person):
    now = timezone.now()
    incidents.resolve(ROADBED, incident, now=now)
    drafting.draft(ROADBED, incident, now=now)
    assert "Write the review of INC-1" in page("/")
    factor = factoring.name_factor(ROADBED, "INC-1", text="Retries had no limit.", kind="latent-design", now=now)
    tomorrow: date = timezone.localdate() + timedelta(days=1)
    key = reviews.add_action(
        ROADBED,
        "INC-1",
        text="Limit retries to two in the client that calls the card processor.",
        factor=factor,
        lever="smaller-blast",
        owner=hanne.email,
        due=tomorrow,
        evidence="The retry test of the client",
        now=now,
    )
    html = page("/")
    assert "Close an action from the review of INC-1" in html
    assert "due tomorrow" in html
    closing.close_action(ROADBED, "INC-1", key, evidence="https://git.example/shop/checkout/pull/7", now=now)
    assert "Close an action" not in page("/")


def test_home_says_who_is_on_call_and_how_delivery_went(page: Page, hanne: Person):
    paging.set_rotation(ROADBED, "team-payments", emails=(hanne.email,), now=timezone.now())
    html = page("/")
    assert "You are on call for team-payments." in html
    assert "No channel" in html
    assert "team-payments&#x27;s delivery, last 28 days" in html or "team-payments's delivery" in html


def test_what_happened_is_told_in_the_words_of_the_timeline(page: Page, stage: Stage):
    with unit(ROADBED, now=timezone.now()) as writing:
        change = {"key": "new-fees", "from": {"state": "off"}, "to": {"state": "on"}}
        writing.record("flag.changed", stage.service_uid, environment="production", data=change)
    assert "checkout: Flag new-fees" in page("/")


@pytest.mark.parametrize("words", ["INC-1", "503"])
def test_the_palette_finds_an_incident_by_number_and_by_words(page: Page, incident: str, words: str):
    assert incident
    assert 'data-url="/incidents/INC-1"' in page(f"/search?q={words}&palette=1")


def test_the_palette_opens_on_what_is_on_fire(page: Page, incident: str, alert: str):
    html = page("/search?palette=1")
    assert html.index("/incidents/INC-1") < html.index("/services/checkout")
    assert incident
    assert f"/on-call/pages/{alert}" in html


def test_the_palette_acknowledges_opens_and_freezes(hanne: Person, alert: str):
    caller = caller_of_person(hanne)
    assert [hit.url for hit in verbs(caller, "ack")] == [f"/on-call/pages/{alert}"]
    assert [hit.label for hit in verbs(caller, "open incident")] == ["Open an incident"]
    assert [hit.label for hit in verbs(caller, "freeze")] == ["Declare a freeze"]


def test_a_search_with_a_nul_is_a_search(page: Page):
    assert "checkout" in page("/search?q=check%00out")
