"""Takes a service's facts as columns: one place for each deployment to production, one for each commit it carried."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import accumulate, chain
from operator import itemgetter
from types import NoneType
from typing import Any, Final

import numpy as np

from roadbed.delivery.metrics.columnar import sifting
from roadbed.delivery.metrics.columnar.instants import instants_of, stored_instants
from roadbed.delivery.metrics.rollups.bulk import document_of
from roadbed.delivery.metrics.rollups.columns import EPOCH, MICROSECOND, NEVER, Ints, instant
from roadbed.delivery.metrics.rules.past import keys_of
from roadbed.delivery.metrics.rules.reading import (
    DEPLOYED,
    LINKED,
    ROLLED_BACK,
    STARTED,
    Told,
    commits_of,
    lasted,
    said_by_hand,
    told_of,
    with_link,
)
from roadbed.delivery.metrics.rules.values import PRODUCTION, Commit, Deployment
from roadbed.ground.ledger.plain import Plain

TIMES: Final = ("first_commit_at", "authored_at", "committed_at", "reviewed_at", "merged_at")
"""Instants of a commit as facts call them."""
_TEXTS: Final = ("subject", "body", "author", "change")
_KNOWN: Final = frozenset({"sha", "labels", *TIMES, *_TEXTS})
_SHA: Final = 64
_IN_COMMIT: Final = {"first_commit_at": "first_at"}
"""What the value calls otherwise."""


@dataclass(frozen=True)
class Commits:
    """The commits of all deployments, one after another; a text or instant that no source told is no column at all."""

    sha: list[str]
    subject: list[str]
    body: list[str] | None
    author: list[str] | None
    change: list[str] | None
    labels: list[tuple[str, ...]] | None
    times: Mapping[str, Ints]

    @cached_property
    def may_take_back(self) -> list[int]:
        """The places of those that may revert something."""
        return sifting.may_take_back(self.subject, self.body)

    @cached_property
    def keys(self) -> list[str]:
        """By what each is told apart."""
        return keys_of(self.sha)

    def at(self, place: int) -> Commit:
        """One as a value."""
        times = {_IN_COMMIT.get(name, name): _instant(column[place]) for name, column in self.times.items()}
        texts = {name: column[place] for name in ("body", "author", "change") if (column := getattr(self, name))}
        labels = self.labels[place] if self.labels else ()
        return Commit(sha=self.sha[place], subject=self.subject[place], labels=labels, **texts, **times)


@dataclass(frozen=True)
class Deployments(Sequence[Deployment]):
    """A service's deployments, the oldest first; as values only where somebody asks for one.

    Attributes:
        edges: where the commits of each begin, and at last where they end.
        known: whether anybody told what each carried.
    """

    service_uid: str
    uid: list[str]
    at: Ints
    started: Ints
    told: list[Told]
    known: list[bool]
    edges: list[int]
    commits: Commits

    def __len__(self) -> int:
        return len(self.uid)

    def __getitem__(self, index: Any) -> Any:
        kept = self._made.get(index)
        if kept is None:
            kept = self._made[index] = self._value(index)
        return kept

    @cached_property
    def _made(self) -> dict[int, Deployment]:
        return {}

    def _value(self, index: int) -> Deployment:
        carried = tuple(map(self.commits.at, range(self.edges[index], self.edges[index + 1])))
        at = _instant(self.at[index])
        if at is None:
            raise IndexError(index)
        return Deployment(
            uid=self.uid[index],
            service_uid=self.service_uid,
            at=at,
            commits=carried if self.known[index] else None,
            started_at=_instant(self.started[index]),
            **self.told[index]._asdict(),
        )

    @cached_property
    def instants(self) -> list[datetime]:
        """When each was live."""
        return [EPOCH + at * MICROSECOND for at in self.at.tolist()]

    @cached_property
    def owners(self) -> Ints:
        """Of each commit the place of its deployment."""
        return np.repeat(np.arange(len(self)), np.diff(np.array(self.edges)))

    @cached_property
    def owner(self) -> list[int]:
        """The same as a list."""
        return self.owners.tolist()  # type: ignore[no-any-return]


def _instant(at: int) -> Any:
    return None if at == NEVER else EPOCH + int(at) * MICROSECOND


def deployments_in(service_uid: str, facts: Sequence[Plain], *, corrected: Collection[str]) -> Deployments:
    """Deployments to production. Of several facts of one the latest counts, as in `reading.deployments_of`."""
    latest: dict[str, tuple[Any, str, dict[str, Any]]] = {}
    links: dict[str, tuple[Any, dict[str, Any]]] = {}
    starts: dict[str, int] = {}
    at = stored_instants([one.at for one in facts]).tolist()
    for (uid, kind, environment, _, text), when in zip(facts, at, strict=True):
        if uid in corrected:
            continue
        data = document_of(text)
        key = str(data.get("deployment") or uid)[:64]
        if kind == STARTED:
            starts[key] = min(when, starts.get(key, when))
        elif kind == LINKED:
            rank = (said_by_hand(kind, data), when, uid)
            if key not in links or links[key][0] < rank:
                links[key] = (rank, data)
        elif kind in DEPLOYED and (environment or str(data.get("environment") or ""))[:40] == PRODUCTION:
            known = latest.get(key)
            if known is None or known[0] < (when, uid):
                latest[key] = ((when, uid), kind, data)
    ordered = sorted((when, key) for key, ((when, _), _, _) in latest.items())
    rows = []
    for when, key in ordered:
        _, kind, data = latest[key]
        rows.append((when, key, kind, with_link(data, links[key][1]) if key in links else data, starts.get(key, NEVER)))
    return _deployments(service_uid, rows)


def _deployments(service_uid: str, rows: Sequence[tuple[int, str, str, dict[str, Any], int]]) -> Deployments:
    said = [None if kind == ROLLED_BACK else data.get("commits") for _, _, kind, data, _ in rows]
    known = [isinstance(one, list) for one in said]
    commits, counts = _commits([one if isinstance(one, list) else () for one in said])
    return Deployments(
        service_uid=service_uid,
        uid=[key for _, key, _, _, _ in rows],
        at=np.array([at for at, *_ in rows], np.int64),
        started=_started(rows),
        told=[told_of(kind, data) for _, _, kind, data, _ in rows],
        known=known,
        edges=[0, *accumulate(counts)],
        commits=commits,
    )


def _started(rows: Sequence[tuple[int, str, str, dict[str, Any], int]]) -> Ints:
    """As the end tells it, by an instant or by how long it took, else as it was told by itself."""
    found = instants_of([data.get("started_at") for _, _, _, data, _ in rows])
    for place in np.flatnonzero(found == NEVER).tolist():
        at, _, _, data, began = rows[place]
        seconds = data.get("seconds")
        if type(seconds) is int and 0 <= seconds < 86400:  # noqa: PLR2004 - most take less than a day
            found[place] = at - seconds * 1_000_000
        else:
            before = lasted(seconds)
            found[place] = began if before is None else instant(EPOCH + at * MICROSECOND - before)
    return found


def _commits(told: Sequence[Any]) -> tuple[Commits, list[int]]:
    """Columns of commits and how many each deployment has: read at once where all are as usual, else one by one."""
    flat = list(chain.from_iterable(told))
    found = _as_usual(flat)
    if found is not None:
        return found, list(map(len, told))
    read = [commits_of(list(one)) or () for one in told]
    return _columns(list(chain.from_iterable(read))), list(map(len, read))


def _as_usual(flat: list[Any]) -> Commits | None:
    """None where anything is odd, which the rule of reading knows how to take."""
    if not set(map(type, flat)) <= {dict}:
        return None
    present = set(chain.from_iterable(flat)) & _KNOWN
    if flat and "sha" not in present:
        return None
    sha = _column(flat, "sha")
    texts = {name: _texts(_column(flat, name)) for name in _TEXTS if name in present}
    if not set(map(type, sha)) <= {str} or None in texts.values():
        return None
    if "labels" in present and any(one.get("labels") for one in flat):
        return None
    if flat and (max(map(len, sha)) > _SHA or not all(sha)):
        return None
    return Commits(
        sha=sha,
        subject=texts.get("subject") or [""] * len(flat),
        body=_told(texts.get("body")),
        author=_told(texts.get("author")),
        change=_told(texts.get("change")),
        labels=None,
        times={name: instants_of(_column(flat, name)) for name in TIMES if name in present},
    )


def _column(flat: list[Any], name: str) -> list[Any]:
    try:
        return list(map(itemgetter(name), flat))
    except KeyError:
        return [one.get(name) for one in flat]


def _texts(column: list[Any]) -> list[str] | None:
    """Texts, empty where nobody told one; None where one is none."""
    types = set(map(type, column))
    if types <= {str}:
        return column
    return [one or "" for one in column] if types <= {str, NoneType} else None


def _told(column: list[str] | None) -> list[str] | None:
    return column if column is not None and any(column) else None


def _columns(commits: Sequence[Commit]) -> Commits:
    def times(name: str) -> Ints:
        known = [getattr(one, _IN_COMMIT.get(name, name)) for one in commits]
        return np.array([NEVER if at is None else instant(at) for at in known], np.int64)

    return Commits(
        sha=[one.sha for one in commits],
        subject=[one.subject for one in commits],
        body=_told([one.body for one in commits]),
        author=_told([one.author for one in commits]),
        change=_told([one.change for one in commits]),
        labels=[one.labels for one in commits] if any(one.labels for one in commits) else None,
        times={name: times(name) for name in TIMES},
    )
