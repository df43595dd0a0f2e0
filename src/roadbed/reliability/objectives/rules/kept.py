"""What is kept of an evaluation: exact counts and what they are judged by, from which every figure follows again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Final

from roadbed.reliability.objectives.rules.budget import Budget, budget
from roadbed.reliability.objectives.rules.burn import burn
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.evaluation import Evaluation, Question, Sliced, evaluate
from roadbed.reliability.objectives.rules.slices import of_minutes
from roadbed.reliability.objectives.rules.tables import table_of
from roadbed.reliability.objectives.rules.targets import Target

_WINDOW: Final = f"[{','.join(['%d'] * len(Counts._fields))}]"


@lru_cache(maxsize=64)
def _windows(number: int) -> str:
    return ",".join([_WINDOW] * number)


@dataclass(frozen=True, slots=True)
class Raw:
    """An objective's whole window as it was counted, with the time that is excluded from its promise."""

    counts: Counts
    budget: Budget


@dataclass(frozen=True, slots=True)
class Kept:
    """An evaluation as it was kept.

    Attributes:
        span: the window in words where its length in minutes does not say it; empty else.
        raw: the period without exclusions; None where nothing is excluded.
        returns_after: minutes until a spent budget is above zero again; None where it is not spent.
        problem: why it is not counted now; empty when it is.
    """

    evaluation: Evaluation
    asked: Question
    span: str
    raw: Raw | None
    returns_after: int | None
    problem: str


def text_of(
    windows: Mapping[int, Counts],
    asked: Question,
    *,
    minute_slices: bool = False,
    span: str = "",
    raw: Counts | None = None,
    returns_after: int | None = None,
    problem: str = "",
) -> str:
    """The text to keep. Written by hand, for it is written for every objective every ten seconds."""
    held = _windows(len(windows)) % tuple(chain.from_iterable(windows.values()))
    text = f"{_asked(asked)}{held}]"
    usual = asked.table.name == "roadbed" and returns_after is None and raw is None
    if usual and not (minute_slices or span or problem):
        return f"{text}}}"
    rest = {
        "table": asked.table.name if asked.table.name != "roadbed" else None,
        "slices": minute_slices or None,
        "span": span or None,
        "raw": raw,
        "returns": returns_after,
        "problem": problem or None,
    }
    more = {name: value for name, value in rest.items() if value is not None}
    return f"{text},{json.dumps(more)[1:]}"


@lru_cache(maxsize=256)
def _asked(asked: Question) -> str:
    return (
        f'{{"target":[{asked.target.good},{asked.target.of}],"period":{asked.period},"length":{asked.length},'
        f'"now":{int(asked.measured_now)},"windows":['
    )


def kept_of(text: str) -> Kept | None:
    """The evaluation of such a text; None of an empty one."""
    if not text:
        return None
    data = json.loads(text)
    windows = {row[0]: Counts(*row) for row in data["windows"]}
    asked = Question(
        Target(*data["target"]),
        data["period"],
        data["length"],
        measured_now=bool(data["now"]),
        table=table_of(data.get("table", "roadbed")),
    )
    raw = data.get("raw")
    return Kept(
        evaluation=evaluate(windows, asked, sliced=sliced_of(windows, asked, minute_slices=data.get("slices", False))),
        asked=asked,
        span=data.get("span", ""),
        raw=None if raw is None else _raw(Counts(*raw), asked, minute_slices=data.get("slices", False)),
        returns_after=data.get("returns"),
        problem=data.get("problem", ""),
    )


def burn_kept(text: str, minutes: int) -> float | None:
    """The burn over one of its windows alone, a tenth of the work of reading all; None where there is none."""
    if not text:
        return None
    data = json.loads(text)
    row = next((row for row in data["windows"] if row[0] == minutes), None)
    if row is None:
        return None
    if data.get("slices"):
        held = kept_of(text)
        return held.evaluation.burns.get(minutes) if held else None
    return burn(Counts(*row), Target(*data["target"]))


def _raw(counts: Counts, asked: Question, *, minute_slices: bool) -> Raw:
    sliced = sliced_of({asked.period: counts}, asked, minute_slices=minute_slices)
    return Raw(counts, budget(counts if sliced is None else sliced.budget, asked.target))


def sliced_of(windows: Mapping[int, Counts], asked: Question, *, minute_slices: bool) -> Sliced | None:
    """The slices of a budget of minutes; None where the budget is one of events."""
    return of_minutes(windows, period=asked.period, length=asked.length) if minute_slices else None


def period_of(text: str) -> tuple[Counts, bool] | None:
    """The counts of the whole window of such a text, and whether its budget is one of time; nothing else is read."""
    if not text:
        return None
    data = json.loads(text)
    row = next(row for row in data["windows"] if row[0] == data["period"])
    return Counts(*row), bool(data.get("slices") or data.get("sliced"))
