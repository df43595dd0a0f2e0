"""The verbs of a deployment under way: take it, move to a step, keep its log, settle it or say why it failed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import F

from roadbed.ground.errors import Refusal
from roadbed.ground.ledger.unit import unit
from roadbed.ground.ports.runtime import JournalEntry, RuntimeFailure, Switch
from roadbed.platform.releases import rules
from roadbed.platform.releases.facts import fact_data, record_failed
from roadbed.platform.releases.models import Deployment, DeploymentLine, Release, Workload
from roadbed.platform.releases.usecases import caller_of

FLUSH_SECONDS = 0.3
MOST_LINES = 5000
LONGEST_LINE = 2000
LINES_SHOWN = 50


class Overtaken(Exception):  # noqa: N818 - an outcome: somebody else decided about this deployment
    """The deployment no longer is this job's: a rollback cancelled it, or another worker took it over."""


class Track:
    """One job's hold on one deployment; every write is conditional on still holding it."""

    def __init__(self, row: Deployment, clock: Callable[[], datetime]) -> None:
        self.row = row
        self.clock = clock
        self.caller = caller_of(row)
        self._lines: list[DeploymentLine] = []
        self._written = row.lines.count()
        self._flushed = 0.0

    @classmethod
    def take(cls, uid: str, *, clock: Callable[[], datetime]) -> Track | None:
        """Hold a deployment that is requested, or that a dead worker left running; None when it is over."""
        row = Deployment.objects.filter(uid=uid, state__in=[rules.REQUESTED, rules.RUNNING]).first()
        if row is None:
            return None
        now = clock()
        taken = Deployment.objects.filter(pk=row.pk, state=row.state, attempt=row.attempt).update(
            state=rules.RUNNING, attempt=F("attempt") + 1, started_at=row.started_at or now
        )
        if taken != 1:
            return None
        row.refresh_from_db()
        return cls(row, clock)

    @property
    def order(self) -> tuple[str, ...]:
        return rules.STEPS_OF_ROLLBACK if self.row.verb == rules.ROLLBACK else rules.STEPS

    def update(self, **values: Any) -> None:
        """Write to the deployment.

        Raises:
            Overtaken: when it is no longer held.
        """
        held = Deployment.objects.filter(pk=self.row.pk, state=rules.RUNNING, attempt=self.row.attempt)
        if held.update(**values) != 1:
            raise Overtaken(self.row.uid)
        for name, value in values.items():
            setattr(self.row, name, value)

    def step(self, name: str) -> None:
        """Move to a step. Also the check that nobody cancelled meanwhile."""
        self.flush()
        now = self.clock()
        steps = rules.mark_step(self.row.steps, name, now=now, order=self.order)
        with unit(self.caller, now=now):
            self.update(step=name, steps=steps)
            if name == "drain" and self.row.number is not None:
                # The traffic has moved. Draining takes a while, and a rollback must not wait to be told of it.
                workload = Workload.objects.get(name=self.row.workload)
                withdraws = self.row.verb == rules.ROLLBACK
                now_serves(workload, self.row.number, former=workload.serving, at=now, withdraws=withdraws)

    def report(self, step: str, line: str) -> None:
        """What the runtime calls while it works.

        Raises:
            Overtaken: so that a build or a start which a rollback cancelled ends at once; never once traffic switches.
        """
        rank = {name: index for index, name in enumerate(self.order)}
        try:
            if step in rank and rank[step] > rank.get(self.row.step, -1):
                self.step(step)
            self._keep(step, line)
            if time.monotonic() - self._flushed >= FLUSH_SECONDS:
                self.flush()
                self._check_held()
        except Overtaken:
            if self.row.step not in ("switch", "drain"):
                raise

    def _check_held(self) -> None:
        held = Deployment.objects.filter(pk=self.row.pk, state=rules.RUNNING, attempt=self.row.attempt)
        if not held.exists():
            raise Overtaken(self.row.uid)

    def _keep(self, step: str, line: str) -> None:
        if self._written >= MOST_LINES:
            return
        self._written += 1
        text = line if self._written < MOST_LINES else f"… cut after {MOST_LINES} lines"
        self._lines.append(
            DeploymentLine(deployment=self.row, at=self.clock(), step=step[:10], text=_printable(text)[:LONGEST_LINE])
        )

    def flush(self) -> None:
        """Write the lines kept so far, in one batch."""
        lines, self._lines = self._lines, []
        self._flushed = time.monotonic()
        if lines:
            DeploymentLine.objects.bulk_create(lines)

    def fail(self, failure: RuntimeFailure | Refusal | str, *, state: str = rules.FAILED) -> None:
        """End it without success; nothing that served was changed."""
        self.flush()
        now = self.clock()
        told = told_failure(failure, step=self.row.step, tail=self._tail())
        with unit(self.caller, now=now) as writing:
            self.update(
                state=state,
                failure=told,
                finished_at=now,
                steps=rules.end_steps(self.row.steps, now=now, failed=True),
            )
            if self.row.verb == rules.DEPLOY and self.row.number is not None:
                Release.objects.filter(
                    workload__name=self.row.workload, number=self.row.number, state=rules.BUILDING
                ).update(state=rules.BROKEN)
            if state == rules.FAILED:
                record_failed(writing, self.row, detail=told["detail"], now=now)

    def _tail(self) -> list[str]:
        newest = self.row.lines.order_by("-pk").values_list("text", flat=True)[:LINES_SHOWN]
        return list(reversed(newest))

    def settle(
        self,
        *,
        switch: Switch | None,
        entry: JournalEntry | None,
        commits: dict[str, Any],
        url: str,
    ) -> None:
        """End it with success: the release serves. The fact's identity is the journal entry's, so it is told once."""
        self.flush()
        now = self.clock()
        at = switch.at if switch else entry.at if entry else now
        number = self.row.number or 0
        with unit(self.caller, now=now) as writing:
            workload = Workload.objects.get(name=self.row.workload)
            first = is_first(workload.name)
            former = switch.former if switch else entry.former if entry else workload.serving
            self.update(
                state=rules.SUCCEEDED,
                finished_at=now,
                url=url[:500],
                version=rules.version_of(number),
                former=rules.version_of(former),
                journal_uid=entry.uid if entry else None,
                steps=rules.end_steps(self.row.steps, now=now, failed=False),
            )
            back = self.row.verb == rules.ROLLBACK
            now_serves(workload, number, former=former, at=at, withdraws=back)
            writing.record(
                "service.rolledback" if back else "service.deployed" if first else "service.upgraded",
                self.row.service_uid,
                environment=self.row.environment,
                occurred_at=at,
                source="runtime" if entry else "roadbed",
                source_id=entry.uid if entry else f"deployment:{self.row.uid}",
                data=fact_data(self.row)
                | commits
                | {
                    "seconds": _seconds(self.row.started_at, at),
                    "switch_seconds": switch.seconds if switch else None,
                    "drained": switch.drained if switch else None,
                },
            )


