"""What is wrong with rules that parse: types that do not fit, rules that nothing reaches, no answer for the rest.

CEL finds a type that does not fit when it meets it, and the library tells no types of a parsed condition. So each
condition is tried in many situations, always the same ones, out of the values that the policy itself compares with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.policy.conditions import Condition, Undecidable, Value
from roadbed.reliability.objectives.rules.policy.rules import Rule
from roadbed.reliability.objectives.rules.policy.variables import FLAG, NUMBER, TEXT, WHOLE, variable_of

RULES: Final = (
    ("encoding", "error", "A file that is not UTF-8 text."),
    ("yaml", "error", "A file that is not YAML."),
    ("file-size", "error", "A file over 64 KiB, or more rules than are read."),
    ("duplicate-key", "error", "A field that is given twice in one mapping."),
    ("empty", "error", "A file without a policy."),
    ("object", "error", "A policy that is no mapping."),
    ("unknown-field", "error", "A field that a policy has not, with the nearest that it has."),
    ("missing-field", "error", "A field that is needed and is missing or empty."),
    ("wrong-type", "error", "A field that holds a list where a text belongs, and the like."),
    ("unknown-value", "error or warning", ("A value that is none of those which the field can have; as a warning, a "
     "text that a variable never is.")),
    ("name", "error", "A name that is not made of lower-case letters, digits and hyphens."),
    ("duplicate-name", "error", "Two rules, or two policies of a file, of one name."),
    ("selector", "error", "A policy that is for nobody, or both the default and for some."),
    ("condition", "error", "A condition that is no CEL, or not of the part that is read."),
    ("condition-size", "error", "A condition over 500 characters."),
    ("unknown-variable", "error", "A variable that there is not, with the nearest that there is."),
    ("unknown-function", "error", "A call of anything but what a condition can call."),
    ("type", "error", ("A condition that compares a number with a text, gives neither true nor false, and the like. "
     "It is found by trying the condition in 160 situations.")),
    ("placeholder", "error", "A placeholder that stands for nothing, a brace alone, a text that is too long."),
    ("unreachable", "error", "A rule after one that always holds, or with the condition of an earlier one."),
    ("never", "error", "A rule that never holds, whatever comes."),
    ("always", "warning", "A rule that held in each situation that was tried, and does not say `true`."),
    ("no-last-rule", "error", "A policy whose last rule does not hold always, so that some changes get no answer."),
)  # fmt: skip
"""Name, severity and what it finds, for the reference; a test holds it against what is found."""

TRIED: Final = 160
_NUMBERS: Final = (-1.0, 0.0, 0.5, 1.0, 20.0)


def check_rules(rules: Sequence[Rule], findings: Findings, *, complete: bool) -> None:
    """Note what is wrong with the rules together; `complete` says that none was left out for a fault of its own."""
    draws = _draws()
    numbers, texts = _literals(rules)
    seen: dict[tuple[object, ...], str] = {}
    closed = ""
    for rule in rules:
        held, problem = _tried(rule.when, draws, numbers, texts)
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


def _tried(condition: Condition, draws: Iterator[int], numbers: list[float], texts: list[str]) -> tuple[int, str]:
    """In how many situations a condition holds, and why it cannot be evaluated in one where nothing is missing."""
    held = 0
    for _ in range(TRIED):
        paths = {*condition.paths, *condition.asked}
        values: dict[str, Value | None] = {path: _value(path, draws, numbers, texts) for path in sorted(paths)}
        for path in condition.asked:
            if path not in condition.paths and next(draws) % 2:
                values[path] = None
        try:
            held += condition.holds(values)
        except Undecidable as fault:
            if fault.problem:
                return held, fault.problem
    return held, ""


def _draws() -> Iterator[int]:
    """Whole numbers without an order that a condition could follow (Knuth's linear congruence, its upper half)."""
    state = 7
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state >> 33


def _value(path: str, draws: Iterator[int], numbers: list[float], texts: list[str]) -> Value:
    variable = variable_of(path)
    if variable.type == FLAG:
        return next(draws) % 2 == 0
    if variable.type == TEXT:
        known = [*variable.values, *texts]
        return known[next(draws) % len(known)]
    return numbers[next(draws) % len(numbers)]


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
