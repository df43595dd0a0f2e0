"""How a requested deployment becomes live: fetch, gate, build, start, ready, switch, drain; safe to run again."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable
from datetime import datetime

from roadbed.ground import asks
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Conflict, Place, Refusal
from roadbed.ground.gates import usecases as gates
from roadbed.ground.gates.checking import subject_of
from roadbed.ground.gates.rules import Question, unknown_passes
from roadbed.ground.ledger.unit import unit
from roadbed.ground.ports import board
from roadbed.ground.ports.code_host import CodeUnavailable
from roadbed.ground.ports.runtime import JournalEntry, ReleaseSpec, Runtime, RuntimeFailure, Switch
from roadbed.platform.releases import rules
from roadbed.platform.releases.carried import commit_of, commits_between, kind_of
from roadbed.platform.releases.facts import fact_data
from roadbed.platform.releases.fetching import Fetched, fetch
from roadbed.platform.releases.journal import entry_of, last_entry
from roadbed.platform.releases.models import Release, Workload
from roadbed.platform.releases.running import Overtaken, Track
from roadbed.platform.releases.specifying import spec_of


class Denied(Refusal):
    """The gate refused; the verdict with its reasons is kept with the deployment."""

    status = 409
    code = "denied"


def deploy(uid: str, *, last_attempt: bool, clock: Callable[[], datetime]) -> None:
    """Work on a deployment until it is live, refused or failed. Does nothing when that is so already."""
    track = Track.take(uid, clock=clock)
    if track is None:
        return
    runtime = board.runtime()
    try:
        _deploy(track, runtime)
    except Overtaken:
        track.flush()
        _discard(runtime, track)
    except RuntimeFailure as failure:
        _give_up(track, runtime, failure, rules.FAILED)
    except Refusal as refusal:
        # Once there is a release something was begun; before that the request alone was at fault.
        begun = track.row.number is not None
        _give_up(track, runtime, refusal, rules.FAILED if begun else rules.REFUSED)
    except Exception as fault:
        if not last_attempt:
            raise
        _give_up(track, runtime, f"Roadbed broke while it deployed: {type(fault).__name__}: {fault}", rules.FAILED)
        raise


def abandon(uid: str, *, clock: Callable[[], datetime]) -> None:
    """End a deployment whose job will not come back: record it where it went live, else fail it cleanly."""
    track = Track.take(uid, clock=clock)
    if track is None:
        return
    runtime = board.runtime()
    try:
        if track.row.number is None or not _went_live_before(track, runtime):
            reason = "Its worker died each time it was tried. Nothing that served was changed."
            _give_up(track, runtime, reason, rules.FAILED)
    except (RuntimeFailure, Refusal) as fault:
        _give_up(track, runtime, fault, rules.FAILED)


def _give_up(track: Track, runtime: Runtime, failure: RuntimeFailure | Refusal | str, state: str) -> None:
    """End it without success, unless the traffic has moved all the same: then what failed came after."""
    try:
        if track.row.step in ("switch", "drain") and _went_live_before(track, runtime):
            return
    except RuntimeFailure as fault:
        failure = fault
    _discard(runtime, track)
    with contextlib.suppress(Overtaken):
        track.fail(failure, state=state)
    track.flush()


def _discard(runtime: Runtime, track: Track) -> None:
    if track.row.number is None:
        return
    try:
        if runtime.status(track.row.workload).number != track.row.number:
            runtime.discard(track.row.workload, track.row.number)
    except RuntimeFailure as failure:
        with contextlib.suppress(Overtaken):
            track.report(failure.step, f"v{track.row.number} could not be removed: {failure.detail}")
    Release.objects.filter(workload__name=track.row.workload, number=track.row.number, state=rules.BUILDING).update(
        state=rules.BROKEN
    )


def _deploy(track: Track, runtime: Runtime) -> None:
    if track.row.number is not None:
        if _went_live_before(track, runtime):
            return
        _discard(runtime, track)
        track.update(number=None, version="")
    fetched = fetch(track)
    _ask_gate(track, fetched)
    values, versions = _secrets(track, fetched)
    release = _release_of(track, runtime, fetched, versions)
    spec = spec_of(release, track.row, values, file=fetched.service.entity_path)
    _begin(track, release)
    track.step("build")
    _export(track, runtime, fetched, spec)
    runtime.build(spec, report=track.report)
    track.step("start")
    runtime.start(spec, report=track.report)
    before = last_entry(runtime)
    # From here the new release may serve, so this is the last moment at which a cancel counts.
    track.step("switch")
    switch = runtime.switch(spec, actor=track.caller.name, report=track.report)
    _settle(track, runtime, switch=switch, entry=entry_of(runtime, track, after=before))


def _went_live_before(track: Track, runtime: Runtime) -> bool:
    """Whether a worker that died had switched already; then only the record is missing."""
    entry = entry_of(runtime, track, after="")
    if entry is None and runtime.status(track.row.workload).number != track.row.number:
        return False
    tidy(track, runtime)
    _settle(track, runtime, switch=None, entry=entry)
    return True


def tidy(track: Track, runtime: Runtime) -> None:
    """Let the runtime stop the former release, which a worker that died had not drained yet."""
    try:
        for line in runtime.reconcile():
            track.report("drain", line)
    except RuntimeFailure as failure:
        track.report("drain", f"Not tidied up: {failure.detail}")


def _settle(track: Track, runtime: Runtime, *, switch: Switch | None, entry: JournalEntry | None) -> None:
    workload = track.row.workload
    former = switch.former if switch else entry.former if entry else None
    service = catalog.service(track.row.service_uid)
    location = service.location if service else ""
    commits = commits_between(location, since=commit_of(workload, former), until=track.row.commit)
    track.settle(switch=switch, entry=entry, commits=commits, url=runtime.url_of(workload))
    prune(runtime, workload)


def prune(runtime: Runtime, workload: str) -> None:
    """Let the runtime remove old releases. What cannot be removed now is removed after the next deployment."""
    try:
        gone = runtime.prune(workload, keep=rules.KEEP_GOOD)
    except RuntimeFailure:
        return
    Release.objects.filter(workload__name=workload, number__in=gone).update(state=rules.PRUNED)


def _ask_gate(track: Track, fetched: Fetched) -> None:
    if track.row.verdict is None:
        track.step("gate")
        question = Question(
            service_uid=fetched.service.uid,
            service_name=fetched.service.name,
            environment=track.row.environment,
            kind=track.row.kind or "feature",
            commit=fetched.commit,
            declared_kind=track.row.kind,
            subject=subject_of(fetched.service),
            **kind_of(track, fetched.service.location, fetched.commit),
        )
        question, verdict, decision = gates.ask_and_keep(
            track.caller,
            question,
            now=track.clock(),
            unknown_passes=unknown_passes(fetched.service.annotations),
        )
        for reason in verdict.reasons:
            track.report("gate", f"{reason.outcome}: {reason.text} ({reason.rule})")
        track.update(verdict=gates.as_data(question, verdict) | {"decision": decision}, kind=question.kind)
    kept = track.row.verdict or {}
    if not kept["passes"]:
        reasons = [reason for reason in kept["reasons"] if reason["outcome"] == kept["outcome"]]
        raise Denied(
            f"The gate refused {fetched.commit[:8]}: " + " ".join(reason["text"] for reason in reasons),
            remedy=" ".join(reason["clears"] for reason in reasons if reason["clears"])
            or "`roadbed gate check` shows the reasons again. A rollback is never refused.",
        )


def _secrets(track: Track, fetched: Fetched) -> tuple[dict[str, str], dict[str, int]]:
    if not fetched.needs:
        return {}, {}
    resolved = asks.put(
        asks.ResolveSecrets(
            service_uid=fetched.service.uid,
            environment=track.row.environment,
            names=tuple(need.name for need in fetched.needs),
            asked_by=track.caller,
            now=track.clock(),
        )
    )
    for need in fetched.needs:
        if need.required and need.name in resolved.missing:
            environment = "" if track.row.environment == rules.PRODUCTION else f" --environment {track.row.environment}"
            raise Conflict(
                f"The secret {need.name} has no value in {track.row.environment}, and {fetched.secrets_path} "
                "requires it.",
                remedy=f"Give it one: `roadbed secrets set {fetched.service.name} {need.name}{environment}`.",
                place=Place(file=fetched.secrets_path, line=need.line, field=need.name),
            )
    return resolved.values, resolved.versions


def _next_number(workload: str, runtime: Runtime) -> int:
    newest = Release.objects.filter(workload__name=workload).order_by("-number").first()
    # After a restore from a backup the runtime can know later releases than the records do.
    known = [newest.number if newest else 0, *runtime.good_releases(workload), runtime.status(workload).number or 0]
    return max(known) + 1


def _release_of(track: Track, runtime: Runtime, fetched: Fetched, secret_versions: dict[str, int]) -> Release:
    facts, configuration = fetched.facts, dict(fetched.facts.environment)
    return Release(
        workload=Workload.objects.get(name=track.row.workload),
        number=_next_number(track.row.workload, runtime),
        commit=fetched.commit,
        subject=fetched.subject,
        build=facts.build,
        run=facts.run,
        health_path=facts.health_path,
        metrics_path=facts.metrics_path,
        memory_mb=facts.resources.memory_mb,
        configuration=configuration,
        configuration_digest=hashlib.sha256(json.dumps(configuration, sort_keys=True).encode()).hexdigest(),
        secret_names=[need.name for need in fetched.needs],
        secret_versions=secret_versions,
        created_at=track.clock(),
        created_by=track.row.requested_by,
    )


def _begin(track: Track, release: Release) -> None:
    with unit(track.caller, now=track.clock()) as writing:
        track.update(number=release.number, version=rules.version_of(release.number))
        release.save(force_insert=True)
        writing.record(
            "deployment.started",
            track.row.service_uid,
            environment=track.row.environment,
            source_id=f"deployment:{track.row.uid}:started",
            data=fact_data(track.row),
        )


def _export(track: Track, runtime: Runtime, fetched: Fetched, spec: ReleaseSpec) -> None:
    folder = runtime.fresh_folder(spec.workload, spec.number)
    try:
        board.code_host().export(fetched.service.location, fetched.commit, folder)
    except CodeUnavailable as fault:
        raise RuntimeFailure("build", str(fault), remedy="Make the repository reachable, then deploy again.") from None
    except OSError as fault:
        raise RuntimeFailure(
            "build", f"The files could not be written to {folder}: {fault.strerror}", remedy="`df -h` shows the disk."
        ) from None
    track.report("build", f"{spec.label} holds the files of {fetched.commit[:12]}")
