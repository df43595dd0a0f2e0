"""How a requested rollback is carried out: no gate, no build, the release that is kept gets its traffic back."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from datetime import datetime

from roadbed.ground import asks
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Refusal
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.ground.ports.runtime import JournalEntry, Runtime, RuntimeFailure, Switch
from roadbed.platform.releases import rules
from roadbed.platform.releases.carried import commit_of, commits_between
from roadbed.platform.releases.deploying import tidy
from roadbed.platform.releases.journal import entry_of, last_entry
from roadbed.platform.releases.models import Deployment, Release, Workload
from roadbed.platform.releases.running import Overtaken, Track
from roadbed.platform.releases.specifying import spec_of
from roadbed.platform.releases.usecases import target_of

SWITCH_SECONDS = 15.0
"""A switch takes milliseconds; one that takes longer than this has failed, or will be undone by hand."""


def roll_back(uid: str, *, last_attempt: bool, clock: Callable[[], datetime]) -> None:
    """Work on a rollback until it is done or failed. Does nothing when that is so already."""
    track = Track.take(uid, clock=clock)
    if track is None:
        return
    try:
        _roll_back(track, board.runtime())
    except Overtaken:
        track.flush()
    except (RuntimeFailure, Refusal) as failure:
        _give_up(track, failure)
    except Exception as fault:
        if last_attempt:
            _give_up(track, f"Roadbed broke while it rolled back: {type(fault).__name__}: {fault}")
        raise


def _give_up(track: Track, failure: RuntimeFailure | Refusal | str) -> None:
    """End it without success, unless the traffic has moved all the same: then what failed came after."""
    with contextlib.suppress(Overtaken):
        if not _happened_before(track, board.runtime()):
            track.fail(failure)


def abandon(uid: str, *, clock: Callable[[], datetime]) -> None:
    """End a rollback whose job will not come back: record it where it took place, else fail it."""
    track = Track.take(uid, clock=clock)
    if track is None:
        return
    _give_up(track, "Its worker died each time it was tried. Nothing was changed.")


def _roll_back(track: Track, runtime: Runtime) -> None:
    if _happened_before(track, runtime):
        return
    track.step("start")
    _await_switch(track, runtime)
    number = track.row.number or track.row.asked_number
    if number is None:
        number = target_of(Workload.objects.get(name=track.row.workload), None)
    # Frozen before anything is done: a second attempt must not go one release further back.
    commit = commit_of(track.row.workload, number) or ""
    track.update(number=number, version=rules.version_of(number), commit=commit)
    _give_current_secrets(track, runtime, number)
    before = last_entry(runtime)
    switch = runtime.roll_back(
        track.row.workload, to=number, actor=track.caller.name, reason=track.row.reason, report=track.report
    )
    _settle(track, runtime, switch=switch, entry=entry_of(runtime, track, after=before))


def _give_current_secrets(track: Track, runtime: Runtime, number: int) -> None:
    """Start the release with the secrets of now, where they changed since: what was rotated away may be revoked.

    No fault of the secrets stops a rollback; the release then comes back with those that it had.
    """
    release = Release.objects.filter(workload__name=track.row.workload, number=number).first()
    if release is None or not release.secret_names:
        return
    question = asks.ResolveSecrets(
        service_uid=track.row.service_uid,
        environment=track.row.environment,
        names=tuple(release.secret_names),
        asked_by=ROADBED,
        now=track.clock(),
    )
    try:
        resolved = asks.put(question)
        if resolved.versions == release.secret_versions:
            return
        spec = spec_of(release, track.row, resolved.values, file="catalog-info.yaml")
    except Refusal as refusal:
        track.report("start", f"{track.row.version} keeps the secrets that it had. {refusal.detail}")
        return
    runtime.start(spec, report=track.report)
    Release.objects.filter(pk=release.pk).update(secret_versions=resolved.versions)


def _happened_before(track: Track, runtime: Runtime) -> bool:
    if track.row.number is None:
        return False
    entry = entry_of(runtime, track, after="")
    if entry is None:
        return False
    tidy(track, runtime)
    _settle(track, runtime, switch=None, entry=entry)
    return True


def _await_switch(track: Track, runtime: Runtime) -> None:
    """Let a deployment that switches at this moment do so, that it is undone and does not undo the rollback."""
    until = time.monotonic() + SWITCH_SECONDS
    while time.monotonic() < until:
        row = Deployment.objects.filter(
            workload=track.row.workload, verb=rules.DEPLOY, state=rules.RUNNING, step__in=["switch", "drain"]
        ).first()
        if row is None:
            return
        if runtime.status(row.workload).number == row.number:
            # Its own job may not have said so yet, and the target is reckoned from what serves now.
            Workload.objects.filter(name=row.workload).update(serving=row.number)
            return
        if row.step == "drain":
            return
        time.sleep(0.05)


def _settle(track: Track, runtime: Runtime, *, switch: Switch | None, entry: JournalEntry | None) -> None:
    workload = track.row.workload
    former = switch.former if switch else entry.former if entry else None
    service = catalog.service(track.row.service_uid)
    taken_out = commit_of(workload, former)
    commits = {"former_commit": taken_out}
    if service is not None and taken_out and track.row.commit:
        found = commits_between(service.location, since=track.row.commit, until=taken_out)
        commits |= {"taken_out": found["commits"], "taken_out_count": found["commit_count"]}
    track.settle(switch=switch, entry=entry, commits=commits, url=runtime.url_of(workload))
