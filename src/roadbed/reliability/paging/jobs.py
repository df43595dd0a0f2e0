"""The pager's work: react to facts, take due steps, deliver. Names begin with `paging.`, so its own process runs it."""

from __future__ import annotations

from typing import Any, Final

from django.utils import timezone

from roadbed.ground.jobs.registry import job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.jobs.worker import LONG_SECONDS
from roadbed.ground.ledger.reactions import Reaction
from roadbed.reliability.paging import channels, escalating, handing, intake
from roadbed.reliability.paging.ahead import telling
from roadbed.reliability.paging.alerts import sweeping
from roadbed.reliability.paging.calendars import feeding
from roadbed.reliability.paging.load import serving
from roadbed.reliability.paging.reaching import sealing
from roadbed.reliability.paging.rules.troubles import BEGINNINGS, ENDINGS
from roadbed.reliability.paging.swaps import answering
from roadbed.reliability.paging.swaps import telling as requests
from roadbed.reliability.paging.watching import canaries, heartbeats, warning

REACT: Final = Reaction(name="paging.react", kinds=BEGINNINGS | ENDINGS, job="paging.react")

SLOW_LANE: Final = LONG_SECONDS + 1
"""What waits for others (a mail server that hangs) gets half of the threads at most; steps are taken in time."""


@job("paging.react", attempts=20, backoff=(0.5, 2.0, 10.0, 60.0), time_limit=60.0)
def react(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Open or close an alert for one fact."""
    intake.react(payload["fact"], now=timezone.now())


@job("paging.escalate", attempts=1, time_limit=60.0, every=1.0, wanted=escalating.waiting)
def escalate(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Take every step whose time has come."""
    now = timezone.now()
    for uid in escalating.due(now=now):
        if not intake.close_if_over(uid, now=now):
            escalating.advance(uid, now=now)


@job("paging.clock", attempts=1, time_limit=60.0, every=10.0, wanted=escalating.misdated)
def follow_clock(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Go on after the clock was set back."""
    escalating.catch_up_with_clock(now=timezone.now())


@job("paging.again", attempts=1, time_limit=60.0, every=10.0, wanted=handing.overdue)
def page_again(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Page again what somebody has had for too long."""
    handing.page_again(now=timezone.now())


@job("paging.sweep", attempts=1, time_limit=120.0, every=5.0, wanted=sweeping.open_rows, checked=sweeping.has_work)
def sweep(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """End alerts that went quiet, and page those that wait for nothing any more."""
    sweeping.sweep(now=timezone.now())


@job("paging.seal", attempts=1, time_limit=60.0, every=30.0, wanted=lambda _: sealing.clear())
def seal(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Seal addresses from before they were sealed."""
    sealing.seal_clear()


@job("paging.forget", attempts=1, time_limit=120.0, every=3600.0)
def forget(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Delete alerts that have been over for long."""
    sweeping.forget(now=timezone.now())


@job("paging.deliver", attempts=1)
def deliver(run: JobRun, payload: dict[str, Any]) -> None:
    """End what an earlier edition queued for each page; now the pager takes them out of the outbox itself."""


@job("paging.test", attempts=4, backoff=(2.0, 10.0, 30.0), time_limit=SLOW_LANE)
def test(run: JobRun, payload: dict[str, Any]) -> None:
    """Send one test message."""
    channels.send_test(payload["channel"], now=timezone.now(), last_attempt=run.last_attempt)


@job("paging.heartbeats", attempts=1, time_limit=60.0, every=5.0, wanted=heartbeats.late)
def look_for_heartbeats(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Find heartbeats that are late."""
    heartbeats.look(now=timezone.now(), watcher=heartbeats.watcher())


@job("paging.canaries", attempts=1, time_limit=60.0, every=30.0, wanted=canaries.due)
def tend_canaries(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Start the tests of channels that are due, and give up on what was never confirmed."""
    canaries.tend(now=timezone.now())


@job("paging.canary", attempts=3, backoff=(10.0, 60.0), time_limit=SLOW_LANE)
def canary(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Send one channel's test."""
    canaries.send(payload["run"], now=timezone.now())


@job("paging.warn", attempts=6, backoff=(2.0, 10.0, 60.0, 300.0), time_limit=SLOW_LANE)
def warn(run: JobRun, payload: dict[str, Any]) -> None:
    """Send one warning about paging itself."""
    warning.send_warning(payload, last_attempt=run.last_attempt)


@job("paging.keep", attempts=1, time_limit=120.0, every=600.0)
def keep(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Write down who was on call, before somebody leaves or a schedule's people change elsewhere."""
    serving.keep_all(now=timezone.now())


@job("paging.look-ahead", attempts=1, time_limit=120.0, every=600.0)
def look_ahead(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Find gaps that owners were not told of."""
    telling.look(now=timezone.now())


@job(telling.TELL, attempts=6, backoff=(5.0, 60.0, 600.0), time_limit=SLOW_LANE)
def tell_gaps(run: JobRun, payload: dict[str, Any]) -> None:
    """Tell one owner of gaps."""
    telling.tell(payload["person"], payload["team"], payload["gaps"], now=timezone.now(), last_attempt=run.last_attempt)


@job("paging.end-requests", attempts=1, time_limit=60.0, every=15.0, wanted=answering.begun)
def end_requests(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """End requests for shifts that have begun."""
    answering.expire(now=timezone.now())


@job(requests.TELL, attempts=4, backoff=(5.0, 60.0, 300.0), time_limit=SLOW_LANE)
def tell_request(run: JobRun, payload: dict[str, Any]) -> None:
    """Tell one person of a request on one way."""
    requests.tell(payload, now=timezone.now(), last_attempt=run.last_attempt)


@job("paging.read-calendars", attempts=1, time_limit=60.0, every=300.0)
def read_calendars(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Let calendars be read that are due."""
    feeding.read_due(now=timezone.now())


@job(feeding.READ, attempts=2, backoff=(60.0,), time_limit=SLOW_LANE)
def read_calendar(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Read one calendar."""
    feeding.read(payload["feed"], now=timezone.now())
