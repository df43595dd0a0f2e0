"""Secrets: kept encrypted, given to whoever deploys, shown to nobody."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground import asks
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.errors import Forbidden, Invalid, NotFound, Unavailable
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.people.usecases import create_team, create_token
from roadbed.platform.secrets import keys, queries, rules, usecases
from roadbed.platform.secrets.models import Secret, SecretVersion

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HANNE = Caller(uid="p-hanne", name="Hanne Brandt", role="member", teams=frozenset({"team-payments"}))
TOMASZ = Caller(uid="p-tomasz", name="Tomasz Zielinski", role="member", teams=frozenset({"team-routing"}))
VALUE = "s3cr3t-välue-9f"
CHECKOUT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: checkout
  annotations:
    roadbed.dev/run: ./serve
spec:
  type: service
  lifecycle: production
  owner: team-payments
"""


@pytest.fixture(autouse=True)
def service(wired: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(keys, "key_file", lambda: tmp_path / "secrets.key")
    create_team(ROADBED, name="team-payments", now=NOW)
    registered = catalog.register(HANNE, text=CHECKOUT, location="https://git.example/checkout", now=NOW)
    return registered.uid_of_component


def write(value: str = VALUE, name: str = "API_TOKEN", **more: Any) -> int:
    return usecases.set_secret(HANNE, "checkout", name, value=value, now=NOW, **more)


def resolve(service: str, *names: str, caller: Caller = HANNE) -> asks.SecretsResolved:
    return asks.put(asks.ResolveSecrets(service, "production", names or ("API_TOKEN",), caller, NOW))


def test_a_value_is_given_to_the_deployment_and_kept_as_ciphertext(service: str):
    assert write() == 1
    resolved = resolve(service, "API_TOKEN", "OTHER")
    assert (resolved.values, resolved.missing, resolved.versions) == (
        {"API_TOKEN": VALUE},
        ("OTHER",),
        {"API_TOKEN": 1},
    )
    kept = bytes(SecretVersion.objects.get().ciphertext)
    assert kept.startswith(b"age-encryption.org/v1")
    assert VALUE.encode() not in kept
    assert queries.secrets_of(service)[0].used_at == NOW


def test_the_master_key_is_the_owners_alone_and_made_once(service: str):
    write()
    path = keys.key_file()
    before = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    write("another")
    assert path.read_text() == before
    assert [file.name for file in path.parent.iterdir()] == ["secrets.key"]


def test_versions_count_up_the_newest_is_used_and_only_some_are_kept(service: str):
    for number in range(1, 13):
        assert write(f"value {number}") == number
    assert resolve(service).values == {"API_TOKEN": "value 12"}
    (shown,) = queries.secrets_of(service)
    assert (shown.version, shown.versions, shown.written_by) == (12, 10, "Hanne Brandt")


def test_environments_do_not_see_one_another(service: str):
    write(environment="staging")
    assert resolve(service).missing == ("API_TOKEN",)
    assert [one.environment for one in queries.secrets_of(service)] == ["staging"]


def test_removing_forgets_every_value_and_a_new_one_counts_on(service: str):
    write()
    usecases.remove_secret(HANNE, "checkout", "API_TOKEN", now=NOW)
    assert SecretVersion.objects.count() == 0
    assert queries.secrets_of(service) == ()
    with pytest.raises(NotFound):
        usecases.remove_secret(HANNE, "checkout", "API_TOKEN", now=NOW)
    assert write() == 2


def test_facts_name_the_secret_and_never_hold_a_value(service: str):
    write()
    usecases.remove_secret(HANNE, "checkout", "API_TOKEN", now=NOW)
    told = Fact.objects.filter(kind__startswith="secret.").order_by("position")
    assert [(one.kind, one.data["name"], one.data["version"]) for one in told] == [
        ("secret.written", "API_TOKEN", 1), ("secret.removed", "API_TOKEN", 1),
    ]  # fmt: skip
    assert VALUE not in json.dumps([one.data for one in told], ensure_ascii=False)


def test_only_the_owners_write_and_only_those_who_deploy_resolve(service: str):
    with pytest.raises(Forbidden):
        usecases.set_secret(TOMASZ, "checkout", "API_TOKEN", value=VALUE, now=NOW)
    write()
    with pytest.raises(Forbidden):
        usecases.remove_secret(TOMASZ, "checkout", "API_TOKEN", now=NOW)
    with pytest.raises(Forbidden):
        resolve(service, caller=TOMASZ)


def test_a_ciphertext_moved_to_another_secret_opens_nothing(service: str):
    write()
    write("harmless", name="OTHER")
    stolen = SecretVersion.objects.get(secret__name="API_TOKEN").ciphertext
    SecretVersion.objects.filter(secret__name="OTHER").update(ciphertext=stolen)
    with pytest.raises(Unavailable, match="belongs to another secret"):
        resolve(service, "OTHER")


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_text("rubbish\n"), "is damaged"),
        (lambda path: path.write_text(""), "is damaged"),
        (lambda path: path.chmod(0o644), "Others can read"),
    ],
)
def test_a_lost_or_exposed_master_key_is_said_and_never_replaced(service: str, break_it: Any, words: str):
    write()
    break_it(keys.key_file())
    with pytest.raises(Unavailable, match=words) as refused:
        resolve(service)
    assert refused.value.remedy
    with pytest.raises(Unavailable, match=words):
        write("a new one")
    assert Secret.objects.get().newest == 1


