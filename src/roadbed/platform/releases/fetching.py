"""Reading what a commit says about how its service runs, before anything is changed."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.catalog.workload import SCORE_PATH, workload_of
from roadbed.ground.catalog.workload import Workload as RunFacts
from roadbed.ground.errors import Conflict, Invalid, NotFound, Place, Unavailable
from roadbed.ground.ports import board
from roadbed.ground.ports.code_host import CodeUnavailable
from roadbed.platform.releases.manifest import SecretNeed, secrets_of
from roadbed.platform.releases.running import Track


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the commit says about how the service runs."""

    service: ServiceView
    commit: str
    subject: str
    facts: RunFacts
    needs: tuple[SecretNeed, ...]
    secrets_path: str


def fetch(track: Track) -> Fetched:
    if track.row.step in ("", "fetch"):
        track.step("fetch")
    service = catalog.require_service(track.row.service_uid)
    code = board.code_host()
    commit = track.row.commit or _resolve(service, track.row.ref)
    if not track.row.commit:
        track.update(commit=commit)
    try:
        text = code.read(service.location, service.entity_path, commit)
        if text is None:
            raise NotFound(
                f"{commit[:8]} has no {service.entity_path}.",
                remedy="Commit it, push, and deploy again.",
                place=Place(file=service.entity_path),
            )
        beside = posixpath.join(posixpath.dirname(service.entity_path), SCORE_PATH)
        score = code.read(service.location, beside, commit)
        facts = workload_of(
            _decoded(text, service.entity_path),
            service.name,
            file=service.entity_path,
            score=None if score is None else _decoded(score, beside),
        )
        path = posixpath.join(posixpath.dirname(service.entity_path), facts.secrets_path) if facts.secrets_path else ""
        manifest = code.read(service.location, path, commit) if path else None
        newest = code.commits(service.location, since=None, until=commit, limit=1)
    except CodeUnavailable as fault:
        raise Unavailable(str(fault), remedy="Make the repository reachable, then deploy again.") from None
    _deployed_here(service, facts)
    needs = secrets_of(_decoded(manifest, path), path=path) if manifest is not None else ()
    track.report("fetch", f"{track.row.ref} is {commit[:12]}" + (f" “{newest[0].subject}”" if newest else ""))
    return Fetched(
        service=service,
        commit=commit,
        subject=newest[0].subject[:200] if newest else "",
        facts=facts,
        needs=needs,
        secrets_path=path,
    )


def _resolve(service: ServiceView, ref: str) -> str:
    try:
        return board.code_host().resolve(service.location, ref)
    except CodeUnavailable as fault:
        raise NotFound(
            str(fault),
            remedy="Push it first: `git push`; then deploy again.",
            place=Place(field="ref"),
        ) from None


def _decoded(content: bytes, path: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid(f"{path} is not UTF-8 text.", remedy="Save it as UTF-8.", place=Place(file=path)) from None


def _deployed_here(service: ServiceView, facts: RunFacts) -> None:
    if facts.deployed_by == "external":
        raise Conflict(
            f"At this commit {service.name} is deployed by another CD.",
            remedy=f"Report it with `roadbed deploy report {service.name}`, or change roadbed.dev/deployed-by.",
            place=Place(file=service.entity_path),
        )
