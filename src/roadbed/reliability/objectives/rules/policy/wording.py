"""A condition as a sentence says it; what is no plain comparison stays as it was written, so that nothing is bent."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from roadbed.reliability.objectives.rules.policy.conditions import Condition, Token
from roadbed.reliability.objectives.rules.policy.variables import VARIABLES
from roadbed.reliability.objectives.rules.words import STANDING_WORDS, share

_NOUNS: Final = {
    "change.kind": "the change", "change.declared": "the declared kind", "change.derived": "the derived kind",
    "environment": "the environment", "service.name": "the service", "service.owner": "its team",
    "service.tier": "its tier", "service.lifecycle": "its lifecycle", "objectives": "the number of objectives",
    "objective.name": "the objective", "target": "the target", "window.name": "the window",
    "window.days": "the days of the window that have passed", "standing": "its state", "age": "the figures' age in s",
    "budget.remaining": "the budget left", "budget.spent": "the budget spent", "budget.bad": "the number of bad events",
    "budget.allowed": "the number of bad events allowed", "coverage": "the coverage",
}  # fmt: skip
_FLAGS: Final = {
    "paging": ("an alert pages", "no alert pages"),
    "unmeasured": ("nobody can say how it stands", "it can be said how it stands"),
    "evaluated": ("it was evaluated", "it was never evaluated"),
    "stale": ("its figures are older than two evaluations", "its figures are fresh"),
    "true": ("always", "never"), "false": ("never", "always"),
}  # fmt: skip
_HELD: Final = {
    "budget.remaining": "a budget", "budget.spent": "a budget", "coverage": "a coverage", "age": "an evaluation",
}  # fmt: skip
_SIGNS: Final = {
    "==": "is", "!=": "is not", "<": "is under", "<=": "is at most", ">": "is over", ">=": "is at least",
}  # fmt: skip


def in_words(condition: Condition) -> str:
    """Like: the change is fix or rollback, and the budget left is under 25%."""
    if len(condition.tokens) == 1:
        return _clause(condition.tokens) or condition.text
    for sign, word in (("||", ", or "), ("&&", ", and ")):
        parts = _split(condition.tokens, sign)
        if len(parts) > 1:
            clauses = [_clause(part) for part in parts]
            return condition.text if None in clauses else word.join(filter(None, clauses))
    return _clause(condition.tokens) or condition.text


def _split(tokens: Sequence[Token], sign: str) -> list[list[Token]]:
    """The tokens between signs outside of all brackets."""
    depth, number, numbered = 0, 0, []
    for token in tokens:
        depth += (token.text in "([") - (token.text in ")]") if token.kind == "sign" else 0
        if token.text == sign and not depth:
            number += 1
        else:
            numbered.append((number, token))
    return [[token for _, token in part] for _, part in groupby(numbered, key=lambda held: held[0])]


def _clause(tokens: Sequence[Token]) -> str | None:
    """One comparison, flag or question whether something is there; None where it is more than that."""
    texts = [token.text for token in tokens]
    no = texts[:1] == ["!"]
    if no:
        texts = texts[1:]
    if len(texts) == 1 and texts[0] in _FLAGS:
        return _FLAGS[texts[0]][no]
    if texts[:2] == ["has", "("] and texts[-1:] == [")"]:
        held = _HELD.get("".join(texts[2:-1]))
        return None if held is None else f"there is {'no ' + held.partition(' ')[2] if no else held}"
    return None if no else _compared(tokens)


def _compared(tokens: Sequence[Token]) -> str | None:
    at = next((place for place, token in enumerate(tokens) if token.text in (*_SIGNS, "in")), 0)
    path, rest = "".join(token.text for token in tokens[:at]), tokens[at + 1 :]
    noun = _noun(path)
    if not at or noun is None or not rest:
        return None
    if tokens[at].text == "in":
        inside = rest[1:-1]
        if rest[0].text != "[" or any(token.kind not in ("text", "number") and token.text != "," for token in inside):
            return None
        values = [_value(path, token) for token in inside if token.text != ","]
        return f"{noun} is {_either(values)}" if values else None
    if len(rest) != 1 or rest[0].kind not in ("text", "number"):
        return None
    return f"{noun} {_SIGNS[tokens[at].text]} {_value(path, rest[0])}"


def _noun(path: str) -> str | None:
    if path.startswith("burn[") and path.endswith("]"):
        return f"the burn over {path[5:-1].strip(chr(34) + chr(39))}"
    if path.startswith("service.labels[") and path.endswith("]"):
        return f"its label {path[15:-1].strip(chr(34) + chr(39))}"
    return _NOUNS.get(path)


def _value(path: str, token: Token) -> str:
    if token.kind == "text":
        text = token.text[1:-1]
        if path == "standing":
            return f"“{STANDING_WORDS.get(text, text).lower()}”"
        return text or "empty"
    known = VARIABLES.get(path)
    return share(float(token.text)) if known is not None and known.share else token.text


def _either(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"
