"""The shell around every page: the content policy, the sidebar, preferences, and what is said when things go wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from roadbed.ground.errors import Conflict, Invalid, Place, Refusal
from roadbed.ground.people.models import Person
from roadbed.ground.shell import doors, middleware, nav, preferences, views

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara():
    return Person.objects.create(
        email="mara@kestrel.example", name="Mara Lindqvist", role="admin", created_at=timezone.now()
    )


@pytest.fixture
def signed_in(client: Client, mara: Person):
    client.force_login(mara)
    return client


def test_every_page_carries_the_strict_policy(client: Client):
    response = client.get("/sign-in")
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    own = ("style-src 'self'", "script-src 'self'", "form-action 'self'")
    for directive in (*own, "frame-ancestors 'none'", "base-uri 'none'"):
        assert directive in policy
    assert "unsafe" not in policy


def test_a_page_of_a_person_is_not_kept_by_the_browser(signed_in: Client):
    assert "no-store" in signed_in.get("/account")["Cache-Control"]


def test_the_gallery_draws_every_component_for_an_admin(signed_in: Client):
    response = signed_in.get("/_components")
    assert response.status_code == 200
    html = response.content.decode()
    figures = ("state", "meter", "spark", "cover", "stat", "figure", "progress")
    places = ("facts", "tabs", "steps", "crumbs", "tree", "person", "service", "tag", "cmd")
    answers = ("timeline", "verdict", "diff", "alert", "toast", "empty", "dialog")
    for part in (*figures, *places, *answers):
        assert f"rb-{part}" in html, part


def test_the_gallery_is_not_for_others(client: Client, mara: Person):
    mara.role = "viewer"
    mara.save()
    client.force_login(mara)
    assert client.get("/_components").status_code == 404


def test_who_is_not_signed_in_is_asked_to_and_comes_back(client: Client):
    response = client.get("/account?x=1")
    assert response.status_code == 302
    assert response["Location"] == "/sign-in?next=/account%3Fx%3D1"


def test_a_fragment_sends_the_whole_page_to_sign_in(client: Client):
    response = client.get("/account", headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == "/sign-in"


def test_an_unknown_page_says_so_in_the_shell(signed_in: Client):
    response = signed_in.get("/nowhere")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()
    assert 'id="nav"' in response.content.decode()


def test_an_unknown_page_shows_a_stranger_no_sidebar(client: Client):
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert 'id="nav"' not in response.content.decode()


def refusing(refusal: Refusal):
    @doors.page
    def view(request: HttpRequest):
        raise refusal

    return view


def page_of(refusal: Refusal, person: Person):
    request = RequestFactory().get("/x")
    request.user = person
    request.session = {}
    return refusing(refusal)(request)


def test_a_refusal_says_what_is_wrong_where_and_what_to_do(mara: Person):
    refusal = Invalid("'<x>' is not a name.", remedy="Use letters.", place=Place(file="catalog-info.yaml", line=14))
    response = page_of(refusal, mara)
    html = response.content.decode()
    assert response.status_code == 422
    assert "&#x27;&lt;x&gt;&#x27; is not a name." in html
    assert "catalog-info.yaml:14" in html
    assert "Use letters." in html
    assert "Nothing was changed." in html


def test_a_refusal_shows_all_faults_of_the_input(mara: Person):
    refusal = Invalid("Two faults.", others=(Invalid("First fault."), Conflict("Second fault.", remedy="Rename it.")))
    html = page_of(refusal, mara).content.decode()
    assert "First fault." in html
    assert "Rename it." in html


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (lambda r: views.bad_request(r, ValueError()), 400, "could not be read"),
        (lambda r: views.forbidden(r, PermissionError()), 403, "may not do this"),
        (views.fault, 500, "Roadbed failed while making this page"),
        (lambda r: views.csrf_failure(r, "no cookie"), 403, "The form is too old"),
        (lambda r: views.page(r, 503), 503, "does not answer"),
    ],
)
def test_what_went_wrong_has_a_page_in_the_voice(answer: Any, status: int, words: str):
    request = RequestFactory().get("/x")
    response = answer(request)
    html = response.content.decode()
    assert response.status_code == status
    assert words in html
    assert "oops" not in html.lower()
    assert "!</" not in html


def test_a_failure_page_needs_no_database(django_db_blocker: Any):
    with django_db_blocker.block():
        response = views.fault(RequestFactory().get("/x"))
    assert b"roadbed rollback SERVICE --local" in response.content


def test_a_form_without_its_token_is_refused(mara: Person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(mara)
    response = client.post("/account/tokens", {"name": "x"})
    assert response.status_code == 403
    assert "The form is too old" in response.content.decode()


def test_a_theme_is_kept_and_shown(signed_in: Client):
    response = signed_in.post("/preferences", {"theme": "dark", "next": "/account"})
    assert response["Location"] == "/account"
    assert 'data-bs-theme="dark"' in signed_in.get("/account").content.decode()


def test_without_a_choice_the_system_decides(signed_in: Client):
    assert "data-bs-theme" not in signed_in.get("/account").content.decode().split("<body")[0]


def test_an_unknown_theme_is_no_choice(signed_in: Client):
    signed_in.cookies[preferences.THEME] = '"><script>'
    assert "<script>" not in signed_in.get("/account").content.decode().split("<head")[0]


def test_the_sidebar_can_be_narrowed(signed_in: Client):
    signed_in.post("/preferences", {"sidebar": "narrow"})
    assert "rb-shell is-rail" in signed_in.get("/account").content.decode()


def test_a_preference_never_leads_to_another_site(signed_in: Client):
    assert signed_in.post("/preferences", {"theme": "dark", "next": "https://evil.example/"})["Location"] == "/"


def test_a_preference_is_not_changed_by_a_link(signed_in: Client):
    assert signed_in.get("/preferences?theme=dark").status_code == 405


def test_an_entry_appears_only_with_its_page(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch):
    entries = [
        nav.Entry("Account", "key", "people:account"),
        nav.Entry("Toil", "repeat", "toil:list", course="reliability"),
    ]
    monkeypatch.setattr(nav, "_entries", entries)
    groups = nav.groups(rf.get("/account"))
    assert [(group.title, [place.label for place in group.places]) for group in groups] == [("", ["Account"])]
    assert groups[0].places[0].current


def test_an_entry_is_current_below_its_address_and_not_beside_it(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(nav, "_entries", [nav.Entry("Account", "key", "people:account", under=("/mine/",))])

    def current(path: str):
        return nav.groups(rf.get(path))[0].places[0].current

    assert current("/account/tokens")
    assert current("/mine/x")
    assert not current("/accounting")


def test_a_view_behind_the_door_is_called_with_its_arguments(rf: RequestFactory, mara: Person):
    @doors.page
    def view(request: HttpRequest, name: str):
        return HttpResponse(f"{doors.caller(request).name} {name}")

    request = rf.get("/x")
    request.user = mara
    assert view(request, name="x").content == b"Mara Lindqvist x"


@pytest.mark.parametrize(
    ("path", "said", "zone"),
    [
        ("/on-call", "Europe%2FStockholm", "Europe/Stockholm"),
        ("/on-call", "Europe/Stockholm", "Europe/Stockholm"),
        ("/on-call", "", "UTC"),
        ("/on-call", "Europe", "UTC"),
        ("/on-call", "../../etc/passwd", "UTC"),
        ("/on-call", "Nowhere/" + "x" * 400, "UTC"),
        ("/api/v1/pages", "Europe%2FStockholm", "UTC"),
    ],
)
def test_pages_run_on_the_clock_of_the_browser_and_the_api_on_utc(path: str, said: str, zone: str):
    seen: list[str] = []

    def answer(_: HttpRequest) -> HttpResponse:
        seen.append(timezone.get_current_timezone_name())
        return HttpResponse()

    request = RequestFactory().get(path)
    request.COOKIES["rb-zone"] = said
    middleware.ViewersClock(answer)(request)
    assert seen == [zone]
    assert timezone.get_current_timezone_name() == "UTC"
