"""Gates: the severest answer decides, a broken gate is unknown, rollbacks pass, every question is a fact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.catalog.tests.cast import CHECKOUT
from roadbed.ground.catalog.usecases import register
from roadbed.ground.gates import usecases
from roadbed.ground.gates.rules import ALLOW, DENY, SEVERITY, UNKNOWN, WARN, Question, Reason, combine, stale
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FEATURE = Question("uid", "checkout", "production", "feature")


def reason(outcome: str, rule: str = "budget/1") -> Reason:
    return Reason(rule=rule, outcome=outcome, text="because", figures={"left": 0.1}, as_of=NOW, clears="wait")


@given(st.lists(st.sampled_from(sorted(SEVERITY)), max_size=6), st.booleans())
def test_the_severest_reason_decides_whatever_the_order(outcomes: list[str], unknown_passes: bool):  # noqa: FBT001
    verdict = combine(FEATURE, tuple(map(reason, outcomes)), unknown_passes=unknown_passes, now=NOW)
    assert verdict.outcome == (max(outcomes, key=SEVERITY.__getitem__) if outcomes else UNKNOWN)
    assert verdict.passes == (verdict.outcome in (ALLOW, WARN) or (verdict.outcome == UNKNOWN and unknown_passes))
    assert verdict.exit_code == (0 if verdict.passes else 10 if verdict.outcome == DENY else 11)
    assert verdict.reasons


@given(st.lists(st.sampled_from(sorted(SEVERITY)), max_size=6))
def test_a_rollback_always_passes_and_still_shows_the_reasons(outcomes: list[str]):
    rollback = Question("uid", "checkout", "production", "rollback")
    verdict = combine(rollback, tuple(map(reason, outcomes)), unknown_passes=False, now=NOW)
    assert (verdict.outcome, verdict.passes, len(verdict.reasons)) == (ALLOW, True, len(outcomes) + 1)


def test_data_older_than_two_intervals_is_stale():
    minute = timedelta(minutes=1)
    assert stale(None, interval=minute, now=NOW)
    assert not stale(NOW - 2 * minute, interval=minute, now=NOW)
    assert stale(NOW - 2 * minute - timedelta(seconds=1), interval=minute, now=NOW)


@pytest.fixture
def gates(wired: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, usecases.Gate]:
    found: dict[str, usecases.Gate] = {}
    monkeypatch.setattr(usecases, "_gates", found)
    return found


def test_a_broken_gate_is_unknown_by_name_and_never_silent(gates: dict[str, usecases.Gate]):
    def broken(question: Question, now: datetime) -> tuple[Reason, ...]:
        raise RuntimeError(question.service_name + str(now))

    gates["freeze"] = broken
    gates["budget"] = lambda *_: (reason(ALLOW),)
    verdict = usecases.ask(ROADBED, FEATURE, now=NOW, unknown_passes=False)
    assert (verdict.outcome, verdict.exit_code) == (UNKNOWN, 11)
    assert [found.rule for found in verdict.reasons] == ["budget/1", "freeze/broken"]


@pytest.fixture
def member() -> Door:
    create_team(ROADBED, name="team-payments", now=NOW)
    register(ROADBED, text=CHECKOUT, location="https://git.example/c", now=NOW)
    return door_of("hanne@kestrel.example", role="viewer")


def test_the_api_answers_with_reasons_figures_and_exit_code_and_records_it(
    member: Door, gates: dict[str, usecases.Gate]
):
    gates["budget"] = lambda *_: (reason(DENY),)
    answer = member.post("/gate/check", {"service": "checkout", "commit": "abc123"})
    assert answer.status == 200
    assert (answer.body["outcome"], answer.body["passes"], answer.body["exit_code"]) == ("deny", False, 10)
    assert answer.body["reasons"][0]["figures"] == {"left": 0.1}
    fact = Fact.objects.get(kind="gate.asked")
    assert (fact.environment, fact.data["outcome"], fact.data["commit"]) == ("production", "deny", "abc123")
    assert member.post("/gate/check", {"service": "checkout", "kind": "rollback"}).body["exit_code"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"service": "ghost"}, 404),
        ({"service": "checkout", "kind": "whim"}, 422),
        ({"service": "checkout", "environment": "Prod!"}, 422),
        ({}, 422),
    ],
)
def test_what_cannot_be_asked_is_refused_and_not_recorded(member: Door, body: dict[str, str], status: int):
    assert member.post("/gate/check", body).status == status
    assert not Fact.objects.filter(kind="gate.asked").exists()
