"""Runbooks as the pages say them: trust as a badge, sections with their steps and the last run of each."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from roadbed.ground.shell.components import Badge, Event
from roadbed.ground.shell.words import plural
from roadbed.platform.runbooks import queries
from roadbed.platform.runbooks.planning import faults_of
from roadbed.platform.runbooks.rendering import html_of
from roadbed.platform.runbooks.rules.permitting import Stand, may_run
from roadbed.platform.runbooks.rules.shapes import DIAGNOSIS, MITIGATION, Section, Step
from roadbed.platform.runbooks.values import RunbookRow, RunbookView, RunView

RUN_BADGES: Final[Mapping[str, Badge]] = {
    "waiting": Badge("info", "Waits for a worker", "history"),
    "running": Badge("info", "Running", "player-play"),
    "succeeded": Badge("good", "Came out"),
    "failed": Badge("bad", "Failed"),
    "timed-out": Badge("bad", "Out of time"),
    "killed": Badge("warn", "Stopped"),
    "unknown": Badge("unknown", "Outcome unknown"),
    "done": Badge("good", "Done by hand", "user-check"),
    "shown": Badge("idle", "Shown, nothing run", "eye"),
}
NOTES: Final = {DIAGNOSIS: "looks only, unless a step says otherwise", MITIGATION: "changes production, asks first"}


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step with the last run of it and whether this visitor may run it."""

    step: Step
    last: RunView | None
    badge: Badge | None
    allowed: bool
    reason: str
    faults: tuple[str, ...]
    parameters: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SectionShown:
    """A section: runs of parts that are either words as HTML or a step."""

    key: str
    title: str
    anchor: str
    note: str
    parts: tuple[dict[str, Any], ...]

    @property
    def has_steps(self) -> bool:
        return any("step" in part for part in self.parts)


def trust(row: RunbookRow) -> Badge:
    """Whether it can be trusted."""
    return Badge(queries.STATE_TONES[row.state], queries.STATE_WORDS[row.state])  # type: ignore[arg-type]


def run_badge(run: RunView) -> Badge:
    """How a run came out, or how far it is."""
    badge = RUN_BADGES[run.state]
    if run.dry_run and run.state != "shown":
        return Badge(badge.state, f"Dry run: {badge.text.lower()}", badge.icon)
    return badge


def sections(view: RunbookView, stand: Stand, last: Mapping[int, RunView], siblings: Iterable[RunbookRow]) -> Any:
    """The sections of a page, in the order of the file."""
    links = links_to(view.row, siblings)
    return [_section(number, one, view, stand, last, links) for number, one in enumerate(view.read.sections, 1)]


def _section(  # noqa: PLR0917 - one page's worth of what a section is drawn from
    number: int, one: Section, view: RunbookView, stand: Stand, last: Mapping[int, RunView], links: Mapping[str, str]
) -> SectionShown:
    parts = tuple(
        {"step": _step(part, view, stand, last.get(part.number))}
        if isinstance(part, Step)
        else {"html": html_of(part, links)}
        for part in one.parts
    )
    return SectionShown(one.key, one.title, one.key or f"s{number}", NOTES.get(one.key, ""), parts)


def _step(step: Step, view: RunbookView, stand: Stand, last: RunView | None) -> StepShown:
    permission = may_run(step.needs, stand)
    return StepShown(
        step=step,
        last=last,
        badge=run_badge(last) if last else None,
        allowed=permission.allowed,
        reason=permission.reason,
        faults=tuple(one.detail for one in faults_of(step, view.findings)),
        parameters=tuple(one for name in step.parameters if (one := view.read.parameter(name)) is not None),
    )


def links_to(row: RunbookRow, siblings: Iterable[RunbookRow]) -> dict[str, str]:
    """Addresses of the service's other runbooks, by the path as a link in this one writes it."""
    folder = posixpath.dirname(row.path)
    found: dict[str, str] = {}
    for one in siblings:
        if one.path:
            relative = posixpath.relpath(one.path, folder or ".")
            found |= dict.fromkeys((relative, f"./{relative}"), reverse("runbooks:one", args=[one.uid]))
    return found


def events(runs: Iterable[RunView]) -> tuple[Event, ...]:
    """Runs as a timeline, newest first."""
    return tuple(
        Event(
            run.finished_at or run.asked_at,
            "user-check" if run.by_hand else "book-2",
            f"Step {run.step}, {run.title}: {run_badge(run).text.lower()}",
            _detail(run),
            reverse("runbooks:run", args=[run.uid]),
            run_badge(run).state,
        )
        for run in runs
    )


def _detail(run: RunView) -> str:
    took = plural(run.minutes, "minute") if run.minutes else f"{run.seconds:.1f} s" if run.seconds is not None else ""
    where = "in their own terminal" if run.local else ""
    return ", ".join(part for part in (run.person, took, where, run.incident) if part)
