"""Links deployments to what they carried, and lets people correct that; both are facts, so nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from roadbed.delivery.changes.linking.catalogue import owned
from roadbed.delivery.changes.linking.loading import Loader, world_for
from roadbed.delivery.changes.linking.rules.linking import Past, link_all
from roadbed.delivery.changes.linking.rules.owning import Owned
from roadbed.delivery.changes.linking.rules.values import BY_HAND, GIT, TOLD, Carried, Commit, Link
from roadbed.delivery.changes.linking.rules.values import Deployed as Told
from roadbed.delivery.changes.models import Deployed, Repository, SeenCommit, ToLink
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED, Caller, authorise
from roadbed.ground.ports import board
from roadbed.ground.ports.code_host import CodeUnavailable
from roadbed.ground.ports.payloads import SHA

NEWEST: Final = 300
"""Deployments of a service and an environment that are looked at again when something is told; where that lies back,
all are, so many at a time."""
BEFORE: Final = 50
"""Deployments before those, which say what was live when they came."""
COMMITS_TOLD: Final = 50
GIT_CALLS: Final = 20
"""How often a run reads the service's own clone: where webhooks told too little."""
BODY_TOLD: Final = 300
SETTLED: Final = timedelta(days=7)
PAST: Final = "past-"


def link_waiting(*, now: datetime, most: int = 200) -> int:
    """Link anew what facts were told of since the last run; answers how many links were made or changed."""
    waiting = list(ToLink.objects.order_by("what").values_list("what", flat=True)[:most])
    # The mark goes first: what is told meanwhile marks it again.
    ToLink.objects.filter(what__in=waiting).delete()
    loader = Loader({one.uid: one.names for one in owned()})
    past = {one.uid for one in _services([what for what in waiting if what.startswith(PAST)])}
    return sum(
        link_service(service, loader, past=service.uid in past, now=now)
        for service in _services([what.removeprefix(PAST) for what in waiting])
    )


def _services(waiting: Sequence[str]) -> tuple[Owned, ...]:
    parts = [what.removeprefix(PAST).partition(":") for what in waiting]
    services = {which for kind, _, which in parts if kind == "service"}
    digests = [which for kind, _, which in parts if kind == "repository"]
    named = set(Repository.objects.filter(digest__in=digests).values_list("name", flat=True))
    known = owned()
    homes = {name for one in known for name in one.paths}
    # What is told of a configuration repository can concern whoever was deployed from it.
    away = named - homes
    if away:
        services |= set(Deployed.objects.filter(repository__in=away).values_list("service_uid", flat=True))
    return tuple(one for one in known if one.uid in services or named & set(one.paths))


def link_service(service: Owned, loader: Loader, *, past: bool, now: datetime) -> int:
    """Link the newest deployments of one service, in each environment; answers how many links are new or other.

    Those of long ago that are linked stay as they are, unless something was told of the past: then all are looked at.
    """
    environments = Deployed.objects.filter(service_uid=service.uid).values_list("environment", flat=True).distinct()
    return sum(_link_environment(service, one, loader, past=past, now=now) for one in sorted(environments))


def _link_environment(service: Owned, environment: str, loader: Loader, *, past: bool, now: datetime) -> int:
    finished = Deployed.objects.filter(
        service_uid=service.uid, environment=environment, outcome__in=["succeeded", "rolledback"]
    )
    calls, changed, was = [GIT_CALLS], 0, Past()
    before: Deployed | None = None
    for rows, settled in _in_portions(finished, past=past, now=now):
        told = [_told(row) for row in rows]
        links = link_all(service, told, world_for(service, told, loader), settled=settled, past=was)
        changed += _record(service, rows, links, before, calls, now=now)
        before = rows[-1]
    return changed


def _in_portions(
    finished: QuerySet[Deployed], *, past: bool, now: datetime
) -> Iterator[tuple[list[Deployed], frozenset[str]]]:
    """Deployments to link, the oldest first, and those of them that only say what was before."""
    if not past:
        newest = list(finished.order_by("-at", "-uid")[: NEWEST + BEFORE])
        before = newest[NEWEST:]
        settled = {row.uid for row in newest if row.method and row.at < now - SETTLED}
        if newest:
            yield sorted(newest, key=_in_time), frozenset(settled.union(row.uid for row in before))
        return
    last: Deployed | None = None
    while True:
        rows = finished if last is None else finished.filter(Q(at__gt=last.at) | Q(at=last.at, uid__gt=last.uid))
        some = sorted(rows.order_by("at", "uid")[:NEWEST], key=_in_time)
        if not some:
            return
        yield some, frozenset()
        last = some[-1]


def _in_time(row: Deployed) -> tuple[datetime, str]:
    return row.at, row.uid


def _told(row: Deployed) -> Told:
    listed = row.commits is not None and not row.method
    return Told(
        uid=row.uid,
        at=row.at,
        commits=((row.repository, row.commit),) if row.commit else (),
        artifacts=tuple(row.artifact.split()),
        rolled_back=row.outcome == "rolledback",
        listed=listed,
    )


def _record(
    service: Owned, rows: Sequence[Deployed], links: dict[str, Link], before: Deployed | None, calls: list[int], *,
    now: datetime,
) -> int:  # fmt: skip
    """Record links that are new or other; `calls` counts down how often the clone may still be read."""
    changed = 0
    for row in rows:
        link = links.get(row.uid)
        if link is None:
            before = row
            continue
        if not link.method and before is not None and calls[0] > 0 and row.commit and before.commit:
            calls[0] -= 1
            link = _from_clone(service, before.commit, row.commit) or link
        before = row
        if row.by_hand or link.method == TOLD or not _differs(row, link):
            continue
        data = _data(row, link) | {"by_hand": False}
        with unit(ROADBED, now=now) as writing:
            _fact(writing, row, data)
        changed += 1
    return changed


