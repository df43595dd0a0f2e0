"""Columns of deployments, their changes and incidents: made from what was judged, packed, joined, cut to a window."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import mmh3
import numpy as np
from numpy.typing import NDArray

from roadbed.delivery.metrics.rules.values import LABELS, Incident, Judged

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int32]
Some = slice | NDArray[np.intp]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
NEVER: Final = np.iinfo(np.int64).max
FAILED, UNPLANNED, ASKED, LINKED, PARTIAL, FIRST = (1 << bit for bit in range(6))
_MARKS: Final = ("reviewed", "merged", "started")
MARKS: Final = len(_MARKS)
FORMAT: Final = 2
"""Raise it when packed bytes mean something else."""
_HEAD: Final = struct.Struct("<BBIII")


def instant(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


@dataclass(frozen=True, slots=True)
class Columns:
    """Some deployments with their changes, and some incidents; instants in microseconds, NEVER for those not known.

    Attributes:
        at, order: when each deployment finished, and what tells apart those that finished at once.
        of, change_of, trouble_of: whose each is, as a number that means something within one process alone.
        change_at, change_order: of the deployment that brought each change.
        seconds: lead times, NaN where a clock was wrong.
        marks: seconds to the first review, the merge and the deployment's start, NaN where unknown; None where all are.
        began, ended, named: of incidents; `named` whether a deployment is.
    """

    at: Ints
    order: Ints
    restored: Ints
    flags: Bytes
    label: Bytes
    of: Numbers
    change_of: Numbers
    trouble_of: Numbers
    change_at: Ints
    change_order: Ints
    sha: Ints
    seconds: NDArray[np.float64]
    bot: Bytes
    marks: NDArray[np.float64] | None
    began: Ints
    ended: Ints
    named: Bytes

    def owned_by(self, number: int) -> Columns:
        """The same, as a service's of this number."""
        of = _owned(number, len(self.at), len(self.sha), len(self.began))
        return replace(self, of=of["of"], change_of=of["change_of"], trouble_of=of["trouble_of"])


def _owned(number: int, deployments: int, changes: int, incidents: int) -> dict[str, Any]:
    counts = {"of": deployments, "change_of": changes, "trouble_of": incidents}
    return {name: np.full(count, number, np.int32) for name, count in counts.items()}


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, np.int64)


def named(names: Iterable[str]) -> Ints:
    """Names as numbers that no two names share, but for chance in 2^64."""
    return _ints([mmh3.hash64(one)[0] for one in names])


def columns_of(judged: Sequence[Judged], incidents: Sequence[Incident]) -> Columns:
    """Columns of one service's rows, which come in time."""
    carried = [(place, each) for place, one in enumerate(judged) for each in one.carried]
    at = _ints([instant(one.at) for one in judged])
    order = named(one.uid for one in judged)
    places = _ints([place for place, _ in carried])
    marks = np.array([[getattr(each, name) for _, each in carried] for name in _MARKS], np.float64)
    return Columns(
        at=at,
        order=order,
        restored=_ints([NEVER if one.restored_at is None else instant(one.restored_at) for one in judged]),
        flags=np.array([_flags(one) for one in judged], np.uint8),
        label=np.array([LABELS.index(one.label) for one in judged], np.uint8),
        **_owned(0, len(judged), len(carried), len(incidents)),
        change_at=at[places],
        change_order=order[places],
        sha=named(each.sha for _, each in carried),
        seconds=np.array([each.seconds for _, each in carried], np.float64),
        bot=np.array([each.bot for _, each in carried], np.uint8),
        marks=None if np.isnan(marks).all() else marks,
        **_troubles(incidents),
    )


def _troubles(incidents: Sequence[Incident]) -> dict[str, Any]:
    return {
        "began": _ints([instant(one.started_at) for one in incidents]),
        "ended": _ints([NEVER if one.resolved_at is None else instant(one.resolved_at) for one in incidents]),
        "named": np.array([bool(one.deployment) for one in incidents], np.uint8),
    }


def with_incidents(columns: Columns, incidents: Sequence[Incident]) -> Columns:
    """The same with these incidents, as one service's."""
    of = _owned(0, len(columns.at), len(columns.sha), len(incidents))
    return replace(columns, **of, **_troubles(incidents))


def cut(columns: Columns, live: slice, carried: slice) -> Columns:
    """Some of a service's deployments with the changes that they brought; marks that nobody told are none."""
    marks = None if columns.marks is None else columns.marks[:, carried]
    found = {name: getattr(columns, name)[live] for name in ("at", "order", "restored", "flags", "label")}
    found |= {name: getattr(columns, name)[carried] for name in ("change_at", "change_order", "sha", "seconds", "bot")}
    return replace(columns, **found, marks=None if marks is None or np.isnan(marks).all() else marks)


def _flags(one: Judged) -> int:
    return flags_of(failed=one.failed, unplanned=one.unplanned, linked=one.linked, partial=one.partial, first=one.first)


def flags_of(*, failed: bool, unplanned: bool, linked: bool | None, partial: bool, first: bool) -> int:
    """What is so or not of a deployment, as bits."""
    return (
        FAILED * failed
        | UNPLANNED * unplanned
        | ASKED * (linked is not None)
        | LINKED * bool(linked)
        | PARTIAL * partial
        | FIRST * first
    )


