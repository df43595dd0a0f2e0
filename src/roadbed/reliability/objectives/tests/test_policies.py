"""Budget policies in force: applied by admins, versioned, chosen for a service, named in each decision, shown."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from typer.testing import CliRunner

from roadbed.cli.client import ServerRefused
from roadbed.cli.main import app
from roadbed.cli.tests.test_ground_commands import Shell, roadbed
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound
from roadbed.ground.gates import usecases as gates
from roadbed.ground.gates.rules import Question, Reason, Subject
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.reliability.objectives import policies, shipped, usecases
from roadbed.reliability.objectives.gate import error_budget
from roadbed.reliability.objectives.models import BudgetPolicy
from roadbed.reliability.objectives.tests.conftest import HANNE, NOW, House, slo

__all__ = ["roadbed"]
pytestmark = pytest.mark.django_db(databases=["default", "samples"])
ADMIN = Caller(uid="p-ada", name="Ada Moreno", role="admin")
STRICT = """\
apiVersion: roadbed.dev/v1
kind: ErrorBudgetPolicy
metadata: {name: NAME, description: For what must not fail.}
spec:
  selector: {SELECTOR}
  rules:
    - {name: repairs, when: 'change.kind == "fix"', outcome: allow, says: "Repairs pass."}
    - {name: tier, when: 'service.tier == "1"', outcome: deny, says: "Tier {service.tier} waits."}
    - {name: low, when: budget.remaining < 0.5, outcome: deny, says: "{budget.remaining} is left.", clears: "Wait."}
    - {name: rest, when: "true", outcome: allow, says: "{budget.remaining} is left."}
