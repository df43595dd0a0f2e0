"""Home and the catalogue: first steps that are measured, what waits, lists that stay quick when they are long."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.catalog.models import Entity
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED
from roadbed.platform.releases.tests.stage import CHECKOUT, NOW, Stage
from roadbed.portal.tests.test_service import promise
from roadbed.portal.verbs import verbs

from .conftest import Page

pytestmark = pytest.mark.django_db(databases=["default", "samples"])

OTHERS = """
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: checkout-api, description: What shops call}
spec: {type: openapi, lifecycle: production, owner: team-payments, definition: "openapi: 3.1.0"}
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: payments}
spec: {owner: team-payments}
"""


def many(number: int, *, owner: str = "team-routing") -> None:
    text = "---\n".join(
        CHECKOUT.replace("name: checkout", f"name: route-{at:03}").replace("team-payments", owner)
        for at in range(number)
    )
    catalog.register(ROADBED, text=text, location="https://git.example/shop/routes", now=NOW)


def statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connections["default"]) as one, CaptureQueriesContext(connections["samples"]) as two:
        assert client.get(address).status_code == 200
    return len(one) + len(two)


def test_with_nothing_but_itself_home_is_the_first_steps(client: Client, page: Page, hanne: Person):
    Entity.objects.all().delete()
    html = page("/")
    assert "Roadbed is running. Lay the first course" in html
    assert "1 of 5 done" in html
    assert "Set a password, so that you can come back." in html
    hanne.password = make_password("kestrel-parcels-1")
    hanne.save()
    client.force_login(hanne)
    assert "2 of 5 done" in client.get("/").content.decode()


def test_a_step_is_done_when_it_is_measured_not_when_it_is_ticked(page: Page, client: Client, stage: Stage):
    assert "2 of 5 done" in page("/")
    client.post("/services/checkout/deploy", {"ref": "HEAD", "kind": "fix"})
    stage.work()
    assert "3 of 5 done" in page("/")
    promise(stage.service_uid, standing="within", remaining=0.8)
    assert "4 of 5 done" in page("/")


def test_home_shows_what_one_owns_and_nothing_else(page: Page):
    many(2)
    html = page("/")
    assert "You own 1 service in 1 team." in html
    assert 'href="/services/checkout"' in html
    assert "route-001" not in html


def test_what_needs_somebody_waits_at_home_the_worst_first(page: Page, stage: Stage):
    assert "Nothing needs you now." in page("/")
    promise(stage.service_uid, standing="spent", remaining=-1.5)
    html = page("/")
    assert "checkout: budget spent" in html
    assert "Overspent by 150%" in html


def test_a_budget_over_a_hole_in_the_data_says_how_much_was_measured(page: Page, stage: Stage):
    promise(stage.service_uid, standing="within", remaining=1.0, coverage=0.012)
    for address in ("/", "/catalogue"):
        assert "1.2% measured" in page(address)


def test_the_catalogue_filters_by_a_form(page: Page):
    many(3)
    assert "route-001" in page("/catalogue")
    assert "route-001" not in page("/catalogue?owner=team-payments")
    assert "route-001" in page("/catalogue?q=route")
    html = page("/catalogue?q=nothing-like-it")
    assert "Nothing fits" in html


def test_the_catalogue_goes_on_by_a_cursor(page: Page):
    many(60)
    first = page("/catalogue")
    assert "50 of 61 shown" in first
    following = first.split('class="rb-push" href="')[1].split('"')[0].replace("&amp;", "&")
    second = page(f"/catalogue{following}")
    assert "route-059" in second
    assert "route-001" not in second


@pytest.mark.usefixtures("page")
def test_a_long_catalogue_asks_no_more_than_a_short_one(client: Client):
    few = statements(client, "/catalogue")
    many(45)
    assert statements(client, "/catalogue") <= few + 1


def test_other_kinds_have_their_tab_and_their_page(page: Page, stage: Stage):
    stage.register(CHECKOUT + OTHERS)
    html = page("/catalogue?kind=API")
    assert "checkout-api" in html
    address = html.split('class="rb-strong" href="')[1].split('"')[0]
    shown = page(address)
    assert "openapi: 3.1.0" in shown
    assert "Owned by" in shown
    assert page("/catalogue?kind=System")


def test_a_kind_that_does_not_exist_shows_services(page: Page):
    assert "checkout" in page("/catalogue?kind=Nonsense")


def test_a_cursor_of_another_list_is_refused_in_words(page: Page):
    assert "This cursor was not made by this list." in page("/catalogue?cursor=abc", 422)


def test_errors_have_a_page_of_their_own(page: Page):
    assert "Everything that is registered was read well." in page("/catalogue/errors")


def test_the_palette_gets_verbs_first_then_places(page: Page):
    html = page("/search?q=roll+check&palette=1")
    assert "<html" not in html
    assert 'data-url="/services/checkout/rollback"' in html
    assert 'role="option"' in html


def test_the_same_search_is_a_page_without_script(page: Page):
    html = page("/search?q=check")
    assert '<a class="rb-strong" href="/services/checkout">checkout</a>' in html


def test_search_offers_no_verb_that_would_be_refused(client: Client, tomasz: Person):
    client.force_login(tomasz)
    html = client.get("/search?q=deploy+checkout").content.decode()
    assert 'href="/services/checkout/deploy"' not in html


def test_nothing_found_is_said_with_the_word_escaped(page: Page):
    assert "Nothing is called “&lt;b&gt;”" in page("/search?q=%3Cb%3E&palette=1")


def test_verbs_know_their_other_names(hanne: Person):
    from roadbed.ground.people.queries import caller_of_person

    hits = verbs(caller_of_person(hanne), "undo checkout")
    assert [hit.label for hit in hits] == ["Roll back checkout"]


def test_an_admin_archives_a_team_from_its_page(client: Client, hanne: Person):
    Person.objects.filter(pk=hanne.pk).update(role="admin")
    client.force_login(hanne)
    kept = client.post("/teams/team-payments/archive", follow=True).content.decode()
    assert "team-payments still answers for checkout." in kept
    assert "Archive team-routing" in client.get("/teams/team-routing").content.decode()
    gone = client.post("/teams/team-routing/archive", follow=True).content.decode()
    assert "team-routing is archived." in gone
    assert client.get("/teams/team-routing").status_code == 404
