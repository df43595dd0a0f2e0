"""What leaves in a CDEvents subscription, against the schemas that CDEvents publishes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.ground.ledger.rules import KINDS, FactView
from roadbed.ground.subscriptions.rules.cdevents import WORDS
from roadbed.ground.subscriptions.rules.envelopes import CDEVENTS, envelope
from roadbed.ground.subscriptions.rules.patterns import About

SCHEMAS = Path(__file__).parents[3] / "shared" / "conformance" / "cdevents" / "schemas"
pytestmark = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the schemas of CDEvents are not beside the repository")
NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
HERE = "https://roadbed.kestrel.example"
CHECKOUT = About("c" * 32, "checkout", "team-payments")
FULL = {
    "service": "checkout", "service_uid": "c" * 32, "version": "v12", "commit": "4be19c7d", "title": "Requests fail",
    "environment": "production", "url": "https://tracker.example/7", "repository": "checkout", "name": "production",
}  # fmt: skip


def schema_of(kind: str) -> jsonschema_rs.Validator:
    text = (SCHEMAS / f"{kind.replace('.', '')}.json").read_text()
    # The shape of links is not beside the schemas; we send none.
    return jsonschema_rs.validator_for(json.loads(text), retriever=lambda _: {"type": "array"}, validate_formats=True)


def told(kind: str, data: dict[str, Any], environment: str = "production", subject: str = "s" * 32) -> FactView:
    return FactView(
        position=7, uid="f" * 32, kind=kind, subject=subject, environment=environment, occurred_at=NOW,
        recorded_at=NOW, actor="p-1", actor_name="Mara", source="roadbed", source_id="x", supersedes="", data=data,
    )  # fmt: skip


def event(fact: FactView, about: About = CHECKOUT) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(envelope(fact, about, form=CDEVENTS, source=HERE).body)
    return made


def test_every_kind_that_cdevents_has_a_schema_for_goes_by_its_word():
    published = {path.stem for path in SCHEMAS.glob("*.json")}
    assert {kind for kind in KINDS if kind.replace(".", "") in published} == set(WORDS)


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_a_full_fact_fits_the_schema_and_says_all_it_knows(kind: str):
    sent = event(told(kind, FULL))
    schema_of(kind).validate(sent["data"])
    context = sent["data"]["context"]
    assert (sent["type"], sent["id"], sent["source"]) == (context["type"], context["id"], context["source"])
    assert set(sent["data"]["subject"]["content"]) == set(WORDS[kind].content)
    assert sent["data"]["customData"]["data"] == FULL


anything = (
    st.text(max_size=20) | st.none() | st.integers() | st.text(max_size=20).map("https://tracker.example/".__add__)
)


@pytest.mark.parametrize("kind", sorted(WORDS))
@settings(max_examples=30, deadline=None)
@given(
    data=st.fixed_dictionaries({}, optional=dict.fromkeys(FULL, anything)),
    environment=st.sampled_from(["", "production"]),
    subject=st.sampled_from(["", "s" * 32, "a name with blanks"]),
)
def test_whatever_a_fact_lacks_it_fits_the_schema_or_goes_by_our_own_word(
    kind: str, data: dict[str, Any], environment: str, subject: str
):
    sent = event(told(kind, data, environment, subject), About())
    if sent["type"].startswith("dev.cdevents."):
        schema_of(kind).validate(sent["data"])
    else:
        assert sent["type"] == f"dev.roadbed.{kind}"


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_the_versions_are_those_of_the_published_examples(kind: str):
    example = SCHEMAS.parent / f"{kind.replace('.', '_')}.json"
    assert json.loads(example.read_text())["context"]["type"] == WORDS[kind].type