"""


def text(name: str = "strict", selector: str = 'tiers: ["1"]') -> str:
    return STRICT.replace("NAME", name).replace("SELECTOR", selector)


def apply(held: str, *, why: str = "Agreed in the review of November.", caller: Caller = ADMIN) -> Any:
    return usecases.apply_policy(caller, text=held, why=why, now=NOW)


def ask(house: House, *, kind: str = "feature", **subject: Any) -> tuple[Reason, ...]:
    about = Subject(**({"owner": "team-payments"} | subject))
    return error_budget(Question(house.checkout, "checkout", "production", kind, subject=about), house.now)


@pytest.fixture
def burning(house: House) -> House:
    """Checkout with two fifths of its budget left."""
    usecases.apply(ROADBED, "checkout", text=slo(), now=NOW)
    house.deploy()
    house.edge.serve(good=100_000)
    house.tick()
    house.edge.serve(bad=60)
    house.tick()
    return house


def test_a_policy_is_chosen_by_the_narrowest_selector_and_named_with_its_version(burning: House):
    (default,) = ask(burning)
    assert (default.rule, default.outcome) == ("error-budget/1: budget-left", "allow")
    apply(text("owned", "owners: [team-payments]"))
    (owned,) = ask(burning)
    assert (owned.rule, owned.outcome) == ("owned/1: low", "deny")
    assert owned.text == "Requests answered: 40% is left."
    assert (owned.figures["policy"], owned.figures["policy_version"]) == ("owned", 1)
    assert owned.figures["policy_digest"] == policies.policy("owned").digest
    apply(text("labelled", "labels: {area: money}"))
    assert ask(burning, labels={"area": "money"})[0].rule == "labelled/1: low"
    apply(text("named", "services: [checkout]"))
    assert ask(burning, labels={"area": "money"})[0].rule == "named/1: low"
    (tier,) = ask(burning, tier="1", labels={"area": "money"})
    assert (tier.rule, tier.text, "objective" in tier.figures) == ("named/1: tier", "Tier 1 waits.", False)
    assert ask(burning, kind="fix")[0].text == "Repairs pass."


def test_a_gate_that_was_asked_without_the_catalogue_s_word_looks_it_up(burning: House):
    apply(text("owned", "owners: [team-payments]"))
    (found,) = error_budget(Question(burning.checkout, "checkout", "production", "feature"), burning.now)
    assert found.rule == "owned/1: low"


def test_a_missing_value_is_unknown_by_name_at_the_gate(house: House):
    apply(text("owned", "owners: [team-payments]"))
    usecases.apply(ROADBED, "checkout", text=slo(), now=NOW)
    house.tick()
    (found,) = ask(house)
    assert (found.rule, found.outcome) == ("owned/1: low", "unknown")
    assert "no data of budget.remaining" in found.text


def test_versions_stay_with_who_when_and_why(burning: House):
    first, changed = apply(text())
    assert (first.number, changed) == (1, True)
    again, changed = apply(text())
    assert (again.number, changed) == (1, False)
    second, _ = apply(text().replace("0.5", "0.6"), why="Half was too late.")
    assert (second.number, second.by, second.why) == (2, "Ada Moreno", "Half was too late.")
    assert [(one.number, one.current, one.ended_by) for one in policies.history("strict")] == [
        (2, True, ""),
        (1, False, "Ada Moreno"),
    ]
    assert "0.5" in policies.policy("strict", 1).text
    applied = Fact.objects.filter(kind="policy.applied").order_by("position")
    assert [(fact.data["version"], fact.data["replaces"], fact.actor_name) for fact in applied] == [
        (1, None, "Ada Moreno"),
        (2, 1, "Ada Moreno"),
    ]
    usecases.remove_policy(ADMIN, "strict", why="The pilot ended.", now=NOW + timedelta(days=1))
    assert Fact.objects.get(kind="policy.removed").data["why"] == "The pilot ended."
    assert [one.name for one in policies.policies()] == ["error-budget"]
    third, _ = apply(text())
    assert third.number == 3


def test_the_default_is_one_and_the_shipped_one_comes_back(burning: House):
    apply(text("error-budget", "default: true"))
    assert ask(burning)[0].rule == "error-budget/2: low"
    assert [(one.name, one.number) for one in policies.policies()] == [("error-budget", 2)]
    with pytest.raises(Conflict, match="error-budget is the default already"):
        apply(text("other", "default: true"))
    with pytest.raises(Invalid, match="name of the default"):
        apply(text("error-budget", "services: [checkout]"))
    usecases.remove_policy(ADMIN, "error-budget", why="Back to what ships.", now=NOW)
    assert ask(burning)[0].rule == "error-budget/1: budget-left"
    with pytest.raises(Conflict, match="ships"):
        usecases.remove_policy(ADMIN, "error-budget", why="Away.", now=NOW)
    unchanged, changed = apply(shipped.text())
    assert (unchanged.number, changed) == (1, False)


def test_only_admins_change_policies_and_what_is_wrong_changes_nothing(house: House):
    with pytest.raises(Forbidden):
        apply(text(), caller=HANNE)
    with pytest.raises(Invalid) as fault:
        apply(text().replace("budget.remaining < 0.5", "budget.left < 1"))
    assert (fault.value.place.file, fault.value.place.line) == ("policy.yaml", 9)
    assert "Did you mean" in fault.value.remedy
    with pytest.raises(Invalid, match="reason"):
        apply(text(), why=" ")
    with pytest.raises(Invalid, match="2 policies"):
        apply(text() + "---\n" + text("other"))
    with pytest.raises(NotFound):
        usecases.remove_policy(ADMIN, "nothing", why="It is not there.", now=NOW)
    assert not BudgetPolicy.objects.exists()
    assert not Fact.objects.filter(kind__startswith="policy.").exists()


def test_the_database_holds_one_current_version_and_one_default(house: House):
    apply(text("error-budget", "default: true"))
    row = BudgetPolicy.objects.get()
    for clash in ({"number": 2}, {"name": "other", "number": 9}):
        row.pk, row.name, row.number = None, clash.get("name", "strict-two"), clash["number"]
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_the_api_reads_and_the_admin_s_token_changes(house: House, web: Client):
    (one,) = web.get("/api/v1/budget-policies").json()["items"]
    assert (one["name"], one["applied_at"], one["rules"][0]["outcome"]) == ("error-budget", None, "allow")
    refused = web.post("/api/v1/budget-policies", {"text": text(), "why": "Why."}, content_type="application/json")
    assert refused.status_code == 403
    apply(text("owned", "owners: [team-payments]"))
    assert web.get("/api/v1/services/checkout/budget-policy").json()["name"] == "owned"
    assert web.get("/api/v1/budget-policies/owned?version=1").json()["selects"] == "services owned by team-payments"
    assert web.get("/api/v1/budget-policies/owned?version=7").status_code == 404
    assert [v["number"] for v in web.get("/api/v1/budget-policies/error-budget/versions").json()["items"]] == [1]
    assert web.delete("/api/v1/budget-policies/owned?why=No").status_code == 403


# Pages.


@pytest.fixture
def page(client: Client, house: House) -> Any:
    client.force_login(Person.objects.create(email="hanne@kestrel.example", name="Hanne Brandt", created_at=house.now))

    def read(address: str, status: int = 200) -> str:
        response = client.get(address)
        assert response.status_code == status
        return response.content.decode()

    return read


def test_the_pages_show_policies_versions_and_the_decisions_that_used_them(page: Any, burning: House):
    assert "error-budget" in page("/objectives/policies")
    assert "Appendix B" in page("/objectives/policies/error-budget")
    apply(text("owned", "owners: [team-payments]"))
    apply(text("owned", "owners: [team-payments]").replace("0.5", "0.45"))
    question = Question(burning.checkout, "checkout", "production", "feature", subject=Subject(owner="team-payments"))
    _, _, uid = gates.ask_and_keep(ROADBED, question, now=burning.now)
    html = page("/objectives/policies/owned")
    assert "budget.remaining &lt; 0.45" in html
    assert "owned/2: low" in html
    assert "decides no longer" in page("/objectives/policies/owned?version=1")
    page("/objectives/policies/owned?version=x", 422)
    page("/objectives/policies/nothing", 404)
    address = next(part for part in html.split('"') if uid in part)
    assert "/objectives/policies/owned?version=2" in page(address)


# Commands.


@pytest.mark.django_db(databases=["default", "samples"], transaction=True)
def test_the_commands_apply_show_and_remove(roadbed: Shell, tmp_path: Path):
    file = tmp_path / "strict.yaml"
    file.write_text(text("strict", "services: [checkout]"))
    assert "strict/1 decides from now on" in roadbed("slo", "policy", "apply", str(file), "--why", "Agreed.")
    assert "nothing changed" in roadbed("slo", "policy", "apply", str(file), "--why", "Agreed.")
    assert "services named checkout" in roadbed("slo", "policy", "list")
    assert "budget.remaining < 0.5" in roadbed("slo", "policy", "show", "strict")
    assert roadbed("slo", "policy", "show", "strict", "--text") == file.read_text()
    (version,) = roadbed.data("slo", "policy", "history", "strict")["items"]  # type: ignore[index]
    assert (version["number"], version["by"], version["why"]) == (1, "Mara", "Agreed.")
    assert "decides no longer" in roadbed("slo", "policy", "remove", "strict", "--why", "Over.")
    assert roadbed.code("slo", "policy", "show") == 2
    file.write_text(text().replace("name: low", "name: Low"))
    with pytest.raises(ServerRefused, match="no name"):
        roadbed("slo", "policy", "apply", str(file), "--why", "Agreed.")


def test_lint_is_offline_and_exits_with_1(tmp_path: Path):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(text())
    bad.write_text(text().replace("service.tier ==", "target <").replace("budget.remaining} is left", "left} is left"))
    run = CliRunner().invoke
    assert run(app, ["slo", "policy", "lint", str(good)]).exit_code == 0
    done = run(app, ["slo", "policy", "lint", str(good), str(bad), "--json"])
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert {(one["file"], one["rule"]) for one in found} == {(str(bad), "type"), (str(bad), "placeholder")}
    assert all(one["line"] and one["remedy"] for one in found)
    shown = run(app, ["slo", "policy", "lint", str(bad)])
    assert f"{bad}:" in shown.stdout
    assert "remedy" in shown.stdout
