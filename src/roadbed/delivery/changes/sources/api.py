"""Sources over HTTP: open a door, change its secret, close it; and take in the past of repositories."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Status

from roadbed.delivery.changes import schemas
from roadbed.delivery.changes.sources import backfilling, fetching, queries, usecases
from roadbed.delivery.changes.sources.usecases import Opened
from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import authorise
from roadbed.ground.ports import events
from roadbed.ground.ports.payloads import is_bot, repository_name

router = Router(tags=["sources"])


@router.get("/sources", response=schemas.SourcesOut)
def list_sources(request: HttpRequest) -> Any:
    """All sources with how each is: its last delivery, since when it is silent, what could not be read."""
    authorise(caller(request), "read")
    return {"items": queries.sources(now=timezone.now())}


@router.post("/sources", response={201: schemas.SourceOpenedOut})
def add_source(request: HttpRequest, response: HttpResponse, body: schemas.SourceIn) -> Status[Any]:
    """Open a door; the answer holds the secret, this once."""
    opened = usecases.add(
        caller(request), body.kind, body.name, deploys=body.deploys, environment=body.environment, secret=body.secret,
        now=timezone.now(),
    )  # fmt: skip
    return Status(201, _opened(response, opened))


def _opened(response: HttpResponse, opened: Opened) -> dict[str, Any]:
    response["Cache-Control"] = "no-store"
    view = queries.source(opened.name, now=timezone.now())
    return {**{name: getattr(view, name) for name in view.__slots__}, "secret": opened.secret}


@router.get("/sources/{name}", response=schemas.SourceOut)
def show_source(request: HttpRequest, name: str) -> Any:
    """One source."""
    authorise(caller(request), "read")
    return queries.source(name, now=timezone.now())


@router.patch("/sources/{name}", response=schemas.SourceOut)
def change_source(request: HttpRequest, name: str, body: schemas.SourceChangeIn) -> Any:
    """Change which pipelines deploy, and where to."""
    usecases.change(caller(request), name, deploys=body.deploys, environment=body.environment, now=timezone.now())
    return queries.source(name, now=timezone.now())


@router.post("/sources/{name}/rotate", response=schemas.SourceOpenedOut)
def rotate_source(request: HttpRequest, response: HttpResponse, name: str, body: schemas.SourceRotateIn) -> Any:
    """Make a new secret; for the overlap the former one opens the door as well."""
    overlap = timedelta(hours=body.overlap_hours)
    opened = usecases.rotate(caller(request), name, overlap=overlap, secret=body.secret, now=timezone.now())
    return _opened(response, opened)


@router.post("/sources/{name}/archive", response=schemas.SourceOut)
def archive_source(request: HttpRequest, name: str) -> Any:
    """Close the door; what came through it stays."""
    usecases.archive(caller(request), name, now=timezone.now())
    return queries.source(name, now=timezone.now())


@router.post("/sources/{name}/restore", response=schemas.SourceOut)
def restore_source(request: HttpRequest, name: str) -> Any:
    """Open it again, with the secret that it had."""
    usecases.restore(caller(request), name, now=timezone.now())
    return queries.source(name, now=timezone.now())


@router.post("/sources/{name}/replay", response=schemas.ReplayedOut)
def replay_source(request: HttpRequest, name: str) -> Any:
    """Read again what could not be read, as after a service was registered."""
    return {"deliveries": usecases.read_again(caller(request), name)}


@router.get("/backfills", response=schemas.BackfillsOut)
def list_backfills(request: HttpRequest) -> Any:
    """How far the past of each repository was taken in."""
    authorise(caller(request), "read")
    return {"items": queries.backfills()}


@router.get("/backfills/git", response=schemas.BackfillOut)
def show_backfill(request: HttpRequest, repository: str) -> Any:
    """Where the backfill of a clone goes on."""
    authorise(caller(request), "source.write")
    return backfilling.progress_of("git", repository)


@router.post("/backfills/git", response=schemas.BackfillOut)
def backfill_git(request: HttpRequest, body: schemas.BackfillIn) -> Any:
    """Take in a piece of a clone's past; what was taken in before counts once."""
    name = repository_name(body.repository)
    told: list[events.Event] = []
    if body.commits:
        first, last = body.commits[0].sha, body.commits[-1]
        commits = tuple(_commit(one) for one in body.commits)
        told.append(
            events.Pushed(
                key=f"{name}:git:{first}..{last.sha}:{len(commits)}", at=last.committed_at, repository=name, branch="",
                before="", after=last.sha, commits=commits,
            )
        )  # fmt: skip
    told += [
        events.Deployment(
            key=f"{name}:tag:{one.version}", at=one.at, outcome=events.SUCCEEDED, environment="production",
            repository=name, commit=one.commit, service=one.service, version=one.version,
        )
        for one in body.deployments
    ]  # fmt: skip
    problems = backfilling.take_in(
        caller(request), "git", name, told, services=body.services, cursor=body.cursor, total=body.total,
        finished=body.finished, now=timezone.now(),
    )  # fmt: skip
    done = backfilling.progress_of("git", name)
    return {name: getattr(done, name) for name in done.__slots__} | {"problems": list(problems[:20])}


def _commit(one: schemas.PastCommitIn) -> events.Commit:
    return events.Commit(
        sha=one.sha, subject=one.subject, body=one.body, author=one.author, authored_at=one.authored_at,
        committed_at=one.committed_at, bot=is_bot(one.author), parents=tuple(one.parents),
        paths=None if one.paths is None else tuple(one.paths),
    )  # fmt: skip


@router.delete("/backfills/git", response={204: None})
def forget_backfill(request: HttpRequest, repository: str) -> Status[None]:
    """Let the next backfill of a clone read everything again; what was recorded stays and counts once."""
    backfilling.begin_again(caller(request), "git", repository)
    return Status(204, None)


@router.post("/backfills/api", response={202: schemas.BackfillBegunOut})
def backfill_api(request: HttpRequest, body: schemas.BackfillApiIn) -> Status[Any]:
    """Have the worker read a repository's past from its code host's API, going on where it stopped."""
    job = fetching.request(
        caller(request), body.way, body.repository, token=body.token, address=body.address, services=body.services,
        now=timezone.now(),
    )  # fmt: skip
    return Status(202, {"job": job})
