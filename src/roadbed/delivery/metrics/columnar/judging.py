"""What each deployment of a service was and what became of it: `rules.judging`, in columns and as it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

import numpy as np

from roadbed.delivery.metrics.columnar.carrying import Changes, changes_of
from roadbed.delivery.metrics.columnar.labelling import caused_by, story_of
from roadbed.delivery.metrics.columnar.taking import Deployments
from roadbed.delivery.metrics.rollups.blocks import LENGTH, Kept, Row, blocks_of, change, rows_of
from roadbed.delivery.metrics.rollups.bulk import text_of
from roadbed.delivery.metrics.rollups.columns import (
    MICROSECOND,
    NEVER,
    NOTHING,
    Columns,
    cut,
    flags_of,
    instant,
    named,
    with_incidents,
)
from roadbed.delivery.metrics.rules.judging import restored_at, why_failed
from roadbed.delivery.metrics.rules.labelling import Story
from roadbed.delivery.metrics.rules.values import LABELS, ROLLBACK, UNPLANNED, Incident

_BLOCK: Final = LENGTH // MICROSECOND
_LABEL, _FAILED_BY, _RESTORED, _FIRST, _LINKED, _PARTIAL = 7, 9, 10, 11, 12, 13
"""Where in a row they stand."""
_LABELS: Final = {name: number for number, name in enumerate(LABELS)}


def judged_in_columns(
    deployments: Deployments, incidents: Sequence[Incident], own: Sequence[Incident]
) -> dict[int, Kept]:
    """A service's history by four weeks, as it is stored.

    Args:
        deployments: all to production.
        incidents: those that they may have caused, whosesoever they are.
        own: the service's incidents, by when they began.
    """
    story = story_of(deployments, incidents)
    asked = [index > 0 and kind != ROLLBACK for index, (kind, _) in enumerate(story.labels)]
    changes = changes_of(deployments, asked=asked)
    edges = np.searchsorted(changes.place, np.arange(len(deployments) + 1)).tolist()
    rows = _rows(deployments, story, asked, _carried(deployments, changes, edges))
    return _by_block(rows, deployments, changes, edges, own)


def _carried(deployments: Deployments, changes: Changes, edges: list[int]) -> list[str]:
    """The changes of each deployment as they are stored."""
    newest, commits = changes.newest.tolist(), deployments.commits
    told = list(
        map(
            change,
            [commits.sha[one] for one in newest],
            [commits.subject[one] for one in newest],
            _known(changes.seconds),
            *map(_known, changes.marks),
            changes.bot.tolist(),
        )
    )
    return [text_of(told[begin:end]) for begin, end in pairwise(edges)]


def _known(seconds: Any) -> list[float | None]:
    """Numbers, None where they are unknown."""
    unknown = np.isnan(seconds)
    if not unknown.any():
        return seconds.tolist()  # type: ignore[no-any-return]
    if unknown.all():
        return [None] * len(seconds)
    told = seconds.astype(object)
    told[unknown] = None
    return told.tolist()  # type: ignore[no-any-return]


def _rows(deployments: Deployments, story: Story, asked: list[bool], carried: list[str]) -> list[Row]:
    caused, remedies = caused_by(story.incidents), story.remedies
    edges, known, whose = deployments.edges, deployments.known, deployments.service_uid
    rows = []
    told = zip(deployments.uid, deployments.at.tolist(), deployments.told, story.labels, carried, strict=True)
    for index, (uid, at, said, (kind, by), text) in enumerate(told):
        failed_by, restored = "", None
        if uid in caused or index in remedies:
            incidents, mended = caused.get(uid, ()), remedies.get(index, ())
            failed_by, ended = why_failed(incidents, mended), restored_at(incidents, mended)
            restored = None if ended is None else instant(ended)
        linked = known[index] if asked[index] else None
        partial = bool(linked) and (said.commit_count or 0) > edges[index + 1] - edges[index]
        rows.append((
            uid, whose, said.service, at, said.version, said.commit, said.by, kind, by, failed_by, restored,
            index == 0, linked, partial, text,
        ))  # fmt: skip
    return rows


def _by_block(
    rows: list[Row], deployments: Deployments, changes: Changes, edges: list[int], own: Sequence[Incident]
) -> dict[int, Kept]:
    whole, troubles = _columns(rows, deployments, changes), blocks_of((), own)
    blocks = deployments.at // _BLOCK
    found: dict[int, Kept] = {}
    for number in sorted({*np.unique(blocks).tolist(), *troubles}):
        begin, end = np.searchsorted(blocks, (number, number + 1)).tolist()
        incidents = troubles[number].incidents if number in troubles else []
        columns = cut(whole, slice(begin, end), slice(edges[begin], edges[end]))
        found[number] = Kept(rows[begin:end], rows_of(incidents), with_incidents(columns, incidents))
    return found


def _columns(rows: list[Row], deployments: Deployments, changes: Changes) -> Columns:
    """All deployments and changes as they are packed; incidents come to each four weeks by themselves."""
    at, order = deployments.at, named(deployments.uid)
    newest, sha = changes.newest.tolist(), deployments.commits.sha
    restored = [NEVER if row[_RESTORED] is None else row[_RESTORED] for row in rows]
    return replace(
        NOTHING,
        at=at,
        order=order,
        restored=np.array(restored, np.int64),
        flags=np.array([_flags(row) for row in rows], np.uint8),
        label=np.array([_LABELS[row[_LABEL]] for row in rows], np.uint8),
        change_at=at[changes.place],
        change_order=order[changes.place],
        sha=named([sha[one] for one in newest]),
        seconds=changes.seconds,
        bot=changes.bot.astype(np.uint8),
        marks=changes.marks,
    )


def _flags(row: Row) -> int:
    linked = row[_LINKED]
    return flags_of(
        failed=bool(row[_FAILED_BY]),
        unplanned=row[_LABEL] in UNPLANNED,
        linked=linked,
        partial=row[_PARTIAL],
        first=row[_FIRST],
    )
