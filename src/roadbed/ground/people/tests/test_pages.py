"""Signing in and out, and one's own account, as a browser sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from roadbed.ground.people import throttle, usecases
from roadbed.ground.people.models import Person, SignInLink, Token
from roadbed.ground.people.queries import caller_of_token
from roadbed.ground.people.rules import ROADBED

pytestmark = pytest.mark.django_db
PASSWORD = "kestrel-parcels-1"


@pytest.fixture(autouse=True)
def _no_failures_yet():
    cache.clear()


@pytest.fixture
def mara():
    return Person.objects.create(
        email="mara@kestrel.example",
        name="Mara Lindqvist",
        role="admin",
        password=make_password(PASSWORD),
        created_at=timezone.now(),
    )


@pytest.fixture
def link(mara: Person):
    return usecases.make_sign_in_link(ROADBED, mara.email, now=timezone.now())


def sign_in(client: Client, **fields: dict[str, str]):
    return client.post("/sign-in", {"email": "mara@kestrel.example", "password": PASSWORD, **fields})


def signed_in(client: Client):
    return client.get("/account").status_code == 200


@pytest.mark.usefixtures("mara")
def test_a_password_signs_in_and_leads_back(client: Client):
    response = sign_in(client, next="/catalogue?q=x")
    assert response["Location"] == "/catalogue?q=x"
    assert signed_in(client)


@pytest.mark.usefixtures("mara")
def test_the_address_may_be_written_in_capitals(client: Client):
    sign_in(client, email="Mara@Kestrel.Example")
    assert signed_in(client)


@pytest.mark.usefixtures("mara")
@pytest.mark.parametrize("fields", [{"password": "wrong"}, {"email": "nobody@kestrel.example"}, {"password": ""}])
def test_a_wrong_password_and_an_unknown_address_say_the_same(client: Client, fields: dict[str, str]):
    response = sign_in(client, **fields)
    assert response.status_code == 403
    assert "do not go together" in response.content.decode()
    assert not signed_in(client)


@pytest.mark.usefixtures("mara")
def test_guessing_is_slowed_down_and_the_page_says_for_how_long(client: Client):
    for _ in range(throttle.BY_ACCOUNT):
        assert sign_in(client, password="wrong").status_code == 403
    response = sign_in(client)
    assert response.status_code == 429
    assert "Too many tries. Try again in 15 min" in response.content.decode()
    assert 0 < int(response["Retry-After"]) <= 900
    assert not signed_in(client)


@pytest.mark.usefixtures("mara")
def test_guessing_at_one_account_does_not_lock_another_out(client: Client):
    for _ in range(throttle.BY_ACCOUNT + 1):
        sign_in(client, email="dele@kestrel.example", password="wrong")
    assert sign_in(client).status_code == 302


@pytest.mark.usefixtures("mara")
def test_signing_in_forgets_the_failures_before_it(client: Client):
    for _ in range(3):
        for _ in range(throttle.BY_ACCOUNT - 1):
            sign_in(client, password="wrong")
        assert sign_in(client).status_code == 302


def test_a_window_of_failures_ends():
    attempt, now = throttle.Attempt("mara@kestrel.example", "127.0.0.1"), timezone.now()
    for _ in range(throttle.BY_ACCOUNT):
        throttle.failed(attempt, now=now)
    assert throttle.wait_of(attempt, now=now) == throttle.WINDOW
    assert throttle.wait_of(attempt, now=now + throttle.WINDOW) is None


def test_who_may_not_sign_in_is_refused(client: Client, mara: Person):
    mara.is_active = False
    mara.save()
    assert sign_in(client).status_code == 403


@pytest.mark.usefixtures("mara")
def test_signing_in_never_leads_to_another_site(client: Client):
    assert sign_in(client, next="https://evil.example/")["Location"] == "/"


def test_a_link_shows_a_page_and_signs_nobody_in(client: Client, link: str):
    for _ in range(3):
        response = client.get(f"/sign-in/link/{link}")
        assert response.status_code == 200
        assert 'method="post"' in response.content.decode()
    assert not signed_in(client)
    assert SignInLink.objects.get().used_at is None


def test_the_button_of_a_link_signs_in_once(client: Client, link: str):
    assert client.post(f"/sign-in/link/{link}")["Location"] == "/"
    assert signed_in(client)
    other = Client()
    response = other.post(f"/sign-in/link/{link}")
    assert response.status_code == 403
    assert "does not sign in any more" in response.content.decode()
    assert not signed_in(other)


def test_a_link_that_is_too_old_says_how_to_make_another(client: Client, link: str):
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = client.get(f"/sign-in/link/{link}")
    assert response.status_code == 403
    assert "roadbed sign-in-link" in response.content.decode()


def test_the_button_of_a_link_needs_its_token(link: str):
    assert Client(enforce_csrf_checks=True).post(f"/sign-in/link/{link}").status_code == 403


def test_signing_out_ends_the_session_and_is_a_post(client: Client, mara: Person):
    client.force_login(mara)
    assert client.get("/sign-out").status_code == 405
    assert signed_in(client)
    client.post("/sign-out")
    assert not signed_in(client)


def test_a_token_is_shown_once_and_works(client: Client, mara: Person):
    client.force_login(mara)
    response = client.post("/account/tokens", {"name": "checkout's pipeline", "lives": "30", "scopes": ["gate.ask"]})
    secret = response.content.decode().split('<p class="rb-secret" tabindex="0">')[1].split("<")[0]
    assert response.status_code == 201
    assert caller_of_token(secret, now=timezone.now()).scopes == {"gate.ask"}
    assert secret not in client.get("/account").content.decode()
    assert Token.objects.get().expires_at < timezone.now() + timedelta(days=31)


def test_a_token_without_scopes_may_do_what_its_owner_may(client: Client, mara: Person):
    client.force_login(mara)
    client.post("/account/tokens", {"name": "mine", "lives": ""})
    token = Token.objects.get()
    assert token.scopes is None
    assert token.expires_at is None
    assert "all that you may" in client.get("/account").content.decode()


def test_a_token_without_a_name_is_refused_on_the_page(client: Client, mara: Person):
    client.force_login(mara)
    response = client.post("/account/tokens", {"name": " "})
    assert response.status_code == 422
    assert "A token needs a name" in response.content.decode()
    assert not Token.objects.exists()


def test_a_revoked_token_is_gone_from_the_list(client: Client, mara: Person):
    client.force_login(mara)
    client.post("/account/tokens", {"name": "old one"})
    client.post(f"/account/tokens/{Token.objects.get().uid}/revoke")
    assert "old one" not in client.get("/account").content.decode()


def test_nobody_revokes_the_token_of_another(client: Client, mara: Person):
    client.force_login(mara)
    client.post("/account/tokens", {"name": "mine"})
    dele = Person.objects.create(email="dele@kestrel.example", name="Dele Akande", created_at=timezone.now())
    client.force_login(dele)
    assert client.post(f"/account/tokens/{Token.objects.get().uid}/revoke").status_code == 404
    assert Token.objects.get().revoked_at is None


@pytest.mark.usefixtures("mara")
def test_a_new_password_needs_the_old_one_and_ends_other_sessions(client: Client):
    elsewhere = Client()
    sign_in(client)
    sign_in(elsewhere)
    assert client.post("/account/password", {"old": "wrong", "new": "another-long-one-2"}).status_code == 422
    assert client.post("/account/password", {"old": PASSWORD, "new": "another-long-one-2"}).status_code == 302
    assert signed_in(client)
    assert not signed_in(elsewhere)


@pytest.mark.usefixtures("mara")
def test_a_short_password_is_refused_with_the_rule(client: Client):
    sign_in(client)
    response = client.post("/account/password", {"old": PASSWORD, "new": "short"})
    assert response.status_code == 422
    assert "at least 12 characters" in response.content.decode()


def test_who_came_by_a_link_sets_a_password_without_an_old_one(client: Client, mara: Person):
    mara.password = make_password(None)
    mara.save()
    client.force_login(mara)
    assert "You have no password yet" in client.get("/account").content.decode()
    client.post("/account/password", {"new": "another-long-one-2"})
    mara.refresh_from_db()
    assert mara.check_password("another-long-one-2")


@pytest.mark.usefixtures("mara")
def test_the_account_shows_where_one_is_signed_in_and_ends_the_others():
    here = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    elsewhere = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/604.1"})
    sign_in(here)
    sign_in(elsewhere)
    html = here.get("/account").content.decode()
    assert "Firefox on Linux" in html
    assert "Safari on iPhone" in html
    here.post("/account/sessions/end")
    assert signed_in(here)
    assert not signed_in(elsewhere)
