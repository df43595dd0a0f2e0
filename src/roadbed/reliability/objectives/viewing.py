"""Rows of objectives as the frozen values that queries answer, with figures from the counts that were kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from roadbed.reliability.objectives.answers import (
    ForecastView,
    ObjectiveView,
    RawView,
    VersionView,
    WindowView,
)
from roadbed.reliability.objectives.live import window_kept
from roadbed.reliability.objectives.models import Evaluated, Objective, ObjectiveVersion
from roadbed.reliability.objectives.rules.budgeting import budgeting_from_data
from roadbed.reliability.objectives.rules.clock import instant
from roadbed.reliability.objectives.rules.evaluation import UNMEASURED, Evaluation
from roadbed.reliability.objectives.rules.figures import figures_of
from roadbed.reliability.objectives.rules.indicators import indicator_of, needs
from roadbed.reliability.objectives.rules.kept import Kept, kept_of
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.thresholds import EVENTS
from roadbed.reliability.objectives.rules.versions import Promised, changes
from roadbed.reliability.objectives.rules.windows import name_of
from roadbed.reliability.objectives.rules.words import STANDING_WORDS

NEVER: Final = "No data: it was not evaluated yet."


def views_of(rows: Iterable[Objective]) -> tuple[ObjectiveView, ...]:
    """Several objectives, each with how it stands."""
    rows = list(rows)
    evaluated = {row.objective: row for row in Evaluated.objects.filter(objective__in=[row.uid for row in rows])}
    beside = ((row, evaluated.get(row.uid)) for row in rows)
    return tuple(view_of(row, known, kept_of(known.kept) if known else None) for row, known in beside)


def view_of(row: Objective, evaluated: Evaluated | None, kept: Kept | None) -> ObjectiveView:
    """One objective with how it stands."""
    window = window_kept(row.window, row.window_minutes)
    figures = figures_of(kept.evaluation, span=kept.span) if kept else {}
    standing = evaluated.standing if evaluated else UNMEASURED
    minutes = figures.get("minutes") or {
        "good": 0,
        "bad": 0,
        "idle": 0,
        "unmeasured": row.window_minutes,
        "excluded": 0,
    }
    return ObjectiveView(
        uid=row.uid,
        service_uid=row.service_uid,
        service_name=row.service_name,
        owner=row.owner,
        name=row.name,
        title=row.title,
        description=row.description,
        target=row.target.normalize(),
        target_text=Target.exactly(row.target).percent(),
        window=window.name,
        window_minutes=kept.evaluation.period.minutes if kept else row.window_minutes,
        window_words=window.in_words(),
        budgeting=budgeting_from_data(row.budgeting).in_words(),
        standing=standing,
        standing_word=STANDING_WORDS[standing],
        remaining=evaluated.remaining if evaluated else None,
        attainment=evaluated.attainment if evaluated else None,
        coverage=evaluated.coverage if evaluated else None,
        good=figures.get("good", 0),
        bad=figures.get("bad", 0),
        total=figures.get("total", 0),
        unit=figures.get("unit", EVENTS),
        spent=figures.get("spent", 0),
        allowed=figures.get("allowed", 0),
        minutes=minutes,
        minutes_before=kept.evaluation.period.before if kept else 0,
        burns=tuple((one.window, one.burn) for one in windows_of(kept.evaluation)) if kept else (),
        paging=bool(evaluated and evaluated.paging),
        top_line=figures.get("top_line", NEVER),
        measured_by=needs(indicator_of(row.indicator)),
        problem=kept.problem if kept else "",
        as_of=evaluated.as_of if evaluated else None,
        measured_at=evaluated.measured_at if evaluated else None,
        version=row.version,
        changed_at=row.changed_at,
    )


def windows_of(evaluation: Evaluation) -> tuple[WindowView, ...]:
    """Its windows, shortest first."""
    return tuple(
        WindowView(
            window=name_of(minutes),
            good=counts.good,
            total=counts.total,
            burn=evaluation.burns[minutes],
            coverage=counts.coverage,
            minutes=counts.by_state(),
            before=counts.before,
        )
        for minutes, counts in sorted(evaluation.windows.items())
    )


def raw_of(kept: Kept | None) -> RawView | None:
    """Its window with what is excluded."""
    raw = kept.raw if kept else None
    if raw is None:
        return None
    return RawView(
        good=raw.counts.good,
        bad=raw.counts.bad,
        total=raw.counts.total,
        attainment=raw.budget.attainment,
        remaining=raw.budget.remaining,
        coverage=raw.counts.coverage,
        minutes=raw.counts.by_state(),
    )


def versions_of(rows: Iterable[ObjectiveVersion]) -> tuple[VersionView, ...]:
    """All versions, given oldest first, answered newest first, each with what it changed."""
    found: list[VersionView] = []
    before: Promised | None = None
    for row in rows:
        promised = _promised(row)
        found.append(
            VersionView(
                number=row.number,
                title=row.title,
                target=row.target.normalize(),
                target_text=promised.target,
                window=window_kept(row.window, row.window_minutes).name,
                measured_by=promised.measured_by,
                budgeting=promised.budgeting,
                alerts=promised.alerts,
                source_commit=row.source_commit,
                by=row.by,
                since=row.since,
                changes=changes(before, promised) if before else (),
            )
        )
        before = promised
    return tuple(reversed(found))


def _promised(row: ObjectiveVersion) -> Promised:
    return Promised(
        title=row.title,
        target=Target.exactly(row.target).percent(),
        window=window_kept(row.window, row.window_minutes).in_words(),
        budgeting=budgeting_from_data(row.budgeting).in_words(),
        alerts=row.alerts,
        measured_by=needs(indicator_of(row.indicator)),
    )


def forecast_of(kept: Kept | None, evaluated: Evaluated | None) -> ForecastView | None:
    """When its budget is spent."""
    known = kept.evaluation.forecast if kept else None
    if evaluated is None or known is None:
        return None

    def at(minutes: float) -> datetime:
        return evaluated.as_of + timedelta(minutes=minutes)

    return ForecastView(
        at=at(known.minutes),
        earliest=at(known.earliest),
        latest=None if known.latest is None else at(known.latest),
        basis=name_of(known.basis),
    )


def returns_at_of(kept: Kept | None, evaluated: Evaluated | None) -> datetime | None:
    """When a spent budget is above zero again."""
    if evaluated is None or kept is None or kept.returns_after is None:
        return None
    return instant(evaluated.minute + kept.returns_after)