def packed(columns: Columns) -> bytes:
    """Columns as bytes; whose they are stands beside them."""
    marked = columns.marks is not None
    head = _HEAD.pack(FORMAT, marked, len(columns.at), len(columns.sha), len(columns.began))
    parts: list[NDArray[Any]] = [
        columns.at, columns.order, columns.restored, columns.change_at, columns.change_order, columns.sha,
        columns.seconds, *([columns.marks] if columns.marks is not None else []), columns.began, columns.ended,
        columns.flags, columns.label, columns.bot, columns.named,
    ]  # fmt: skip
    return head + b"".join(np.ascontiguousarray(one).tobytes() for one in parts)


def unpacked(data: bytes, number: int) -> Columns:
    """Columns from bytes, as a service's of this number; nothing is copied."""
    _, marked, deployments, changes, incidents = _HEAD.unpack_from(data)
    place = _HEAD.size

    def take(kind: type, count: int) -> NDArray[Any]:
        nonlocal place
        found: NDArray[Any] = np.frombuffer(data, kind, count, place)
        place += found.nbytes
        return found

    at, order, restored = (take(np.int64, deployments) for _ in range(3))
    change_at, change_order, sha = (take(np.int64, changes) for _ in range(3))
    seconds = take(np.float64, changes)
    marks = take(np.float64, MARKS * changes).reshape(MARKS, changes) if marked else None
    began, ended = (take(np.int64, incidents) for _ in range(2))
    flags, label = (take(np.uint8, deployments) for _ in range(2))
    bot, named = take(np.uint8, changes), take(np.uint8, incidents)
    return Columns(
        at=at, order=order, restored=restored, flags=flags, label=label, change_at=change_at,
        change_order=change_order, sha=sha, seconds=seconds, bot=bot, marks=marks, began=began, ended=ended,
        named=named, **_owned(number, deployments, changes, incidents),
    )  # fmt: skip


_PLAIN: Final = tuple(name for name in Columns.__slots__ if name != "marks")
NOTHING: Final = columns_of((), ())


def joined(parts: Iterable[Columns]) -> Columns:
    """Several as one, in the order given, so not in time any more."""
    some = list(parts)
    if len(some) <= 1:
        return some[0] if some else NOTHING
    values: dict[str, Any] = {name: np.concatenate([getattr(one, name) for one in some]) for name in _PLAIN}
    marks = None
    if any(one.marks is not None for one in some):
        unknown = [np.full((MARKS, len(one.sha)), np.nan) if one.marks is None else one.marks for one in some]
        marks = np.concatenate(unknown, axis=1)
    return Columns(**values, marks=marks)


_NONE: Final = NOTHING.sha


def in_time(columns: Columns) -> Columns:
    """The same, each kind of thing by its instant."""
    live, carried, trouble = (np.argsort(one, kind="stable") for one in (columns.at, columns.change_at, columns.began))
    return _taken(columns, live, carried, trouble)


def within(columns: Columns, since: int, until: int) -> Columns:
    """Only what finished or began from `since` on and before `until`, of columns that are in time."""
    live, carried, trouble = (
        slice(*np.searchsorted(one, (since, until)).tolist()) for one in (columns.at, columns.change_at, columns.began)
    )
    return _taken(columns, live, carried, trouble)


def _taken(columns: Columns, live: Some, carried: Some, trouble: Some) -> Columns:
    return Columns(
        at=columns.at[live],
        order=columns.order[live] if len(columns.order) else _NONE,
        restored=columns.restored[live],
        flags=columns.flags[live],
        label=columns.label[live],
        of=columns.of[live],
        change_of=columns.change_of[carried],
        trouble_of=columns.trouble_of[trouble],
        change_at=columns.change_at[carried],
        change_order=columns.change_order[carried] if len(columns.sha) else _NONE,
        sha=columns.sha[carried] if len(columns.sha) else _NONE,
        seconds=columns.seconds[carried],
        bot=columns.bot[carried],
        marks=None if columns.marks is None else columns.marks[:, carried],
        began=columns.began[trouble],
        ended=columns.ended[trouble],
        named=columns.named[trouble],
    )


def split(columns: Columns, groups: Sequence[Sequence[int]]) -> list[Columns]:
    """Each group's own, by the numbers of its services, without names and stages; no service is in two groups."""
    highest = max(
        (int(one.max()) for one in (columns.of, columns.change_of, columns.trouble_of) if len(one)), default=0
    )
    group_of = np.full(max([highest, *(number for group in groups for number in group)]) + 1, len(groups), np.uint16)
    for place, group in enumerate(groups):
        group_of[list(group)] = place
    told = [group_of[one] for one in (columns.of, columns.change_of, columns.trouble_of)]
    orders = [np.argsort(one, kind="stable") for one in told]
    edges = [
        np.searchsorted(one[order], np.arange(len(groups) + 1)).tolist()
        for one, order in zip(told, orders, strict=True)
    ]
    # What only stages and changes of several services are told by is left behind.
    plain = replace(columns, marks=None, order=_NONE, change_order=_NONE, sha=_NONE)
    ordered = _taken(plain, *orders)
    return [_taken(ordered, *(slice(one[at], one[at + 1]) for one in edges)) for at in range(len(groups))]
