"""Flags as OpenFeature's own Python SDK reads them, and every answer against the protocol's OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import yaml
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason
from pytest_django.live_server_helper import LiveServer

from roadbed.delivery.flags import clients, snapshots, usecases
from roadbed.ground.catalog.usecases import register
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.people.usecases import create_team, create_token

DOCUMENT = Path(__file__).parents[3] / "shared" / "conformance" / "ofrep" / "openapi.yaml"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ADMIN = Caller(uid="p-mara", name="Mara", role="admin")
CHECKOUT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: checkout}
spec: {type: service, lifecycle: production, owner: team-payments}
"""
USERS = [EvaluationContext(targeting_key=f"user-{number}") for number in range(60)]


def put(key: str, state: str, environment: str = "production") -> None:
    usecases.change_flag(ADMIN, "checkout", key, state=state, reason="test", environment=environment, now=NOW)


def house(monkeypatch: pytest.MonkeyPatch) -> str:
    """A service with flags of every state, and the secret of its token."""
    monkeypatch.setattr(snapshots, "held", snapshots.Snapshots())
    monkeypatch.setattr(snapshots, "LOOK_AFTER", 0.0)
    monkeypatch.setattr(clients, "seen", clients.Clients())
    create_team(ROADBED, name="team-payments", now=NOW)
    register(ROADBED, text=CHECKOUT, location="https://git.example/checkout", now=NOW)
    for key, kind in (("banner", "boolean"), ("dark", "boolean"), ("fresh", "boolean"), ("eta-v2", "percentage")):
        usecases.create_flag(ADMIN, "checkout", key, kind=kind, now=NOW)
    for key, state in (("banner", "on"), ("dark", "off"), ("eta-v2", "25%")):
        put(key, state)
    put("dark", "on", "staging")
    scopes = ("flag.evaluate",)
    return create_token(ADMIN, name="flags:checkout", scopes=scopes, now=datetime.now(UTC))[1]


Connecting = Callable[..., OpenFeatureClient]


