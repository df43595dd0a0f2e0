"""What a policy would have answered at the end of each minute; what it reads decides which minutes differ."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from roadbed.reliability.objectives.rules.policy.conditions import Token, Value
from roadbed.reliability.objectives.rules.policy.deciding import Change, Plan, decide, of_objective, values_of_question
from roadbed.reliability.objectives.rules.policy.documents import Service
from roadbed.reliability.objectives.rules.policy.facts import ObjectiveFacts
from roadbed.reliability.objectives.rules.policy.rules import Rule
from roadbed.reliability.objectives.rules.policy.variables import NUMBER, WHOLE, key_of, variable_of
from roadbed.reliability.objectives.rules.replay.judging import Past, Promise
from roadbed.reliability.objectives.rules.windows import minutes_of

_COMPARED: Final = frozenset({"<", "<=", ">", ">=", "==", "!="})
_RECKONED: Final = frozenset({"+", "-", "*"})

Answer = tuple[str, str]
"""Which rule answered, and what."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who would have asked, for what."""

    plan: Plan
    change: Change
    service: Service
    objectives: int = 1


def windows_read(plan: Plan) -> tuple[int, ...]:
    """The windows in minutes of which a policy reads the burn."""
    keys = (key_of(path) for path in plan.paths if path.startswith("burn["))
    return tuple(sorted({minutes for minutes in map(minutes_of, keys) if minutes is not None}))


def answers(asked: Asked, promise: Promise, past: Past) -> list[Answer]:
    """The answer at the end of each minute."""
    question = values_of_question(asked.change, asked.service, asked.objectives)
    early = decide(asked.plan.early, question)
    if early is not None:
        return [(early.rule, early.outcome)] * len(past.standing)
    rules = asked.plan.rest
    seen: dict[tuple[object, ...], Answer] = {}
    found = []
    read = sorted({path for rule in rules for path in (*rule.when.paths, *rule.when.asked)})
    keys = [_Key(path, rules) for path in read if variable_of(path).of_objective]
    for place in range(len(past.standing)):
        values = _values(promise, past, place)
        key = tuple(one.of(values.get(one.path)) for one in keys)
        known = seen.get(key)
        if known is None:
            decision = of_objective(asked.plan, {**question, **values})
            known = seen[key] = (decision.rule, decision.outcome)
        found.append(known)
    return found


def _values(promise: Promise, past: Past, place: int) -> Mapping[str, Value | None]:
    return _facts(promise, past, place).values()


def _facts(promise: Promise, past: Past, place: int) -> ObjectiveFacts:
    return ObjectiveFacts(
        name=promise.name,
        title=promise.name,
        target=promise.target.share,
        window=promise.window.name,
        window_minutes=past.elapsed[place],
        standing=past.standing[place],
        paging=bool(past.pages[place]),
        remaining=past.remaining[place],
        bad=past.bad[place],
        allowed=past.allowed[place],
        coverage=past.coverage[place],
        burns=((name, column[place]) for name, column in past.named_burns),
        top_line="",
        why="",
    )


class _Key:
    """What of a value an answer can depend on: where a number is only compared, between which of those it lies."""

    def __init__(self, path: str, rules: Sequence[Rule]) -> None:
        self.path = path
        self.edges = _edges(path, rules) if variable_of(path).type in (NUMBER, WHOLE) else None

    def of(self, value: Value | None) -> object:
        if self.edges is None or value is None or isinstance(value, str):
            return value
        at = bisect_left(self.edges, value)
        return (at, at < len(self.edges) and self.edges[at] == value)


def _edges(path: str, rules: Iterable[Rule]) -> list[float] | None:
    """The numbers that a path is compared with; None where it is also reckoned with, or its place is not plain."""
    edges: set[float] = set()
    for rule in rules:
        if path not in rule.when.paths:
            continue
        tokens, spelled = rule.when.tokens, _spelled(path)
        for place in range(len(tokens)):
            if [token.text.replace("'", '"') for token in tokens[place : place + len(spelled)]] != spelled:
                continue
            number = _compared(tokens, place, place + len(spelled))
            if number is None:
                return None
            edges.add(number)
    return sorted(edges)


def _spelled(path: str) -> list[str]:
    """The tokens of a path as a condition writes it."""
    parts = [part for piece in path.partition("[")[0].split(".") for part in (piece, ".")][:-1]
    return [*parts, "[", f'"{key_of(path)}"', "]"] if key_of(path) else parts


def _compared(tokens: Sequence[Token], first: int, after: int) -> float | None:
    """The number on the other side of a comparison; None where there is anything else."""

    def text(place: int) -> str:
        return tokens[place].text if 0 <= place < len(tokens) else ""

    if text(first - 1) == "(" and text(first - 2) == "has":
        return 0.0
    right = text(after) in _COMPARED and after + 1 < len(tokens) and tokens[after + 1].kind == "number"
    if right and text(after + 2) not in _RECKONED and text(first - 1) not in _RECKONED:
        return float(text(after + 1))
    return None
