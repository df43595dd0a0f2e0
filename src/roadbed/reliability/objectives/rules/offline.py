"""Evaluating definitions over recorded minutes, without a server: the same arithmetic on a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from roadbed.ground.errors import Invalid, Place
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.evaluation import evaluate, needed_windows
from roadbed.reliability.objectives.rules.figures import figures_of
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.rules.openslo.reading import Definition
from roadbed.reliability.objectives.rules.targets import Target

EXAMPLE = '{"timestamp": "2026-11-23T09:00:00Z", "good": 99, "total": 100}'


@dataclass(frozen=True, slots=True)
class Outcome:
    """One objective evaluated; `data` is what `--json` prints."""

    name: str
    top_line: str
    data: Mapping[str, Any]


def minutes_of_lines(lines: Iterable[str], *, file: str, loads: Callable[[str], Any]) -> dict[int, tuple[int, int]]:
    """(good, total) by minute; several lines of one minute are added up.

    Raises:
        Invalid: naming every line that cannot be read.
    """
    minutes: dict[int, tuple[int, int]] = {}
    faults: list[Invalid] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            minute, good, total = _line(loads(line))
        except (ValueError, TypeError, KeyError, OverflowError) as fault:
            why = f"Line {number} is no sample: {fault}."
            faults.append(Invalid(why, remedy=f"Write it like {EXAMPLE}.", place=Place(file=file, line=number)))
            continue
        before = minutes.get(minute, (0, 0))
        minutes[minute] = (before[0] + good, before[1] + total)
    if faults:
        first, rest = faults[0], tuple(faults[1:20])
        raise Invalid(first.detail, remedy=first.remedy, place=first.place, others=rest)
    return minutes


def _line(held: Any) -> tuple[int, int, int]:
    if not isinstance(held, dict):
        raise TypeError("it is no object")
    counts = []
    for name in ("good", "total"):
        value = held[name]
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ValueError(f"{name} is {value!r}, and not a count")
        counts.append(value)
    return minute_of(read_instant(str(held["timestamp"]))), counts[0], counts[1]


def read_instant(text: str) -> datetime:
    """An ISO 8601 instant; one without a zone is taken as UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def assess(
    definitions: Iterable[Definition], minutes: Mapping[int, tuple[int, int]], *, at: str, file: str
) -> tuple[Outcome, ...]:
    """Evaluate definitions as of an instant, or of the last minute there is."""
    if not minutes and not at:
        raise Invalid("There are no samples.", remedy=f"Each line is like {EXAMPLE}.", place=Place(file=file))
    try:
        # An instant names the minutes before it: at 09:05:00 the last whole one is 09:04.
        end = minute_of(read_instant(at)) - 1 if at else max(minutes)
    except ValueError:
        raise Invalid(
            f"{at!r} is no instant.", remedy="Write it like 2026-11-23T09:00:00Z.", place=Place(field="at")
        ) from None
    return tuple(_assessed(one, minutes, end) for one in definitions)


def _assessed(definition: Definition, minutes: Mapping[int, tuple[int, int]], end: int) -> Outcome:
    target = Target.exactly(definition.target)
    history = History(target)
    for minute, (good, total) in minutes.items():
        if minute <= end:
            history.count(minute, good=good, total=total)
    period = definition.window_minutes
    windows = {length: history.counts(end, length) for length in needed_windows(period)}
    evaluation = evaluate(windows, target, period=period, measured_now=end in history.own)
    figures = figures_of(evaluation)
    data = {
        "objective": definition.name,
        "target": str(definition.target),
        "period": {"start": _iso(end - period + 1), "end": _iso(end + 1)},
        "standing": evaluation.standing,
        "remaining": evaluation.budget.remaining,
        "burn": evaluation.burns[period],
        "coverage": evaluation.period.coverage,
        **{name: figures[name] for name in ("good", "total", "minutes", "windows", "forecast", "top_line")},
        "alerts": [
            {"name": pair["name"], "severity": pair["severity"], "firing": pair["firing"], "reason": pair["words"]}
            for pair in figures["pairs"]
        ],
    }
    return Outcome(definition.name, figures["top_line"], data)


def _iso(minute: int) -> str:
    return instant(minute).isoformat().replace("+00:00", "Z")
