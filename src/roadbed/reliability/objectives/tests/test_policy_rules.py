"""Policies as rules: conditions that cannot run away, missing values that never pass in silence, faults with places."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.ground.gates.rules import CHANGE_KINDS, SEVERITY
from roadbed.reliability.objectives import shipped
from roadbed.reliability.objectives.rules.evaluation import LOW_BUDGET, STANDINGS
from roadbed.reliability.objectives.rules.policy.conditions import (
    CALLS,
    LONGEST,
    METHODS,
    ConditionError,
    Undecidable,
    condition_of,
)
from roadbed.reliability.objectives.rules.policy.deciding import (
    Change,
    Decision,
    Plan,
    decide,
    of_objective,
    values_of_question,
    without_objectives,
)
from roadbed.reliability.objectives.rules.policy.documents import (
    OUTCOMES,
    Policy,
    Selector,
    Service,
    read_policies,
    selector_as_data,
    selector_of_data,
)
from roadbed.reliability.objectives.rules.policy.facts import ObjectiveFacts
from roadbed.reliability.objectives.rules.policy.linting import RULES
from roadbed.reliability.objectives.rules.policy.texts import TextError, filled, parts_of
from roadbed.reliability.objectives.rules.policy.variables import KINDS, VARIABLES

HEAD = """\
apiVersion: roadbed.dev/v1
kind: ErrorBudgetPolicy
metadata:
  name: tier1-strict
spec:
  selector:
    tiers: ["1"]
  rules:
