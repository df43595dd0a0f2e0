"""The room's background work: steps, reading repositories, looking after what is stale."""

from __future__ import annotations

from typing import Any, Final

from django.utils import timezone

from roadbed.ground.jobs.registry import job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.ledger.reactions import Reaction
from roadbed.ground.people.rules import ROADBED
from roadbed.platform.runbooks import executing, reminding, repository, watching

READ: Final = Reaction(
    name="runbooks.read",
    kinds=frozenset({"service.deployed", "service.upgraded", "service.rolledback", "catalog.entity.registered"}),
    job="runbooks.read",
)


@job("runbooks.run", attempts=3, backoff=(1.0, 5.0), time_limit=290.0)
def run_step(run: JobRun, payload: dict[str, Any]) -> None:
    """Run a step, once: a second attempt only says that the first one's outcome is unknown."""
    executing.execute(payload["run"], worker=f"{run.lease_by}#{run.attempt}", clock=timezone.now)


@job("runbooks.run_long", attempts=3, backoff=(1.0, 5.0), time_limit=700.0)
def run_long_step(run: JobRun, payload: dict[str, Any]) -> None:
    """The same for a step that may take longer."""
    executing.execute(payload["run"], worker=f"{run.lease_by}#{run.attempt}", clock=timezone.now)


@job("runbooks.read", attempts=5, backoff=(5.0, 30.0, 120.0), time_limit=120.0)
def read(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Read a service's repository."""
    repository.read_repository(ROADBED, payload["subject"], now=timezone.now())


@job("runbooks.follow", attempts=1, time_limit=280.0, every=60.0)
def follow(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Read what was pushed where no deployment says what is current."""
    watching.follow(now=timezone.now())


@job("runbooks.check", attempts=1, time_limit=280.0, every=3600.0)
def check(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """See what went stale, and tell of it."""
    watching.check(now=timezone.now())


@job("runbooks.remind", attempts=1, time_limit=280.0, every=300.0, wanted=lambda _: reminding.waiting())
def remind(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Mail owners what went stale."""
    reminding.send(now=timezone.now())


@job("runbooks.watch", attempts=1, time_limit=60.0, every=20.0, wanted=lambda _: watching.under_way())
def watch(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """End runs that no job will."""
    watching.end_forgotten(now=timezone.now())
