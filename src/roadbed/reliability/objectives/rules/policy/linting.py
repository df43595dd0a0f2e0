"""What is wrong with rules that parse: types that do not fit, rules that nothing reaches, no answer for the rest.

CEL finds a type that does not fit when it meets it, and the library tells no types of a parsed condition. So each
condition is tried in many situations, drawn from a fixed seed out of the values that the policy itself compares with.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.policy.conditions import Condition, Undecidable, Value
from roadbed.reliability.objectives.rules.policy.rules import Rule
from roadbed.reliability.objectives.rules.policy.variables import FLAG, NUMBER, TEXT, WHOLE, variable_of

TRIED: Final = 160
_NUMBERS: Final = (-1.0, 0.0, 0.5, 1.0, 20.0)


def check_rules(rules: Sequence[Rule], findings: Findings, *, complete: bool) -> None:
    """Note what is wrong with the rules together; `complete` says that none was left out for a fault of its own."""
    chance = random.Random(7)  # noqa: S311 - situations to try, the same ones each time
    numbers, texts = _literals(rules)
    seen: dict[tuple[object, ...], str] = {}
    closed = ""
    for rule in rules:
        held, problem = _tried(rule.when, chance, numbers, texts)
        if problem:
            _error(findings, rule, "type", f"`{rule.when.text}` cannot be evaluated: {problem}.",
                   "Compare numbers with numbers, texts with quoted texts, and give true or false.")  # fmt: skip
        if closed:
            _error(findings, rule, "unreachable", f"No change reaches {rule.name}: {closed} holds always.",
                   f"Put it before {closed}, or take it out.")  # fmt: skip
        elif rule.when.tokens in seen:
            text = f"No change reaches {rule.name}: {seen[rule.when.tokens]} has the same condition."
            _error(findings, rule, "unreachable", text, "Take one of them out.")
        seen.setdefault(rule.when.tokens, rule.name)
        constant = not rule.when.paths and not rule.when.asked
        if constant and held == 0 and not problem:
            _error(findings, rule, "never", f"{rule.name} never holds.", "Take it out, or mend its condition.")
        if constant and held == TRIED:
            closed = closed or rule.name
        elif held == TRIED and not constant:
            _warn(findings, rule, "always", f"{rule.name} held in each of {TRIED} situations that were tried.",
                  "If it is for all the rest, write `true`.")  # fmt: skip
        _unknown_values(rule, findings)
    if rules and complete and not closed:
        _error(findings, rules[-1], "no-last-rule", "No last rule answers for all the rest.",
               "End with a rule whose `when` is `true`.")  # fmt: skip


def _error(findings: Findings, rule: Rule, name: str, text: str, remedy: str) -> None:
    findings.error(rule.line, name, text, remedy, column=rule.column)


def _warn(findings: Findings, rule: Rule, name: str, text: str, remedy: str) -> None:
    findings.warn(rule.line, name, text, remedy, column=rule.column)


def _literals(rules: Sequence[Rule]) -> tuple[list[float], list[str]]:
    tokens = [token for rule in rules for token in rule.when.tokens]
    numbers = {float(token.text) + shift for token in tokens if token.kind == "number" for shift in (-0.01, 0, 0.01)}
    texts = {token.text[1:-1] for token in tokens if token.kind == "text"}
    return [*_NUMBERS, *sorted(numbers)], ["", *sorted(texts)]


def _tried(condition: Condition, chance: random.Random, numbers: list[float], texts: list[str]) -> tuple[int, str]:
    """In how many situations a condition holds, and why it cannot be evaluated in one where nothing is missing."""
    held = 0
    for _ in range(TRIED):
        paths = {*condition.paths, *condition.asked}
        values: dict[str, Value | None] = {path: _value(path, chance, numbers, texts) for path in sorted(paths)}
        for path in condition.asked:
            if path not in condition.paths and chance.random() < 0.5:  # noqa: PLR2004 - it is there or it is not
                values[path] = None
        try:
            held += condition.holds(values)
        except Undecidable as fault:
            if fault.problem:
                return held, fault.problem
    return held, ""


def _value(path: str, chance: random.Random, numbers: list[float], texts: list[str]) -> Value:
    variable = variable_of(path)
    if variable.type == FLAG:
        return chance.random() < 0.5  # noqa: PLR2004 - yes or no
    if variable.type == TEXT:
        return chance.choice([*variable.values, *texts])
    return chance.choice(numbers)


def _unknown_values(rule: Rule, findings: Findings) -> None:
    """A text that a variable is compared with and cannot be."""
    tokens = rule.when.tokens
    for path in rule.when.paths:
        variable = variable_of(path)
        if variable.type in (FLAG, NUMBER, WHOLE) or not variable.values:
            continue
        for place, token in enumerate(tokens):
            name = path.split(".")[-1]
            if token.text != name or place + 2 >= len(tokens):
                continue
            for text in _compared(tokens[place + 1 :]):
                if text not in variable.values:
                    _warn(findings, rule, "unknown-value", f"{path} is never {text!r}.",
                          f"It is one of {', '.join(variable.values)}.")  # fmt: skip


def _compared(after: Sequence[tuple[str, str]]) -> list[str]:
    if after[0][1] in ("==", "!=") and after[1][0] == "text":
        return [after[1][1][1:-1]]
    if after[0][1] == "in" and after[1][1] == "[":
        found = []
        for kind, text in after[2:]:
            if text == "]":
                break
            found += [text[1:-1]] if kind == "text" else []
        return found
    return []