"""
LAST = '    - {name: rest, when: "true", outcome: allow, says: "fine"}\n'


def rule(when: str, *, name: str = "held", outcome: str = "deny", says: str = "held.") -> str:
    return f"    - name: {name}\n      when: {when}\n      outcome: {outcome}\n      says: {says!r}\n"


def policy(*rules: str, last: str = LAST) -> Policy:
    found, findings = read_policies(HEAD + "".join(rules) + last, file="p.yaml")
    assert found, [str(one) for one in findings]
    return found[0]


def faults(*rules: str, last: str = LAST, head: str = HEAD) -> list[tuple[int, str, str]]:
    found, findings = read_policies(head + "".join(rules) + last, file="p.yaml")
    assert found == () or all(one.severity == "warning" for one in findings)
    assert all(one.remedy for one in findings)
    return [(one.line, one.rule, one.severity) for one in findings]


def checkout(**more: Any) -> ObjectiveFacts:
    held: dict[str, Any] = {
        "name": "answered", "title": "Requests answered", "target": 0.999, "window": "30d", "window_minutes": 43200,
        "standing": "within", "paging": False, "remaining": 0.6, "bad": 4, "allowed": 10, "coverage": 1.0,
        "burns": (("5m", 0.0), ("1h", 2.5), ("6h", None)), "top_line": "All is well.", "why": "All is well.",
    }  # fmt: skip
    return ObjectiveFacts(**held | more)


def answer(held: Policy, facts: ObjectiveFacts, *, kind: str = "feature", service: Service | None = None) -> Decision:
    plan = Plan.of(held, 3)
    values = values_of_question(Change(kind), service or Service("checkout", "team-payments", "1"), 1)
    return decide(plan.early, values) or of_objective(plan, {**values, **facts.values()})


# Conditions.


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("budget.remaining < 0.75", True),
        ("budget.spent >= 0.4 && burn['1h'] > 2", True),
        ('burn["1h"] > 14.4 || paging', False),
        ('"6h" in burn', False),
        ('"1h" in burn && has(budget.remaining)', True),
        ('service.tier == "1" && service.name.startsWith("check")', True),
        ('change.kind in ["feature", "maintenance"]', True),
        ("target > 0.99 ? window.days > 7.0 : false", True),
        ('"area" in service.labels', False),
        ("objectives == 1 && size(objective.name) == 8", True),
        ("budget.bad * 2 < budget.allowed && 1 - budget.spent > 0.5", True),
    ],
)
def test_a_condition_is_cel_over_the_variables_of_the_reference(when: str, holds: Any):
    assert answer(policy(rule(f"'{when.replace(chr(39), chr(39) * 2)}'")), checkout()).rule == (
        "held" if holds else "rest"
    )


def test_a_missing_value_makes_the_answer_unknown_by_name_and_never_a_silent_yes():
    held = policy(rule("budget.remaining > 0.0", outcome="allow"), rule('burn["6h"] > 1.0', name="six-hours"))
    found = answer(held, checkout(remaining=None))
    assert (found.rule, found.outcome) == ("held", "unknown")
    assert "no data of budget.remaining" in found.text
    found = answer(held, checkout(remaining=-1.0))
    assert (found.rule, found.outcome) == ("six-hours", "unknown")
    assert 'no data of burn["6h"]' in found.text


@given(operator=st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), number=st.floats(-3, 3))
def test_no_comparison_with_a_missing_value_is_yes_or_no(operator: str, number: float):
    condition = condition_of(f"budget.remaining {operator} {abs(number):.3f}")
    with pytest.raises(Undecidable) as said:
        condition.holds({"budget.remaining": None})
    assert said.value.missing == "budget.remaining"


@given(left=st.booleans() | st.none(), right=st.booleans() | st.none())
def test_and_and_or_hang_on_a_missing_value_only_where_it_decides(left: Any, right: Any):
    values = {"paging": left, "stale": right}
    for sign, deciding in (("&&", False), ("||", True)):
        expected = deciding if deciding in (left, right) else None if None in (left, right) else not deciding
        try:
            found: bool | None = condition_of(f"paging {sign} stale").holds(values)
        except Undecidable:
            found = None
        assert found is expected


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("budget.remaning < 1", "Did you mean budget.remaining?"),
        ("[1, 2, 3].all(x, x > 0)", "all"),
        ('service.name.matches("(a+)+$")', "matches"),
        ("{1: 2}.size() > 0", "{1: 2}.siz"),
        ("burn > 1", 'burn["1h"]'),
        ('burn["soon"] > 1', "no window"),
        ("paging[0]", "nothing inside"),
        ("1 +", "the end"),
        ("title == 'x'", "no variable title"),
        ("", "empty"),
        ("true || " * 100 + "true", "500 are read"),
        ('has("x")', "no variable"),
        ("r'a' == 'a'", "no variable r"),
    ],
)
def test_what_is_no_condition_is_refused_with_a_remedy(when: str, said: str):
    with pytest.raises(ConditionError) as fault:
        condition_of(when)
    assert said in f"{fault.value} {fault.value.remedy}"


PIECES = [
    *[path for path, one in VARIABLES.items() if not (one.keyed or one.in_texts)], 'burn["1h"]', '"1h" in burn',
    "has(coverage)", "(", ")", "[", "]", ",", "?", ":", "!", "-", "+", "*", "<", "==", "&&", "||", "in",
    "1", "0.5", '"a"', "'b'", "true", "null", *[f"{name}(" for name in CALLS], *[f".{name}(" for name in METHODS],
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=80).map(" ".join))
def test_no_condition_that_can_be_written_runs_long_or_breaks_the_reader(text: str):
    began = time.process_time()
    try:
        condition = condition_of(text)
        condition.holds(checkout().values())
    except (ConditionError, Undecidable):
        pass
    assert time.process_time() - began < 0.25


@pytest.mark.parametrize("text", ["(" * 245 + "true" + ")" * 245, "[1," * 120 + "1" + "]" * 120, "!" * 490 + "paging"])
def test_a_condition_nested_as_deep_as_its_size_allows_ends_at_once(text: str):
    assert len(text) <= LONGEST
    began = time.process_time()
    with contextlib.suppress(ConditionError, Undecidable):
        condition_of(text).holds({"paging": True})
    assert time.process_time() - began < 0.25


def test_a_compiled_policy_answers_in_several_threads_at_once():
    held, wrong = policy(rule("budget.remaining < 0.5")), []

    def ask(remaining: float) -> None:
        for _ in range(300):
            found = answer(held, checkout(remaining=remaining))
            if found.rule != ("held" if remaining < 0.5 else "rest"):
                wrong.append(found)

    threads = [threading.Thread(target=ask, args=(left,)) for left in (0.1, 0.9, 0.4, 0.6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# Texts.


def test_texts_say_figures_as_people_read_them_and_no_data_where_there_is_none():
    parts = parts_of('{budget.remaining} left, {burn["1h"]} and {burn[6h]}, {window.days} days of {target}, {paging}')
    assert filled(parts, checkout().values()) == "60% left, 2.5 and no data, 30 days of 99.9%, no"


@pytest.mark.parametrize("text", ["{budget.left}", "{", "}", "{burn}", "{paging[1h]}", "x" * 401])
def test_a_placeholder_that_stands_for_nothing_is_refused(text: str):
    with pytest.raises(TextError):
        parts_of(text)


# Documents.


def test_the_lint_names_each_fault_with_its_line():
    assert faults(rule("budget.left < 1")) == [(10, "unknown-variable", "error")]
    assert faults(rule("budget.remaining < 'x'")) == [(10, "type", "error")]
    assert faults(rule("paging && target > 'x'")) == [(10, "type", "error")]
    assert faults(rule("target + 1.0")) == [(10, "type", "error")]
    assert faults(rule('"true"', name="all")) == [(13, "unreachable", "error")]
    assert faults(rule("paging"), rule("paging", name="again")) == [(14, "unreachable", "error")]
    assert faults(rule("1 > 2")) == [(10, "never", "error")]
    assert faults(rule("paging"), last="") == [(10, "no-last-rule", "error")]
    assert faults(rule("paging", says="{budget.lft} left")) == [(12, "placeholder", "error")]
    assert faults(rule("paging", outcome="refuse")) == [(11, "unknown-value", "error")]
    assert faults(rule("paging", name="Big One")) == [(9, "name", "error")]
    assert faults(rule("paging"), rule("stale")) == [(13, "duplicate-name", "error")]
    assert faults("    - {name: a, when: paging, outcome: deny, says: x, severity: 1}\n") == [
        (9, "unknown-field", "error")
    ]
    assert faults(rule('standing == "spnt"')) == [(10, "unknown-value", "warning")]
    assert faults(rule("target > 0.5 || target <= 0.5", outcome="warn")) == [(10, "always", "warning")]
    assert faults(rule("paging: x"))[0][1] == "yaml"
    assert faults(head=HEAD.replace('tiers: ["1"]', "default: false")) == [(6, "selector", "error")]
    assert faults(head=HEAD.replace("tier1-strict", "Tier_1")) == [(4, "name", "error")]
    assert faults(head=HEAD.replace("roadbed.dev/v1", "v2")) == [(1, "unknown-value", "error")]
    assert read_policies("", file="p.yaml")[1][0].rule == "empty"
    assert read_policies("- 1\n", file="p.yaml")[1][0].rule == "object"
    assert read_policies("x" * 70_000, file="p.yaml")[1][0].rule == "file-size"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([*HEAD.splitlines(), *rule("paging").splitlines(), *LAST.splitlines(), "  a: [b", "- x"]))
)
def test_no_arrangement_of_lines_breaks_the_reader(lines: list[str]):
    found, findings = read_policies("\n".join(lines), file="p.yaml")
    assert found or findings


SELECTORS = st.builds(
    Selector,
    services=st.lists(st.sampled_from(["checkout", "parcels"]), unique=True).map(tuple),
    owners=st.lists(st.sampled_from(["team-payments", "team-routing"]), unique=True).map(tuple),
    tiers=st.lists(st.sampled_from(["1", "2"]), unique=True).map(tuple),
    labels=st.dictionaries(st.sampled_from(["area", "pci"]), st.sampled_from(["a", "b"])).map(
        lambda held: tuple(sorted(held.items()))
    ),
)


@given(one=SELECTORS, tier=st.sampled_from(["", "1", "2"]), area=st.sampled_from(["", "a", "b"]))
def test_a_selector_fits_where_all_that_it_names_does_and_survives_being_kept(one: Selector, tier: str, area: str):
    service = Service("checkout", "team-payments", tier, labels={"area": area} if area else {})
    expected = (
        (not one.services or "checkout" in one.services)
        and (not one.owners or "team-payments" in one.owners)
        and (not one.tiers or tier in one.tiers)
        and all((service.labels or {}).get(name) == value for name, value in one.labels)
    )
    assert one.fits(service) is expected
    assert selector_of_data(selector_as_data(one)) == one


# The policy that ships.


@pytest.mark.parametrize(
    ("facts", "kind", "rule", "outcome"),
    [
        ({"standing": "spent", "remaining": -0.2}, "feature", "budget-spent", "deny"),
        ({"standing": "spent", "remaining": -0.2}, "maintenance", "budget-spent", "deny"),
        ({"standing": "spent", "remaining": -0.2}, "fix", "repairs", "allow"),
        ({"standing": "spent", "remaining": -0.2}, "security", "repairs", "allow"),
        ({"standing": "burning", "paging": True}, "feature", "paging-burn", "deny"),
        ({"standing": "burning", "paging": True}, "rollback", "repairs", "allow"),
        ({"standing": "at-risk", "remaining": 0.2}, "feature", "low-budget", "warn"),
        ({"standing": "within", "remaining": 0.25}, "feature", "budget-left", "allow"),
        ({"standing": "idle", "remaining": None}, "feature", "idle", "allow"),
        ({"standing": "unmeasured"}, "feature", "no-data", "unknown"),
        ({"standing": "broken"}, "feature", "no-data", "unknown"),
        ({"standing": "within", "remaining": None}, "feature", "no-data", "unknown"),
        ({"standing": "spent", "remaining": -1.0, "stale": True, "age": 300.0}, "feature", "stale", "unknown"),
        ({"age": None, "stale": True}, "feature", "not-evaluated", "unknown"),
    ],
)
def test_the_shipped_policy_answers_as_the_workbook_s_example_does(
    facts: dict[str, Any], kind: str, rule: str, outcome: str
):
    found = answer(shipped.plan().policy, checkout(**facts), kind=kind)
    assert (found.rule, found.outcome) == (rule, outcome)


@given(
    standing=st.sampled_from(STANDINGS),
    paging=st.booleans(),
    stale=st.booleans(),
    age=st.none() | st.floats(0, 1e6),
    remaining=st.none() | st.floats(-100, 1),
    kind=st.sampled_from(CHANGE_KINDS),
    coverage=st.none() | st.floats(0, 1),
)
def test_the_shipped_policy_always_answers_and_holds_no_repair_up(kind: str, **facts: Any):
    found = answer(shipped.plan().policy, checkout(**facts), kind=kind)
    assert found.outcome in SEVERITY
    assert found.text
    assert "{" not in found.text
    if kind in ("fix", "reliability", "security", "rollback"):
        assert found.outcome == "allow"
    elif facts["stale"] or facts["age"] is None or facts["standing"] in ("unmeasured", "broken"):
        assert found.outcome in ("unknown", "deny")


def test_a_service_without_objectives_gets_unknown_whatever_the_policy_forgets():
    values = values_of_question(Change("feature"), Service("checkout"), 0)
    assert without_objectives(shipped.plan(), values)[:2] == ("no-objectives", "unknown")
    last = LAST.replace("true", "target > 0.0") + LAST.replace("rest", "end").replace("fine", "{target}")
    found = without_objectives(Plan.of(policy(rule("paging"), last=last), 1), values)
    assert found[:2] == ("no-objectives", "unknown")


def test_the_lists_that_policies_repeat_are_the_ones_of_gates_and_objectives():
    assert set(KINDS) == set(CHANGE_KINDS)
    assert set(OUTCOMES) == set(SEVERITY)
    assert f"budget.remaining < {LOW_BUDGET}" in shipped.text()


# The reference.

BROKEN = {
    "yaml": HEAD + "  - {a",
    "file-size": "x" * 70_000,
    "duplicate-key": HEAD + rule("paging") + LAST + "apiVersion: roadbed.dev/v1\n",
    "empty": "",
    "object": "- 1\n",
    "unknown-field": HEAD + LAST + "notes: x\n",
    "missing-field": HEAD + "    - {name: a}\n" + LAST,
    "wrong-type": HEAD.replace("tier1-strict", "[a]") + LAST,
    "unknown-value": HEAD.replace("roadbed.dev/v1", "v2") + LAST,
    "name": HEAD.replace("tier1-strict", "Tier_1") + LAST,
    "duplicate-name": HEAD + rule("paging") + rule("stale") + LAST,
    "selector": HEAD.replace('tiers: ["1"]', "default: false") + LAST,
    "condition": HEAD + rule("paging &&") + LAST,
    "condition-size": HEAD + rule("paging || " * 60 + "stale") + LAST,
    "unknown-variable": HEAD + rule("budget.left < 1") + LAST,
    "unknown-function": HEAD + rule("service.name.matches('a')") + LAST,
    "type": HEAD + rule("target < 'x'") + LAST,
    "placeholder": HEAD + rule("paging", says="{x}") + LAST,
    "unreachable": HEAD + rule("paging") + rule("paging", name="again") + LAST,
    "never": HEAD + rule("1 > 2") + LAST,
    "always": HEAD + rule("target > 0.5 || target <= 0.5") + LAST,
    "no-last-rule": HEAD + rule("paging"),
}


@pytest.mark.parametrize("name", [name for name, _, _ in RULES if name != "encoding"])
def test_each_rule_of_the_reference_is_found_where_it_is_broken(name: str):
    _, findings = read_policies(BROKEN[name], file="p.yaml")
    (found, *_) = [one for one in findings if one.rule == name]
    severities = {held: severity for held, severity, _ in RULES}
    assert found.severity in severities[name]
    assert found.line >= 1
    assert found.text.endswith(".")
    assert found.remedy
    assert {one.rule for one in findings} <= severities.keys()


def test_the_policy_of_the_how_to_is_without_fault():
    page = (Path(__file__).parents[5] / "docs" / "how-to" / "write-a-budget-policy.md").read_text()
    document = page.split("```yaml\n")[1].split("```")[0]
    found, findings = read_policies(document, file="how-to")
    assert findings == ()
    assert [rule.name for rule in found[0].rules][-1] == "rest"