def _from_clone(service: Owned, old: str, new: str) -> Link | None:
    """What lies between two versions as the service's own repository tells it; None where it cannot."""
    known = catalog.service(service.uid)
    # A folder of this machine: fetching a copy from elsewhere is not for here.
    if known is None or not known.location.startswith(("/", "file://")):
        return None
    paths = next((own for name, own in service.paths.items() if own), ())
    try:
        found = board.code_host().commits(known.location, since=old, until=new, limit=1000, paths=paths)
    except CodeUnavailable:
        return None
    words = [
        f"read from {known.location}",
        f"{len(found)} {'commit' if len(found) == 1 else 'commits'} since the one before",
    ]
    if paths:
        words.append(f"in {', '.join(one.rstrip('/') for one in paths)}")
    carried = tuple(
        Carried(Commit(one.sha, one.subject, one.authored_at, one.committed_at, one.body, one.author_name), "")
        for one in found
    )
    return Link(GIT, 1.0, tuple(words), carried)


def _differs(row: Deployed, link: Link) -> bool:
    shas = None if link.commits is None else [one.commit.sha for one in link.commits[:COMMITS_TOLD]]
    stand = None if row.commits is None else [str(one.get("sha")) for one in row.commits]
    return (row.method, row.confidence, list(row.evidence), stand) != (
        link.method,
        link.confidence,
        list(link.evidence),
        shas,
    )


def _data(row: Deployed, link: Link) -> dict[str, Any]:
    commits = link.commits
    return {
        "deployment": row.uid,
        "service": row.service,
        "method": link.method,
        "confidence": link.confidence,
        "evidence": list(link.evidence),
        "commits": None if commits is None else [_commit(one) for one in commits[:COMMITS_TOLD]],
        "commit_count": None if commits is None else len(commits),
        "commits_more": commits is not None and len(commits) > COMMITS_TOLD,
    }


def _commit(one: Carried) -> dict[str, Any]:
    authored = min(filter(None, (one.first_at, one.commit.authored_at)))
    return {
        "sha": one.commit.sha,
        "subject": one.commit.subject[:200],
        "body": one.commit.body[:BODY_TOLD],
        "author": one.commit.author[:100],
        "bot": one.commit.bot,
        # Of a change that was squashed or rebased the first commit counts, not the copy.
        "authored_at": authored.isoformat(),
        "committed_at": one.commit.committed_at.isoformat(),
        "first_commit_at": authored.isoformat() if one.first_at else None,
        "reviewed_at": one.reviewed_at.isoformat() if one.reviewed_at else None,
        "merged_at": one.merged_at.isoformat() if one.merged_at else None,
        "change": one.change,
        "how": one.how,
        "origin": one.origin,
        "repository": one.repository,
    }


def _fact(writing: Any, row: Deployed, data: dict[str, Any]) -> None:
    writing.record(
        "deployment.linked", row.service_uid, environment=row.environment, supersedes=row.link_uid, data=data
    )


def correct(caller: Caller, deployment: str, *, commits: Iterable[str], reason: str, now: datetime) -> None:
    """Say by hand what a deployment carried: the names of its commits, none for none. Replaces every other link.

    Raises:
        NotFound: when there is no such deployment.
        Invalid: for what is no commit that was told, or without a reason.
    """
    row = Deployed.objects.filter(uid=deployment).first()
    if row is None:
        raise NotFound(f"There is no deployment {deployment[:64]}.", place=Place(field="deployment"))
    service = catalog.require_service(row.service_uid)
    authorise(caller, "change.link", team=service.owner)
    reason = " ".join(reason.split())[:400]
    if not reason:
        raise Invalid(
            "A correction needs a reason.", remedy="Say in a few words how you know.", place=Place(field="reason")
        )
    names = list(dict.fromkeys(name.strip().lower() for name in commits if name.strip()))
    found = [_known_commit(name) for name in names]
    words = (f"{caller.name}: {reason}",)
    carried = tuple(Carried(one, "") for one in sorted(found, key=lambda one: one.committed_at, reverse=True))
    link = Link(BY_HAND, 1.0, words, carried)
    with unit(caller, now=now) as writing:
        _fact(writing, row, _data(row, link) | {"by_hand": True})


def withdraw(caller: Caller, deployment: str, *, now: datetime) -> None:
    """Take a correction back; the deployment is linked from what was told again."""
    row = Deployed.objects.filter(uid=deployment, by_hand=True).first()
    if row is None:
        raise NotFound(f"No correction stands of deployment {deployment[:64]}.", place=Place(field="deployment"))
    service = catalog.require_service(row.service_uid)
    authorise(caller, "change.link", team=service.owner)
    nothing = Link("", None, (f"{caller.name} took the correction back",))
    with unit(caller, now=now) as writing:
        _fact(writing, row, _data(row, nothing) | {"by_hand": False})


def _known_commit(name: str) -> Commit:
    rows = list(SeenCommit.objects.filter(sha__startswith=name)[:2]) if SHA.fullmatch(name) else []
    shas = {row.sha for row in rows}
    if len(shas) != 1:
        raise Invalid(
            f"{name[:64]!r} stands for {'several commits' if shas else 'no commit that was told'}.",
            remedy="Give its full name, and tell of it first: `roadbed source backfill git PATH`.",
            place=Place(field="commits"),
        )
    row = rows[0]
    return Commit(row.sha, row.subject, row.authored_at, row.committed_at, row.body, row.author, row.bot)