@pytest.fixture
def secret(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    return house(monkeypatch)


@pytest.fixture
def connect(live_server: LiveServer, secret: str) -> Iterator[Connecting]:
    """Makes the SDK's client as a service does: an address and a token."""
    made: list[OFREPProvider] = []

    def connecting(**headers: str) -> OpenFeatureClient:
        named = headers or {"Authorization": f"Bearer {secret}"}
        provider = OFREPProvider(live_server.url, headers_factory=lambda: named)
        provider.session.trust_env = False
        made.append(provider)
        domain = f"checkout-{len(made)}"
        api.set_provider_and_wait(provider, domain=domain)
        return api.get_client(domain)

    yield connecting
    api.clear_providers()
    for provider in made:
        provider.session.close()


@pytest.mark.django_db(databases=["default", "samples"], transaction=True)
class TestTheSdk:
    """`openfeature-sdk` with `openfeature-provider-ofrep`, over HTTP."""

    def test_a_boolean_is_what_it_is_set_to_whatever_the_code_says(self, connect: Connecting):
        client = connect()
        for key, value in (("banner", True), ("dark", False)):
            for default in (True, False):
                found = client.get_boolean_details(key, default)
                assert (found.value, found.reason, found.error_code) == (value, Reason.STATIC, None)

    def test_a_flag_that_is_not_set_leaves_the_codes_default(self, connect: Connecting):
        client = connect()
        for default in (True, False):
            found = client.get_boolean_details("fresh", default, USERS[0])
            assert (found.value, found.reason, found.error_code) == (default, Reason.DISABLED, None)

    def test_a_share_is_on_for_that_many_and_for_the_same_ones(self, connect: Connecting):
        client = connect()
        on = [client.get_boolean_value("eta-v2", False, user) for user in USERS]
        assert on == [client.get_boolean_value("eta-v2", False, user) for user in USERS]
        assert 5 < sum(on) < 30
        put("eta-v2", "60%")
        more = [client.get_boolean_value("eta-v2", False, user) for user in USERS]
        assert all(later for now, later in zip(on, more, strict=True) if now)
        assert sum(more) > sum(on)
        assert client.get_boolean_details("eta-v2", False, USERS[0]).reason == Reason.SPLIT

    def test_a_share_without_a_targeting_key_is_the_default_with_the_reason(self, connect: Connecting):
        found = connect().get_boolean_details("eta-v2", True)
        assert (found.value, found.error_code) == (True, ErrorCode.TARGETING_KEY_MISSING)

    def test_an_unknown_flag_is_the_default_with_the_reason(self, connect: Connecting):
        found = connect().get_boolean_details("nope", True)
        assert (found.value, found.error_code) == (True, ErrorCode.FLAG_NOT_FOUND)

    def test_a_change_is_read_by_the_same_client(self, connect: Connecting):
        client = connect()
        assert client.get_boolean_value("banner", False) is True
        put("banner", "off")
        assert client.get_boolean_value("banner", True) is False

    def test_another_environment_is_named_by_a_header(self, connect: Connecting, secret: str):
        client = connect(**{"X-API-Key": secret, "X-Roadbed-Environment": "staging"})
        assert client.get_boolean_value("dark", False) is True

    def test_a_wrong_token_and_too_many_requests_leave_the_default(
        self, connect: Connecting, monkeypatch: pytest.MonkeyPatch
    ):
        wrong = connect(Authorization="Bearer rb_wrong").get_boolean_details("banner", False)
        assert (wrong.value, wrong.error_code, wrong.error_message) == (False, ErrorCode.GENERAL, "unauthorized")
        monkeypatch.setattr(clients, "BURST", 1.0)
        monkeypatch.setattr(clients, "PER_SECOND", 0.01)
        client = connect()
        assert client.get_boolean_value("banner", False) is True
        limited = client.get_boolean_details("banner", False)
        assert limited.value is False
        assert "Rate limited" in str(limited.error_message)
        paused = client.get_boolean_details("banner", False)
        assert "paused" in str(paused.error_message)

    def test_all_flags_come_at_once_with_a_tag_and_then_as_304(self, live_server: LiveServer, secret: str):
        headers = {"Authorization": f"Bearer {secret}"}
        body = {"context": {"targetingKey": "user-1"}}
        with httpx.Client(base_url=live_server.url, headers=headers, trust_env=False) as http:
            first = http.post("/ofrep/v1/evaluate/flags", json=body)
            assert {one["key"] for one in first.json()["flags"]} == {"banner", "dark", "eta-v2", "fresh"}
            tagged = {"If-None-Match": first.headers["ETag"]}
            assert http.post("/ofrep/v1/evaluate/flags", json=body, headers=tagged).status_code == 304
            put("dark", "on")
            changed = http.post("/ofrep/v1/evaluate/flags", json=body, headers=tagged)
            assert changed.status_code == 200
            assert changed.headers["ETag"] != first.headers["ETag"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
BODIES = JSON | st.fixed_dictionaries(
    {"context": st.dictionaries(st.text(), JSON, max_size=3) | st.fixed_dictionaries({"targetingKey": JSON})}
)


def validators() -> dict[tuple[str, int], Any]:
    """By operation and status, what checks a body of that answer."""
    document = yaml.safe_load(DOCUMENT.read_text())
    schemas = document["components"]["schemas"]
    # The document's note says that a code default has no value; its schema, an empty one, fits every value too.
    schemas["codeDefaultFlag"]["not"] = {"required": ["value"]}
    found = {}
    for path, operations in document["paths"].items():
        for status, answer in operations["post"]["responses"].items():
            content = answer.get("content", {}).get("application/json")
            whole = {**content["schema"], "components": document["components"]} if content else True
            found[path.removeprefix("/ofrep/v1/evaluate"), int(status)] = jsonschema_rs.validator_for(whole)
    return found


@pytest.mark.skipif(not DOCUMENT.is_file(), reason="the conformance data is not beside this repository")
@pytest.mark.django_db(databases=["default", "samples"])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES, key=st.sampled_from(["", "banner", "dark", "fresh", "eta-v2", "nope"]), proved=st.booleans())
def test_every_answer_is_one_of_the_document(made: tuple[str, dict[Any, Any]], body: Any, key: str, *, proved: bool):
    secret, checks = made
    address = f"/ofrep/v1/evaluate/flags{f'/{key}' if key else ''}"
    headers = {"Authorization": f"Bearer {secret}"} if proved else {}
    response = Client().post(address, json.dumps(body), content_type="application/json", headers=headers)
    check = checks["/flags/{key}" if key else "/flags", response.status_code]
    check.validate(json.loads(response.content))


@pytest.fixture
def made(db: None, monkeypatch: pytest.MonkeyPatch) -> tuple[str, dict[Any, Any]]:
    monkeypatch.setattr(clients, "BURST", 1e9)
    return house(monkeypatch), validators()