def test_another_master_key_opens_nothing_and_says_what_to_bring_back(service: str):
    write()
    keys.key_file().unlink()
    SecretVersion.objects.update(secret=SecretVersion.objects.get().secret)
    keys._make(keys.key_file())
    with pytest.raises(Unavailable, match="cannot be opened") as refused:
        resolve(service)
    assert "backup" in refused.value.remedy


@pytest.mark.parametrize("name", ["", "api_token", "1A", "PORT", "LD_PRELOAD", "ROADBED_X", "A-B", "A" * 101])
def test_names_that_are_no_variables_are_refused(name: str):
    with pytest.raises(Invalid) as refused:
        write(name=name)
    assert refused.value.place.field == "name"


@pytest.mark.parametrize("value", ["", "a\x00b", "x" * (64 * 1024 + 1)])
def test_values_that_cannot_be_given_are_refused_without_repeating_them(value: str):
    with pytest.raises(Invalid) as refused:
        write(value)
    assert value not in refused.value.detail or not value
    assert SecretVersion.objects.count() == 0


@given(st.text(max_size=80), st.integers(1, 99), st.integers(1, 99))
def test_a_value_opens_where_it_belongs_and_nowhere_else(value: str, number: int, other: int):
    here, there = rules.Belonging("s", "production", "A", number), rules.Belonging("s", "production", "A", other)
    assert rules.opened(rules.sealed(value, here), here) == value
    assert rules.opened(rules.sealed(value, here), there) == (value if number == other else None)


def test_the_api_takes_a_value_and_never_answers_one(client: Any, caplog: pytest.LogCaptureFixture):
    _, token = create_token(ROADBED, name="test", now=datetime.now(UTC))
    headers = {"Authorization": f"Bearer {token}"}

    def ask(method: str, path: str, body: Any = None) -> Any:
        more = {"data": body, "content_type": "application/json"} if body is not None else {}
        return getattr(client, method)(f"/api/v1/services/checkout/secrets{path}", headers=headers, **more)

    assert ask("put", "/API_TOKEN", {"value": VALUE}).json()["version"] == 1
    listed = ask("get", "")
    assert [one["name"] for one in listed.json()["items"]] == ["API_TOKEN"]
    refused = ask("put", "/PORT", {"value": VALUE})
    wrong = ask("put", "/API_TOKEN", {"value": [VALUE]})
    assert (refused.status_code, wrong.status_code) == (422, 422)
    told = "".join(one.content.decode() for one in (listed, refused, wrong)) + caplog.text
    assert VALUE not in told
    assert "9f" not in wrong.content.decode()
    assert ask("delete", "/API_TOKEN").status_code == 204
    assert ask("delete", "/API_TOKEN").status_code == 404


@pytest.mark.parametrize("value", ["\ud800", "a\x00", ""])
def test_hostile_values_are_refused_by_the_api(client: Any, value: str):
    _, token = create_token(ROADBED, name="test", now=datetime.now(UTC))
    refused = client.put(
        "/api/v1/services/checkout/secrets/API_TOKEN",
        json.dumps({"value": value}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert refused.status_code == 422
