"""The protocol's answers: values, tags, refusals, whose flags are read, and what is asked of the database."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from roadbed.delivery.flags import clients, queries, rules, usecases
from roadbed.delivery.flags.tests.conftest import HANNE, MARA, NOW, Asking, Clock, token
from roadbed.ground.people.models import Token

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


@pytest.fixture(autouse=True)
def flags(checkout: str) -> None:
    """eta-v2 for a share, banner on, fresh never set; routing has one too."""
    usecases.create_flag(HANNE, "checkout", "eta-v2", kind="percentage", now=NOW)
    usecases.create_flag(HANNE, "checkout", "banner", now=NOW)
    usecases.create_flag(HANNE, "checkout", "fresh", now=NOW)
    usecases.create_flag(MARA, "routing", "detour", now=NOW)
    put("eta-v2", "100%")
    put("banner", "on")


def put(key: str, state: str, environment: str = "production") -> None:
    usecases.change_flag(HANNE, "checkout", key, state=state, reason="test", environment=environment, now=NOW)


def read(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.content
    return json.loads(response.content)


def test_one_flag_answers_with_value_reason_and_variant(ask: Asking):
    assert read(ask("banner")) == {"key": "banner", "value": True, "reason": "STATIC", "variant": "on"}
    assert read(ask("eta-v2")) == {"key": "eta-v2", "value": True, "reason": "SPLIT", "variant": "on"}


def test_a_flag_that_is_not_set_has_no_value(ask: Asking):
    answer = read(ask("fresh"))
    assert answer["reason"] == "DISABLED"
    assert "value" not in answer


def test_off_is_a_value_and_the_codes_default_is_none(ask: Asking, clock: Clock):
    put("banner", "off")
    assert read(ask("banner"))["value"] is False
    put("banner", "default")
    clock.at += 1
    assert "value" not in read(ask("banner"))


def test_a_share_needs_a_targeting_key_and_a_boolean_does_not(ask: Asking):
    missing = read(ask("eta-v2", {}), 400)
    assert (missing["key"], missing["errorCode"]) == ("eta-v2", "TARGETING_KEY_MISSING")
    assert read(ask("banner", {}))["value"] is True
    every = {one["key"]: one for one in read(ask(context={}))["flags"]}
    assert every["eta-v2"]["errorCode"] == "TARGETING_KEY_MISSING"
    assert every["banner"]["value"] is True


def test_all_flags_come_with_a_tag_that_saves_the_second_answer(ask: Asking, clock: Clock):
    first = ask()
    answer = read(first)
    assert [one["key"] for one in answer["flags"]] == ["banner", "eta-v2", "fresh"]
    assert answer["metadata"]["service"] == "checkout"
    again = ask(**{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    put("banner", "off")
    clock.at += 1
    changed = ask(**{"If-None-Match": f'"other", W/{first["ETag"]}'})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_another_user_gets_no_304_for_the_first_ones_tag(ask: Asking):
    tag = ask(context={"targetingKey": "user-1"})["ETag"]
    assert ask(context={"targetingKey": "user-2"}, **{"If-None-Match": tag}).status_code == 200


def test_an_unknown_flag_is_404_and_an_archived_one_too(ask: Asking, clock: Clock):
    assert read(ask("nope"), 404) == {
        "key": "nope",
        "errorCode": "FLAG_NOT_FOUND",
        "errorDetails": "Flag nope was not found in checkout.",
    }
    usecases.archive_flag(HANNE, "checkout", "banner", reason="settled", now=NOW)
    clock.at += 1
    assert read(ask("banner"), 404)["errorCode"] == "FLAG_NOT_FOUND"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "PARSE_ERROR"),
        (b"{", "PARSE_ERROR"),
        (b"[]", "PARSE_ERROR"),
        (b"[" * 100_000, "PARSE_ERROR"),
        (b'{"context": {"x": "' + b"x" * 300_000 + b'"}}', "PARSE_ERROR"),
        (b"{}", "INVALID_CONTEXT"),
        (b'{"context": []}', "INVALID_CONTEXT"),
        (b'{"context": {"targetingKey": 7}}', "INVALID_CONTEXT"),
    ],
)
@pytest.mark.parametrize("path", ["/ofrep/v1/evaluate/flags", "/ofrep/v1/evaluate/flags/banner"])
def test_a_malformed_request_is_400_with_a_code(client: Client, clock: Clock, path: str, body: bytes, code: str):
    headers = {"Authorization": f"Bearer {token()}"}
    answer = read(client.post(path, body, content_type="application/json", headers=headers), 400)
    assert answer["errorCode"] == code
    assert answer["errorDetails"]
    assert ("key" in answer) is path.endswith("banner")


@pytest.mark.parametrize("targeting_key", ["\ud800", "\x00", "x" * 10_000, "👩‍🚀"])
def test_any_text_is_a_targeting_key(ask: Asking, targeting_key: str):
    assert read(ask("eta-v2", {"targetingKey": targeting_key}))["value"] is True


def test_without_a_good_token_it_is_401_and_without_the_scope_403(ask: Asking, client: Client):
    for secret in ("", "rb_nonsense", token("other") + "x"):
        refused = ask("banner", secret=secret)
        assert refused.status_code == 401
        assert refused["WWW-Authenticate"] == "Bearer"
        assert json.loads(refused.content)["errorDetails"]
    assert ask("banner", secret="", **{"X-API-Key": token()}).status_code == 200
    narrow = ask("banner", secret=token(scopes=("gate.ask",)))
    assert "lacks the scope flag.evaluate" in read(narrow, 403)["errorDetails"]
    assert client.get("/ofrep/v1/evaluate/flags").status_code == 405


def test_a_token_that_names_a_service_reads_no_other(ask: Asking):
    assert read(ask("detour", query="?service=routing"), 403)["errorDetails"].startswith("This token reads")
    assert read(ask("banner", secret=token("flags:")), 403)
    assert read(ask(secret=token("flags:checkout@staging"), query="?environment=production"), 403)
    staging = read(ask(secret=token("flags:checkout@staging")))
    assert staging["metadata"]["environment"] == "staging"
    assert {one["reason"] for one in staging["flags"]} == {"DISABLED"}


def test_another_token_says_the_service_by_query_or_header(ask: Asking):
    free = token("ci")
    assert read(ask("banner", secret=free), 400)["errorCode"] == "INVALID_CONTEXT"
    assert read(ask("banner", secret=free, query="?service=checkout"))["value"] is True
    assert read(ask("banner", secret=free, **{"X-Roadbed-Service": "checkout"}))["value"] is True
    in_staging = {"X-Roadbed-Service": "checkout", "X-Roadbed-Environment": "staging"}
    assert read(ask("banner", secret=free, **in_staging))["reason"] == "DISABLED"
    assert "no service nope" in read(ask(secret=free, query="?service=nope"), 400)["errorDetails"]
    assert "not an environment" in read(ask(query="?environment=A%00"), 400)["errorDetails"]
    assert read(ask(secret=free, query="?service=%00"), 400)


def test_who_asks_too_often_waits(ask: Asking, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clients, "BURST", 2.0)
    monkeypatch.setattr(clients, "PER_SECOND", 0.5)
    assert [ask("banner").status_code for _ in range(3)] == [200, 200, 429]
    refused = ask("banner")
    assert refused["Retry-After"] == "2"
    clock.at += 2
    assert ask("banner").status_code == 200


def test_what_did_not_change_is_answered_without_the_database(
    ask: Asking, clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
):
    ask()
    with django_assert_num_queries(0):
        for _ in range(5):
            assert ask().status_code == 200
            assert ask("banner").status_code == 200
    clock.at += 1
    with django_assert_num_queries(1):
        for _ in range(5):
            assert ask().status_code == 200


def test_a_change_is_seen_within_a_second(ask: Asking, clock: Clock):
    assert read(ask("banner"))["value"] is True
    put("banner", "off")
    clock.at += 1
    assert read(ask("banner"))["value"] is False


def test_flags_are_answered_while_the_database_is_silent(ask: Asking, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    def silent(*_: object, **__: object) -> None:
        raise DatabaseError("no answer")

    assert ask("banner").status_code == 200
    with monkeypatch.context() as broken:
        broken.setattr(queries, "version_of", silent)
        broken.setattr(clients, "caller_of_token", silent)
        for _ in range(4):
            clock.at += 20
            assert read(ask("banner"))["value"] is True
        unknown = ask("banner", secret="rb_never-seen")
        assert read(unknown, 500)["errorDetails"]
    put("banner", "off")
    clock.at += 1
    assert read(ask("banner"))["value"] is False


def test_a_revoked_token_ends_within_seconds_and_an_expired_one_at_once(ask: Asking, clock: Clock):
    secret = token()
    assert ask("banner", secret=secret).status_code == 200
    Token.objects.update(revoked_at=timezone.now())
    clock.at += clients.BELIEVED_FOR
    assert ask("banner", secret=secret).status_code == 401
    fresh = token()
    Token.objects.filter(revoked_at=None).update(expires_at=timezone.now())
    assert ask("banner", secret=fresh).status_code == 401


def test_the_version_is_read_before_the_flags(ask: Asking, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    """A change between the two reads is seen at the next look, never lost behind a version that is newer."""
    taken = queries.definitions

    def changing(service_uid: str, environment: str) -> tuple[rules.Definition, ...]:
        found = taken(service_uid, environment)
        put("banner", "off")
        return found

    with monkeypatch.context() as racing:
        racing.setattr(queries, "definitions", changing)
        assert read(ask("banner"))["value"] is True
    clock.at += 1
    assert read(ask("banner"))["value"] is False
