"""Evaluating definitions over recorded minutes, without a server: the same arithmetic on a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from roadbed.ground.errors import Invalid, Place
from roadbed.reliability.objectives.rules.allowance import Allowance, allowance_of, slices_as_data
from roadbed.reliability.objectives.rules.budgeting import RATIO_TIMESLICES
from roadbed.reliability.objectives.rules.burn import burn
from roadbed.reliability.objectives.rules.clock import minute_of
from roadbed.reliability.objectives.rules.counts_file import INSTANT, Exclusion, Recorded, iso, read_instant
from roadbed.reliability.objectives.rules.definitions import Definition
from roadbed.reliability.objectives.rules.evaluation import (
    Evaluation,
    Question,
    Sliced,
    evaluate,
    lasting_windows,
    needed_windows,
)
from roadbed.reliability.objectives.rules.figures import figures_of, window_figures
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.rules.slices import Slices
from roadbed.reliability.objectives.rules.tables import TableError, table_of
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.windows import LONGEST, minutes_of

USUAL_WINDOWS: Final = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One objective evaluated; `data` is what `--json` prints."""

    name: str
    top_line: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is evaluated: recorded minutes up to an instant, without what is excluded.

    Attributes:
        end: the last minute that is over.
        begins: the first minute of the promise.
        windows: names of windows, with their lengths in minutes.
        alerts: the name or the rows of a table instead of each objective's own; empty for its own.
    """

    recorded: Recorded
    end: int
    begins: int
    exclusions: tuple[Exclusion, ...] = ()
    windows: tuple[tuple[str, int], ...] = ()
    alerts: str = ""


def asked_of(
    recorded: Recorded,
    *,
    file: str,
    at: str = "",
    begins: str = "",
    exclusions: tuple[Exclusion, ...] = (),
    windows: Sequence[str] = USUAL_WINDOWS,
    alerts: str = "",
) -> Asked:
    """What somebody asks for, in words as they are typed.

    Raises:
        Invalid: naming the option at fault.
    """
    if not recorded.own and not (begins and at):
        raise Invalid(
            "There is no row, so nothing says when the history began.",
            remedy="Add the measured minutes, or give --from and --at.",
            place=Place(file=file),
        )
    # An instant names the minutes before it: at 09:05:30 the last one that is over is 09:04.
    end = minute_of(_option(at, "--at")) - 1 if at else max(recorded.own)
    first = minute_of(_option(begins, "--from")) if begins else min(recorded.own)
    if alerts:
        try:
            table_of(alerts)
        except TableError as fault:
            raise Invalid(f"{fault}.", place=Place(field="--alerts")) from None
    return Asked(recorded, end, first, exclusions, tuple((name, _window(name)) for name in windows), alerts)


def _option(text: str, name: str) -> datetime:
    try:
        return read_instant(text)
    except (ValueError, OverflowError):
        raise Invalid(f"{text!r} is no instant.", remedy=f"Write it like {INSTANT}.", place=Place(field=name)) from None


def _window(name: str) -> int:
    minutes = minutes_of(name)
    if minutes is None or minutes > LONGEST:
        raise Invalid(
            f"{name!r} is no window from 1m to 366d.", remedy="Like 5m,1h,3d.", place=Place(field="--windows")
        )
    return minutes


def assess(definitions: Iterable[Definition], asked: Asked) -> tuple[Outcome, ...]:
    """Evaluate definitions over the same minutes."""
    return tuple(_Assessment(one, asked).outcome() for one in definitions)


class _Assessment:
    """One definition over the minutes: adjusted, and raw beside it."""

    def __init__(self, definition: Definition, asked: Asked) -> None:
        self.definition, self.asked = definition, asked
        self.target = Target.exactly(definition.target)
        self.table = table_of(asked.alerts or definition.alerts)
        self.period = definition.window.at(asked.end)
        lengths = needed_windows(self.period.elapsed, self.table, length=self.period.length)
        lengths += lasting_windows(self.period.length, self.table)
        self.lengths = {*lengths, *(minutes for _, minutes in asked.windows)}
        longest = max(*self.lengths, 1)
        judged = definition.budgeting.judges_by(self.target)
        first, last = asked.end - longest - definition.budgeting.slice_minutes, asked.end
        own = {minute: held for minute, held in asked.recorded.own.items() if first <= minute <= last}
        self.raw = History(judged, own, asked.begins)
        self.adjusted = self.raw
        if asked.exclusions:
            self.adjusted = History(judged, own, asked.begins)
            self.adjusted.exclude(one.span for one in asked.exclusions)

    def outcome(self) -> Outcome:
        evaluation, slices = self._evaluated(self.adjusted)
        raw = (evaluation, slices) if self.raw is self.adjusted else self._evaluated(self.raw)
        window = self.definition.window
        figures = figures_of(evaluation, span=f"the present period ({window.in_words()})" * window.by_calendar)
        data = {
            "objective": self.definition.name,
            "target": float(self.definition.target),
            "window": window.name,
            "budgeting": self.definition.budgeting.method,
            "period": {"start": iso(self.period.first), "end": iso(self.period.end)},
            "as_of": iso(self.period.until),
            "standing": evaluation.standing,
            **self._main(evaluation, slices),
            "windows": self._windows(slices),
            "alerts": [_alert(pair) for pair in figures["pairs"]],
            "alert_table": {"name": self.table.name, "source": self.table.source},
            "forecast": figures["forecast"],
            "raw": self._main(*raw),
            "history": self._history(),
            "top_line": figures["top_line"],
        }
        return Outcome(self.definition.name, figures["top_line"], data)

    def _evaluated(self, history: History) -> tuple[Evaluation, Slices | None]:
        budgeting, period = self.definition.budgeting, self.period
        windows = {length: history.counts(self.asked.end, length) for length in self.lengths}
        slices = sliced = None
        if budgeting.sliced:
            slices = Slices(history, budgeting, self.definition.window, period)
            whole = slices.of_period()
            measures = {length: slices.of_window(length).judged for length in self.lengths}
            measures[period.elapsed] = whole.judged
            sliced = Sliced(whole.budgeted, measures, whole=budgeting.method != RATIO_TIMESLICES)
        now = self.asked.end in history.own
        question = Question(self.target, period.elapsed, period.length, measured_now=now, table=self.table)
        return evaluate(windows, question, sliced=sliced), slices

    def _main(self, evaluation: Evaluation, slices: Slices | None) -> dict[str, Any]:
        whole, left = evaluation.period, evaluation.budget
        return {
            "good": whole.good,
            "total": whole.total,
            "attainment": left.attainment,
            "remaining": left.remaining,
            "burn": evaluation.burns[self.period.elapsed],
            "coverage": whole.coverage,
            "minutes": whole.by_state(),
            "slices": None if slices is None else slices_as_data(slices.of_period()),
            "allowance": asdict(self._allowance(evaluation)),
        }

    def _allowance(self, evaluation: Evaluation) -> Allowance:
        calendar = self.definition.window.by_calendar
        return allowance_of(evaluation, self.target, length=self.period.length, by_calendar=calendar)

    def _windows(self, slices: Slices | None) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, length in self.asked.windows:
            counts = self.adjusted.counts(self.asked.end, length)
            found[name] = {**window_figures(counts), "burn": burn(counts, self.target), "before": counts.before}
            if slices is not None:
                held = slices.of_window(length)
                found[name] |= {"burn": burn(held.judged, self.target), "slices": slices_as_data(held)}
        return found

    def _history(self) -> dict[str, Any]:
        recorded, asked = self.asked.recorded, self.asked
        own = recorded.own
        whole = self.raw.counts(asked.end, self.period.elapsed)
        return {
            "start": iso(asked.begins),
            "minutes_before": whole.before,
            "minutes_to_come": self.period.end - self.period.until,
            "rows": recorded.rows,
            "replaced": recorded.replaced,
            "rows_before": sum(minute < asked.begins for minute in own),
            "rows_after": sum(minute > asked.end for minute in own),
            "broken_minutes": whole.broken_minutes,
        }


def _alert(pair: Mapping[str, Any]) -> dict[str, Any]:
    named = (
        "name",
        "severity",
        "firing",
        "reachable",
        "short",
        "long",
        "factor",
        "short_burn",
        "long_burn",
        "held_back",
    )
    return {name: pair[name] for name in named} | {"reason": pair["words"], "source": pair["source"]}
