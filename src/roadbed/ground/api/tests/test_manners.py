"""The manners of every API: who calls, problem documents, idempotent writes, entity tags, pages."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from roadbed.ground.api.models import KeptReply
from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, encode_cursor, page_of
from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.errors import Invalid
from roadbed.ground.people.models import Person, Team, Token
from roadbed.ground.people.queries import digest

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


@pytest.fixture
def admin() -> Door:
    return door_of("mara@kestrel.example")


def test_without_a_token_nothing_is_said_but_how_to_get_one():
    for door in (Door(), Door("rb_wrong"), Door("")):
        answer = door.get("/teams")
        assert (answer.status, answer.body["type"]) == (401, "urn:roadbed:problem:not-signed-in")
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("what", ["revoked", "expired", "inactive"])
def test_a_dead_token_answers_exactly_like_a_wrong_one(admin: Door, what: str):
    wrong = Door("rb_" + "x" * 43).get("/teams")
    if what == "inactive":
        Person.objects.update(is_active=False)
    else:
        Token.objects.update(**{"revoked_at": timezone.now()} if what == "revoked" else {"expires_at": timezone.now()})
    dead = admin.get("/teams")
    assert (dead.status, dead.body) == (wrong.status, wrong.body)


def test_tokens_are_kept_as_digests_only(admin: Door):
    row = Token.objects.get()
    assert row.digest == digest(admin.token)
    assert admin.token not in str(vars(row))


def test_a_scope_narrows_a_token():
    narrow = door_of("bot@kestrel.example", scopes=("read",))
    assert narrow.get("/teams").status == 200
    refused = narrow.post("/teams", {"name": "team-x"})
    assert (refused.status, "scope" in refused.body["detail"]) == (403, True)
    assert not Team.objects.exists()


def test_a_session_writes_only_with_a_csrf_token():
    door_of("mara@kestrel.example")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(Person.objects.get())
    door = Door(http=browser)
    assert door.get("/teams").status == 200
    assert door.post("/teams", {"name": "team-x"}).status == 403
    browser.get("/api/v1/teams")
    browser.cookies["csrftoken"] = "a" * 32
    assert door.post("/teams", {"name": "team-x"}, x_csrftoken="a" * 32).status == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "name"), ({"name": 5}, "name"), ({"name": "x" * 64}, "name"), ({"name": "Bad Name"}, "name"), ([], "body")],
)
def test_a_request_that_does_not_fit_names_its_field(admin: Door, body: object, field: str):
    answer = admin.post("/teams", body)
    assert answer.status == 422
    assert field in answer.body["field"]
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("raw", ["{", "\\u0000", "\xff"])
def test_what_is_no_json_is_a_problem_not_a_fault(admin: Door, raw: str):
    response = admin.http.generic(
        "POST", "/api/v1/teams", raw.encode("latin-1"), content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {admin.token}",
    )  # fmt: skip
    assert 400 <= response.status_code < 500
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/teams/a%00b", "/catalog/entities?q=%00", "/nowhere", "/teams/../x"])
def test_odd_addresses_are_problems(admin: Door, path: str):
    answer = admin.get(path)
    assert answer.status in (404, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_nul_in_a_body_is_refused_and_an_escaped_one_is_text(admin: Door):
    assert admin.post("/teams", {"name": "team-x", "title": "a\x00b"}).status == 422
    assert admin.post("/teams", {"name": "team-x", "title": "a\\u0000b"}).status == 201
    assert Team.objects.get().title == "a\\u0000b"


def test_the_same_key_again_answers_the_first_reply_and_does_nothing(admin: Door):
    first = admin.post("/teams", {"name": "team-x"}, idempotency_key="k-1")
    again = admin.post("/teams", {"name": "team-x"}, idempotency_key="k-1")
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert admin.post("/teams", {"name": "team-x"}, idempotency_key="k-2").status == 409


def test_a_refusal_is_kept_too_but_not_a_missing_right(admin: Door):
    bad = admin.post("/teams", {"name": "Bad Name"}, idempotency_key="k")
    assert admin.post("/teams", {"name": "Bad Name"}, idempotency_key="k").body == bad.body
    member = door_of("tomasz@kestrel.example", role="member")
    assert member.post("/teams", {"name": "team-y"}, idempotency_key="m").status == 403
    Person.objects.filter(email="tomasz@kestrel.example").update(role="admin")
    assert member.post("/teams", {"name": "team-y"}, idempotency_key="m").status == 201


def test_a_key_belongs_to_one_request_and_one_caller(admin: Door):
    admin.post("/teams", {"name": "team-x"}, idempotency_key="k")
    other = admin.post("/teams", {"name": "team-y"}, idempotency_key="k")
    assert (other.status, other.body["field"]) == (422, "Idempotency-Key")
    second = door_of("tomasz@kestrel.example")
    assert second.post("/teams", {"name": "team-y"}, idempotency_key="k").status == 201
    assert admin.post("/teams", {"name": "team-z"}, idempotency_key="k" * 201).status == 422


def test_a_key_is_forgotten_after_a_day_and_a_dead_request_frees_it_sooner(admin: Door):
    admin.post("/teams", {"name": "team-x"}, idempotency_key="k")
    KeptReply.objects.update(status=None)
    assert admin.post("/teams", {"name": "team-x"}, idempotency_key="k").status == 409
    KeptReply.objects.update(created_at=timezone.now() - timedelta(minutes=16))
    answer = admin.post("/teams", {"name": "team-x"}, idempotency_key="k")
    assert "already" in answer.body["detail"]
    KeptReply.objects.update(created_at=timezone.now() - timedelta(hours=25))
    Team.objects.all().delete()
    assert admin.post("/teams", {"name": "team-x"}, idempotency_key="k").status == 201


def test_a_secret_is_not_kept_for_a_repeated_request(admin: Door):
    made = admin.post("/tokens", {"name": "ci"}, idempotency_key="k")
    again = admin.post("/tokens", {"name": "ci"}, idempotency_key="k")
    assert (made.status, again.status) == (201, 409)
    assert made.body["secret"].encode() not in bytes(KeptReply.objects.get().body)
    assert made.headers["Cache-Control"] == "no-store"


def test_an_unchanged_read_costs_no_body(admin: Door):
    first = admin.get("/teams")
    tag = first.headers["ETag"]
    assert admin.get("/teams", if_none_match=tag).status == 304
    assert admin.get("/teams", if_none_match=f'W/{tag}, "x"').status == 304
    admin.post("/teams", {"name": "team-x"})
    changed = admin.get("/teams", if_none_match=tag)
    assert (changed.status, changed.headers["ETag"] == tag) == (200, False)


def test_a_page_says_where_the_next_one_begins():
    assert page_of([1, 2, 3], 2, lambda row: (row,)) == Page((1, 2), encode_cursor(2))
    assert page_of([1, 2], 2, lambda row: (row,)).next_cursor is None
    assert page_of([], 2, lambda row: (row,)) == Page((), None)
    assert decode_cursor(encode_cursor("é", 5), 2) == ["é", 5]


@pytest.mark.parametrize("cursor", ["é", "=", "AAAA", "bnVsbA", "W10", "x" * 5000])
def test_a_cursor_of_somebody_else_is_refused(cursor: str):
    with pytest.raises(Invalid):
        decode_cursor(cursor, 1)


@pytest.mark.parametrize("limit", [0, -1, 201, 10**30])
def test_limits_are_checked(limit: int):
    with pytest.raises(Invalid):
        checked_limit(limit)


@pytest.mark.django_db(databases=["default", "samples"], transaction=True)
def test_of_ten_requests_at_once_with_one_key_one_is_done():
    admin = door_of("mara@kestrel.example")
    start = threading.Barrier(10)
    statuses: list[int] = []

    def ask() -> None:
        start.wait(timeout=30)
        statuses.append(Door(admin.token).post("/teams", {"name": "team-x"}, idempotency_key="k").status)
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(statuses) == 10
    assert set(statuses) <= {201, 409}
    assert statuses.count(201) >= 1
    assert Team.objects.count() == 1
