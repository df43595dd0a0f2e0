"""A run's way through the machine: taken once, given no more than it names, followed to its end, told as a fact."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.conf import settings

from roadbed.ground import asks
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import NotFound, Refusal, Unavailable
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people import usecases as people
from roadbed.ground.people.rules import ADMIN, ROADBED, Caller
from roadbed.ground.ports import board
from roadbed.ground.ports.code_host import CodeUnavailable
from roadbed.ground.ports.runtime import RuntimeFailure
from roadbed.ground.ports.steps import STOPPED, TIMED_OUT, StepEnd, StepSpec
from roadbed.platform.runbooks import standing
from roadbed.platform.runbooks.models import Run, Version
from roadbed.platform.runbooks.output import Output
from roadbed.platform.runbooks.rules import commands, reading
from roadbed.platform.runbooks.rules.permitting import may_run
from roadbed.platform.runbooks.rules.shapes import Step
from roadbed.platform.runbooks.running import settle

log = structlog.get_logger(__name__)

TOO_LATE: Final = timedelta(minutes=2)
"""Nobody expects a step to begin later than this after they asked: the trouble may be another by then."""

FLUSH_SECONDS: Final = 1.0
TOKEN_SLACK: Final = timedelta(seconds=30)
Clock = Callable[[], datetime]


def execute(uid: str, *, worker: str, clock: Clock) -> None:
    """Carry a run out, or end one that a dead worker left: that one has an unknown outcome and never runs again."""
    row = Run.objects.select_related("runbook").filter(uid=uid).first()
    if row is None or row.state not in Run.UNDER_WAY:
        return
    if row.state == Run.RUNNING:
        if row.worker != worker:
            lose(row, now=clock(), why=f"The worker that ran it died. {_HOW_FAR}")
        return
    now = clock()
    waiting = Run.objects.filter(pk=row.pk, state=Run.WAITING)
    if now - row.asked_at > TOO_LATE:
        with unit(_caller(row), now=now) as writing:
            note = f"No worker took it within {TOO_LATE.seconds // 60} minutes, so it did not begin. Ask again."
            if waiting.update(state=Run.KILLED, finished_at=now, note=note):
                row.refresh_from_db()
                settle(writing, row)
        return
    if waiting.update(state=Run.RUNNING, worker=worker, started_at=now) == 1:
        row.refresh_from_db()
        _Execution(row, worker, clock).carry_out()


_REVOKER: Final = Caller(uid=ROADBED.uid, name=ROADBED.name, role=ADMIN)
_HOW_FAR: Final = "Nobody can tell how far it came: look before you run it again."


def lose(row: Run, *, now: datetime, why: str) -> None:
    """End what is left of a run whose worker is gone, and say that its outcome is unknown."""
    try:
        if row.workload:
            board.steps().clean(row.uid, row.workload)
    except RuntimeFailure as failure:
        log.warning("runbooks.not_cleaned", run=row.uid, detail=failure.detail)
    _revoke(row, now=now)
    with unit(ROADBED, now=now) as writing:
        lost = Run.objects.filter(pk=row.pk, state=Run.RUNNING, worker=row.worker)
        if lost.update(state=Run.UNKNOWN, finished_at=now, note=why[:500]):
            row.refresh_from_db()
            settle(writing, row)


@dataclass(frozen=True, slots=True)
class _Given:
    """What the process is given: its environment, and the values in it that nobody may read."""

    environment: dict[str, str]
    secrets: tuple[str, ...]


class _Execution:
    """One run on one worker; every write is conditional on still holding it."""

    def __init__(self, row: Run, worker: str, clock: Clock) -> None:
        self.row = row
        self.worker = worker
        self.clock = clock
        self.caller = _caller(row)
        self.output = Output(())
        self.flushed = clock()
        self.stopped_by = ""

    def carry_out(self) -> None:
        try:
            end = self._run()
        except (Refusal, RuntimeFailure) as fault:
            self._end(Run.FAILED, None, note=f"It did not begin. {fault.detail} {fault.remedy}".strip())
            return
        finally:
            _revoke(self.row, now=self.clock())
        if end.how == TIMED_OUT:
            self._end(Run.TIMED_OUT, None, note=f"Stopped after {end.seconds:.0f} s. {_HOW_FAR}")
        elif end.how == STOPPED:
            self._end(Run.KILLED, None, note=f"Stopped by {self.stopped_by or 'somebody'}. {_HOW_FAR}")
        else:
            self._end(Run.FAILED if end.exit_code else Run.SUCCEEDED, end.exit_code, note="")

    def _run(self) -> StepEnd:
        row, service = self.row, catalog.require_service(self.row.service_uid)
        version = Version.objects.get(runbook=row.runbook, number=row.version)
        step = next(one for one in reading.read(version.text).steps if one.number == row.step)
        permission = may_run(row.needs, standing.stand_of(self.caller, service, now=self.clock()))
        if not permission.allowed:
            raise Unavailable(f"It is not allowed any more: {permission.reason}.")
        written = step.rehearsal if row.dry_run else step.command
        given = self._given(step)
        self.output = Output(given.secrets)
        runner = board.steps()
        folder = runner.prepare(row.uid, row.workload)
        try:
            if version.commit and version.location:
                board.code_host().export(version.location, version.commit, folder)
            spec = StepSpec(
                row.uid, row.workload, step.language, commands.script_of(written), given.environment, step.timeout
            )
            return runner.run(spec, output=self._take, stop=self._stop)
        except CodeUnavailable as fault:
            raise Unavailable(str(fault), remedy="Make the repository reachable, then run it again.") from fault
        finally:
            runner.clean(row.uid, row.workload)

    def _given(self, step: Step) -> _Given:
        row = self.row
        environment = commands.environment_of(row.caller["values"]) | {
            "ROADBED_SERVICE": row.runbook.service,
            "ROADBED_ENVIRONMENT": row.environment,
            "ROADBED_INCIDENT": row.incident,
            "ROADBED_RUN": row.uid,
        }
        secrets: dict[str, str] = {}
        if step.secrets:
            asked = asks.ResolveSecrets(row.service_uid, row.environment, step.secrets, ROADBED, self.clock())
            resolved = asks.put(asked)
            if resolved.missing:
                raise Unavailable(
                    f"{row.runbook.service} has no secret {', '.join(resolved.missing)} in {row.environment}.",
                    remedy=f"`roadbed secrets set {row.runbook.service} {resolved.missing[0]}` sets it.",
                )
            secrets |= resolved.values
        if step.scopes:
            secrets["ROADBED_TOKEN"] = self._token(step)
            host, port = settings.ADDRESS
            environment["ROADBED_URL"] = f"http://{host}:{port}"
        return _Given(environment | secrets, tuple(secrets.values()))

    def _token(self, step: Step) -> str:
        """A token of the person who runs it, for the verbs that the step names and for as long as it may take."""
        now = self.clock()
        ends = now + timedelta(seconds=step.timeout) + TOKEN_SLACK
        name = f"runbook {self.row.runbook.slug}, step {step.number}"
        uid, secret = people.create_token(self.caller, name=name[:120], scopes=step.scopes, expires_at=ends, now=now)
        Run.objects.filter(pk=self.row.pk).update(token=uid)
        self.row.token = uid
        return secret

    def _held(self) -> Any:
        return Run.objects.filter(pk=self.row.pk, state=Run.RUNNING, worker=self.worker)

    def _take(self, data: bytes) -> None:
        self.output.take(data)
        self._flush()

    def _flush(self) -> None:
        now = self.clock()
        if (now - self.flushed).total_seconds() >= FLUSH_SECONDS:
            self.flushed = now
            kept = self.output.kept(over=False)
            self._held().update(output=kept.text, output_bytes=kept.size, truncated=kept.truncated)

    def _stop(self) -> bool:
        self._flush()
        held = self._held().values_list("kill_asked_at", "kill_asked_by").first()
        # No longer held: another worker took this one for dead and told that the outcome is unknown.
        self.stopped_by = held[1] if held else ""
        return held is None or held[0] is not None

    def _end(self, state: str, exit_code: int | None, *, note: str) -> None:
        kept, now = self.output.kept(over=True), self.clock()
        with unit(self.caller, now=now) as writing:
            values = {
                "state": state, "exit_code": exit_code, "finished_at": now, "note": note[:500], "output": kept.text,
                "output_bytes": kept.size, "truncated": kept.truncated, "token": "",
            }  # fmt: skip
            if self._held().update(**values):
                self.row.refresh_from_db()
                settle(writing, self.row)
            else:
                log.warning("runbooks.overtaken", run=self.row.uid, state=state)


def _revoke(row: Run, *, now: datetime) -> None:
    if row.token:
        # Whoever it belongs to may have ended it, or been taken away, meanwhile.
        with suppress(NotFound):
            people.revoke_token(_REVOKER, row.token, now=now)
        row.token = ""


def _caller(row: Run) -> Caller:
    """Whoever asked, as they were then, with the scopes of their token: a step may do no more than its person."""
    kept = row.caller
    scopes = kept.get("scopes")
    return Caller(
        uid=kept["uid"],
        name=kept["name"],
        role=kept["role"],
        teams=frozenset(kept["teams"]),
        scopes=None if scopes is None else frozenset(scopes),
    )