def is_first(workload: str) -> bool:
    """Whether nothing was ever live there before."""
    live = Deployment.objects.filter(workload=workload, state=rules.SUCCEEDED, external=False)
    return not live.exists()


def now_serves(workload: Workload, number: int, *, former: int | None, at: datetime, withdraws: bool) -> None:
    """Keep which release serves, called inside the unit that records the fact.

    A deployment that drains can be told after the rollback that undid it, so the later switch wins, not the later word.
    """
    Release.objects.filter(workload=workload, number=number).update(state=rules.GOOD, live_at=at)
    Workload.objects.filter(pk=workload.pk, live_since=None).update(live_since=at)
    if workload.switched_at is not None and workload.switched_at > at:
        return
    Workload.objects.filter(pk=workload.pk).update(serving=number, switched_at=at, stopped=False)
    Release.objects.filter(workload=workload, number=number).update(withdrawn=False)
    if withdraws and former is not None:
        Release.objects.filter(workload=workload, number=former).update(withdrawn=True)


def told_failure(failure: RuntimeFailure | Refusal | str, *, step: str, tail: list[str]) -> dict[str, Any]:
    """A failure as it is kept: its words, its place, its last lines."""
    if isinstance(failure, str):
        return {"step": step, "detail": failure, "remedy": "", "log": tail}
    told: dict[str, Any] = {"step": step, "detail": failure.detail, "remedy": failure.remedy}
    if isinstance(failure, RuntimeFailure):
        told |= {"detail": _sentence(failure.detail), "remedy": _sentence(failure.remedy)}
        log = [_printable(line)[:LONGEST_LINE] for line in failure.log[-LINES_SHOWN:]]
        return told | {"step": failure.step or step, "log": log or tail}
    place = {"file": failure.place.file, "line": failure.place.line, "field": failure.place.field}
    return told | place | {"log": []}


def _sentence(text: str) -> str:
    text = text.strip()
    # A release is written v12 also where a sentence begins with it.
    begun = text if text[:1] == "v" and text[1:2].isdigit() else text[:1].upper() + text[1:]
    return begun if not begun or begun.endswith((".", "`", "?")) else f"{begun}."


def _printable(text: str) -> str:
    # PostgreSQL refuses NUL, and a service may print anything.
    return text.replace("\x00", "�").rstrip("\r\n")


def _seconds(began: datetime | None, ended: datetime) -> float | None:
    return None if began is None else round((ended - began).total_seconds(), 3)
