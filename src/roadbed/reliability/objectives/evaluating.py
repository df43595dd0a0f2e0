"""Evaluating objectives from their stored minutes into the one row that everything else reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import connections, transaction

from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.answers import STALE
from roadbed.reliability.objectives.columns import all_counts
from roadbed.reliability.objectives.counting import Reader
from roadbed.reliability.objectives.excluded import Excluded
from roadbed.reliability.objectives.live import Live
from roadbed.reliability.objectives.models import Evaluated
from roadbed.reliability.objectives.pausing import collector_paused
from roadbed.reliability.objectives.putting import put
from roadbed.reliability.objectives.rules.basis import Basis
from roadbed.reliability.objectives.rules.clock import minute_of
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.evaluation import (
    Evaluation,
    Question,
    Verdict,
    evaluate,
    judge,
    needed_windows,
)
from roadbed.reliability.objectives.rules.forecast import returns_after
from roadbed.reliability.objectives.rules.kept import sliced_of, text_of
from roadbed.reliability.objectives.rules.periods import Period

_TABLE: Final = Evaluated._meta.db_table  # noqa: SLF001 - _meta is Django's public way to a model's table
_COLUMNS: Final = {
    "objective": "text", "service_uid": "text", "standing": "text", "as_of": "timestamptz", "minute": "int4",
    "remaining": "float8", "attainment": "float8", "coverage": "float8", "paging": "bool",
    "measured_at": "timestamptz", "kept": "text",
}  # fmt: skip
_FIXED: Final = frozenset({"service_uid"})


class Stand(NamedTuple):
    """An objective's verdict with the counts behind it, when its source was last read and why it is not read now."""

    verdict: Verdict
    windows: Mapping[int, Counts]
    raw: Counts | None
    asked: Question
    minute_slices: bool
    measured_at: datetime | None
    problem: str

    def evaluation(self) -> Evaluation:
        """Everything that can be shown of it."""
        return evaluate(
            self.windows, self.asked, sliced=sliced_of(self.windows, self.asked, minute_slices=self.minute_slices)
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read for an evaluation, before anything is judged; `readers` of those with something excluded."""

    end: int
    at: datetime
    known: Mapping[int, store.StoredHead]
    periods: Mapping[int, Period]
    counts: Mapping[int, Mapping[int, Counts]]
    readers: Mapping[int, Reader]


def evaluate_all(objectives: tuple[Live, ...], *, at: datetime) -> dict[int, Stand]:
    """Evaluate objectives as of an instant and keep the result; answers it by objective."""
    with collector_paused():
        taken = take(objectives, at=at)
        stands = judge_all(objectives, taken)
        keep(objectives, stands, taken)
    return stands


def take(objectives: tuple[Live, ...], *, at: datetime) -> Taken:
    """Read the counts of every window of every objective."""
    end = minute_of(at)
    known = store.heads([one.series for one in objectives]) if objectives else {}
    by_window = {window: window.at(end) for window in {one.window for one in objectives}}
    periods = {one.pk: by_window[one.window] for one in objectives}
    windows = {
        one.series: needed_windows(periods[one.pk].elapsed, one.table, length=periods[one.pk].length)
        for one in objectives
    }
    counts = all_counts(known, end=end, windows=windows, since={one.series: one.since for one in objectives})
    excluded = Excluded.now()
    readers: dict[int, Reader] = {}
    for one in objectives if excluded.rows else ():
        first = end + 1 - max(windows[one.series])
        cut = excluded.cut(one.service_uid, one.uid, first=first, until=end + 1)
        if cut.spans and one.series in known:
            readers[one.pk] = Reader(one.series, known[one.series], one.since, cut)
    return Taken(end, at, known, periods, counts, readers)


def judge_all(objectives: tuple[Live, ...], taken: Taken) -> dict[int, Stand]:
    """Judge what was read; one that was never counted is left out."""
    stands: dict[int, Stand] = {}
    questions: dict[tuple[int, int, bool, int], Question] = {}
    for one in objectives:
        stored = taken.known.get(one.series)
        if stored is None:
            continue
        _, read_at, problem = stored
        period, windows, raw = taken.periods[one.pk], taken.counts[one.series], None
        if one.pk in taken.readers:
            raw, windows = windows[period.elapsed], _adjusted(taken.readers[one.pk], windows, taken.end)
        fresh = read_at is not None and taken.at - read_at <= STALE
        # By identity: those that are alike were made once, and comparing them costs more than judging.
        key = (id(one.target), id(period), fresh, id(one.table))
        asked = questions.get(key)
        if asked is None:
            asked = questions[key] = Question(
                one.target, period.elapsed, period.length, measured_now=fresh, table=one.table
            )
        sliced = one.budgeting.sliced
        verdict = judge(windows, asked, sliced=sliced_of(windows, asked, minute_slices=sliced) if sliced else None)
        stands[one.pk] = Stand(verdict, windows, raw, asked, sliced, read_at, problem)
    return stands


def _adjusted(reader: Reader, windows: Mapping[int, Counts], end: int) -> dict[int, Counts]:
    """The windows without what is excluded: a difference of sums for each span, whenever it was excluded."""
    reader.fetch([end, *(end - length for length in windows)])
    return {length: reader.between(end - length, end) for length in windows}


def keep(objectives: tuple[Live, ...], stands: Mapping[int, Stand], taken: Taken) -> None:
    """Write one row for each objective."""
    adapt = connections[store.ALIAS].ops.adapt_datetimefield_value
    as_of = adapt(taken.at)
    instants: dict[datetime | None, Any] = {None: None}
    rows = []
    for one in objectives:
        stand = stands.get(one.pk)
        if stand is None:
            continue
        (standing, left, coverage, paging, _), read_at = stand.verdict, stand.measured_at
        if read_at not in instants:
            instants[read_at] = adapt(read_at)
        rows.append((
            one.uid, one.service_uid, standing, as_of, taken.end, left.remaining, left.attainment, coverage, paging,
            instants[read_at], _kept(one, stand, taken),
        ))  # fmt: skip
    with transaction.atomic(using=store.ALIAS):
        put(_TABLE, _COLUMNS, rows, key=1, fixed=_FIXED)


def _kept(one: Live, stand: Stand, taken: Taken) -> str:
    span = f"the present period ({one.window.in_words()})" if one.window.by_calendar else ""
    returns = _returns(one, stand, taken) if stand.verdict.budget.spent else None
    return text_of(
        stand.windows,
        stand.asked,
        minute_slices=stand.minute_slices,
        span=span,
        raw=stand.raw,
        returns_after=returns,
        problem=stand.problem,
    )


def _returns(one: Live, stand: Stand, taken: Taken) -> int | None:
    period = taken.periods[one.pk]
    if one.window.by_calendar:
        # A new period begins with a whole budget.
        return period.end - taken.end
    reader = taken.readers.get(one.pk) or Reader(one.series, taken.known[one.series], one.since)
    begin, in_slices = period.first - 1, stand.minute_slices

    def bad_of_first(minutes: int) -> int:
        held = reader.between(begin, begin + minutes)
        return held.bad_minutes if in_slices else held.bad

    whole = stand.windows[period.elapsed]
    measure = (
        Basis(whole.bad_minutes, period.length - whole.excluded)
        if in_slices
        else Basis(whole.bad, whole.total, whole.broken)
    )
    return returns_after(measure, one.target, bad_of_first, period=period.length)
