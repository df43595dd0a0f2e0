"""What a policy decides: the first rule that holds answers, and one that cannot be told answers unknown by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from roadbed.reliability.objectives.rules.policy.conditions import Undecidable, Value, cel
from roadbed.reliability.objectives.rules.policy.documents import Policy, Service
from roadbed.reliability.objectives.rules.policy.rules import Rule
from roadbed.reliability.objectives.rules.policy.texts import filled
from roadbed.reliability.objectives.rules.policy.variables import key_of, shown

UNKNOWN: Final = "unknown"
NO_RULE: Final = "no-rule"
NO_OBJECTIVES: Final = "no-objectives"

Values = Mapping[str, Value | None]


class Decision(NamedTuple):
    """An answer: which rule gave it, and its words."""

    rule: str
    outcome: str
    text: str
    clears: str
    of_objective: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What goes out, and where."""

    kind: str
    environment: str = "production"
    declared: str = ""
    derived: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A policy as it is evaluated.

    Attributes:
        early: the rules of the question before the first one of an objective, and before one that counts objectives.
        rest: the others.
        paths: what the rules read of an objective.
    """

    policy: Policy
    version: int
    early: tuple[Rule, ...]
    rest: tuple[Rule, ...]
    paths: frozenset[str]

    @classmethod
    def of(cls, policy: Policy, version: int) -> Plan:
        """The plan of a policy in its version."""
        late = (place for place, rule in enumerate(policy.rules) if rule.of_objective or "objectives" in rule.paths)
        cut = next(late, len(policy.rules))
        rest = policy.rules[cut:]
        return cls(policy, version, policy.rules[:cut], rest, frozenset().union(*(rule.paths for rule in rest)))

    def named(self, rule: str) -> str:
        """A rule as a decision names it, with the version of the policy."""
        return f"{self.policy.name}/{self.version}: {rule}"


def values_of_question(change: Change, service: Service, objectives: int | None) -> dict[str, Value | None]:
    """What is known of the question, by path."""
    found: dict[str, Value | None] = {
        "change.kind": change.kind,
        "change.declared": change.declared,
        "change.derived": change.derived,
        "environment": change.environment or "production",
        "service.name": service.name,
        "service.owner": service.owner,
        "service.tier": service.tier,
        "service.lifecycle": service.lifecycle,
        "objectives": None if objectives is None else float(objectives),
    }
    return found | {f"service.labels[{name}]": value for name, value in (service.labels or {}).items()}


def decide(rules: Iterable[Rule], values: Values) -> Decision | None:
    """The answer of the first rule that holds, or of which nobody can tell whether it does; None where none holds."""
    held = list(rules)
    context = _context(held, values)
    for rule in held:
        found = answer(rule, context, values)
        if found is not None:
            return found
    return None


def answer(rule: Rule, context: Any, values: Values) -> Decision | None:
    """What one rule answers; None where it does not hold."""
    try:
        if not rule.when.holds_in(context, values):
            return None
    except Undecidable as fault:
        return _undecidable(rule, fault)
    text, clears = filled(rule.says, values), filled(rule.clears, values)
    return Decision(rule.name, rule.outcome, text, clears, rule.of_objective)


def _context(rules: Sequence[Rule], values: Values) -> Any:
    """The values that the rules read, once for all of them: making this costs more than evaluating."""
    given: dict[str, Value] = {}
    for rule in rules:
        for path, name in rule.when.paths.items():
            value = values.get(path)
            if value is not None:
                given[name] = value
        for path, name in rule.when.asked.items():
            given[name] = values.get(path) is not None
    return cel().Context(given)


def _undecidable(rule: Rule, fault: Undecidable) -> Decision:
    if fault.missing:
        what = f"no data of {shown(fault.missing)}"
        clears = (
            "Bring back its measurement." if not key_of(fault.missing) else "Bring it back, or ask with `in` first."
        )
        text = f"{what}, so nobody can tell whether `{rule.when.text}` holds."
        return Decision(rule.name, UNKNOWN, text, clears, rule.of_objective)
    text = f"`{rule.when.text}` cannot be evaluated: {fault.problem}."
    return Decision(rule.name, UNKNOWN, text, "Mend the policy: `roadbed slo policy lint FILE`.", rule.of_objective)


def without_objectives(plan: Plan, values: Values) -> Decision:
    """The answer for a service that has none: a rule of the question, else unknown by name."""
    found = decide((rule for rule in plan.rest if not rule.of_objective), values)
    if found is not None:
        return found
    text = f"{values['service.name']} has no objectives, and no rule answers for that."
    return Decision(NO_OBJECTIVES, UNKNOWN, text, "Add an slo.yaml to its repository, or `roadbed slo apply FILE`.")


def of_objective(plan: Plan, values: Values) -> Decision:
    """The answer for one objective."""
    found = decide(plan.rest, values)
    if found is not None:
        return found
    return Decision(NO_RULE, UNKNOWN, "no rule of the policy answers.", "End the policy with a rule that always holds.")
