"""What facts tell of the diagnostic's questions: counted where they tell, left out where they do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from roadbed.ground.catalog.queries import require_service
from roadbed.ground.catalog.tests.cast import CHECKOUT
from roadbed.ground.catalog.usecases import register
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people import usecases as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.organization.diagnostic.measuring import measured
from roadbed.organization.diagnostic.rules.measured import Measured, by_toil

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
TEAM, EMAIL = "team-payments", "hanne@kestrel.example"


@pytest.fixture
def checkout(db: Any, wired: None) -> str:
    people.create_team(ROADBED, name=TEAM, now=NOW)
    people.invite_person(ROADBED, email=EMAIL, name="Hanne", now=NOW)
    people.join_team(ROADBED, team=TEAM, email=EMAIL, now=NOW)
    register(ROADBED, text=CHECKOUT, location="https://git.example/c", now=NOW)
    return require_service("checkout").uid


def told() -> dict[str, Measured]:
    return {one.key: one for one in measured(team=TEAM, now=NOW)}


def tell(kind: str, uid: str, *, actor: Caller = ROADBED, hours: float = 1, **data: Any) -> None:
    at = NOW - timedelta(hours=hours)
    source = str(data.pop("source", "runtime"))
    with unit(actor, now=NOW) as writing:
        writing.record(kind, uid, environment="production", occurred_at=at, source=source, data=data)


def test_an_empty_database_measures_nothing_of_work(checkout: str):
    assert checkout
    assert not told().keys() & {
        "toil",
        "interruptions",
        "hands_off",
        "deploys_alone",
        "systems_touched",
        "budget_policy",
    }


def test_deployments_tell_who_set_them_off_and_only_most_of_them_score(checkout: str):
    hanne = caller_of_person(Person.objects.get(email=EMAIL))
    for number in range(4):
        tell(
            "service.upgraded",
            checkout,
            actor=hanne if number == 0 else Caller("t", "token ci", "member"),
            hours=number,
        )
    found = told()
    assert (found["hands_off"].said, found["hands_off"].answer) == ("3 of 4", 75)
    assert found["deploys_alone"].said == "4 of 4 from Monday to Friday"
    assert "1 set off by somebody of the owning team" in found["deploys_alone"].note
    assert found["deploys_alone"].score is None
    for number in range(5):
        tell("service.upgraded", checkout, hours=number, by="external", source="report:github")
    found = told()
    assert (found["hands_off"].said, found["hands_off"].answer) == ("3 of 4", None)
    assert "4 of 9" in found["hands_off"].note
    assert (found["systems_touched"].said, found["systems_touched"].answer) == ("2 systems", None)
    assert "github, runtime" in found["systems_touched"].note


def test_a_spent_budget_is_enforced_only_where_the_gate_refused_for_it(checkout: str):
    tell("budget.exhausted", checkout)
    denied = {"rule": "spent", "outcome": "deny", "figures": {"remaining": 0.4}}
    tell("gate.asked", checkout, passes=False, reasons=[denied, {"rule": "freeze", "outcome": "deny"}])
    assert told()["budget_policy"].answer is None
    tell("gate.asked", checkout, passes=False, reasons=[denied | {"figures": {"remaining": -0.1}}])
    found = told()["budget_policy"]
    assert (found.answer, found.said) == ("enforced", "1 budget spent, 1 change refused")


@pytest.mark.parametrize(
    ("share", "step"),
    [
        (0, "under-10"),
        (0.0999, "under-10"),
        (0.10, "10-to-25"),
        (0.25, "10-to-25"),
        (0.3, "25-to-50"),
        (0.6, "over-50"),
    ],
)
def test_a_share_of_toil_falls_on_its_step(share: float, step: str):
    assert by_toil(share) == step
