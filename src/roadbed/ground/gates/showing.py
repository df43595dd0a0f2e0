"""A decision of the gate as its page says it: the answer in words, each rule with its figures, what clears it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from roadbed.ground.gates.queries import Decision
from roadbed.ground.shell.components import Badge, Reason, State, Verdict

OUTCOMES: Final[Mapping[str, tuple[State, str]]] = {
    "allow": ("good", "Passes"),
    "warn": ("warn", "Warns"),
    "deny": ("bad", "Refuses"),
    "unknown": ("unknown", "Unknown"),
}
RULES: Final = {
    "error-budget": "The error budget",
    "freeze": "Freezes",
    "kind-of-change": "The kind of change is disputed",
    "override": "Overridden",
    "rollback-exempt": "A rollback is never refused",
    "no-gates": "No gate is registered",
}
ORDER: Final = {"deny": 0, "unknown": 1, "warn": 2, "allow": 3}

_links: list[Callable[[Mapping[str, Any]], str]] = []


def link_rules(address: Callable[[Mapping[str, Any]], str]) -> None:
    """Let a room say where its rules can be read: the address for a reason as JSON, empty where it is another's."""
    if address not in _links:
        _links.append(address)


def badge(decision: Decision) -> Badge:
    """The answer in a list."""
    if decision.overridden:
        return Badge("warn", "Overridden")
    if decision.outcome == "unknown":
        return Badge("unknown", "Unknown, passed" if decision.passes else "Unknown, refused")
    state = OUTCOMES[decision.outcome][0] if decision.outcome in OUTCOMES else "unknown"
    return Badge(state, {"good": "Allowed", "warn": "Warned", "bad": "Refused"}.get(state, "Unknown"))


def subject(decision: Decision) -> str:
    """What was asked about, in a few signs."""
    return decision.commit[:8] or f"a {decision.kind} change"


def verdict(decision: Decision) -> Verdict:
    """The whole answer."""
    reasons = sorted(decision.data.get("reasons", ()), key=lambda one: ORDER.get(one.get("outcome"), 1))
    against = sum(one.get("outcome") == "deny" for one in reasons)
    shown = tuple(_reason(one) for one in reasons)
    what = subject(decision)
    kind = f"It is judged as {decision.kind}. "
    if decision.overridden:
        return Verdict("warn", f"Yes, overridden. {what} may go out", kind + _refusing(against, len(shown)), shown)
    if decision.passes:
        state = OUTCOMES.get(decision.outcome, OUTCOMES["unknown"])[0]
        word = {"good": "Yes", "warn": "Yes, with a warning"}.get(state, "Nobody can tell, and it passes")
        return Verdict(state, f"{word}. {what} may go out", kind.strip(), shown)
    state = "bad" if decision.outcome == "deny" else "unknown"
    word = "No" if state == "bad" else "Nobody can tell, so no"
    return Verdict(state, f"{word}. {what} is refused", kind + _refusing(against, len(shown)), shown)


def _refusing(against: int, whole: int) -> str:
    return f"{against} of {whole} {'rule' if whole == 1 else 'rules'} {'refuses' if against == 1 else 'refuse'} it."


def _reason(data: Mapping[str, Any]) -> Reason:
    state, word = OUTCOMES.get(str(data.get("outcome")), OUTCOMES["unknown"])
    rule = str(data.get("rule", ""))
    title = RULES.get(rule.partition("/")[0], rule.partition("/")[0].replace("-", " ").capitalize())
    url = next(filter(None, (address(data) for address in _links)), "")
    return Reason(Badge(state, word), title, str(data.get("text", "")), str(data.get("clears", "")), rule, url)
