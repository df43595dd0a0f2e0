"""Owns the counts of one indicator: minutes from the tracks of its counters, and why some are not known."""

from __future__ import annotations

from collections.abc import Mapping

from roadbed.adapters.promql.tracks import Track, covered, summed
from roadbed.ground.ports.counts import Counted, Counters, CountQuery, Side, Trouble


def counted(
    name: str,
    query: CountQuery,
    found: Mapping[Counters, list[Track]],
    troubles: Mapping[Counters, Trouble],
    *,
    gap: float,
    first: int,
    until: int,
) -> Counted:
    """The minutes of one indicator from the tracks of its counters, or why some are missing; `name` is the source's."""
    trouble = next((troubles[one] for one in counters_of(query) if one in troubles), None)
    if trouble is not None:
        return Counted(trouble=trouble, settled=False)
    total, known = _side(query.total, found, gap)
    minutes = {minute for minute in known if first <= minute < until}
    if query.good is not None:
        good, there = _side(query.good, found, gap)
        lacking = query.good if minutes and not minutes & there else None
        minutes &= there
        counts = {minute: (good.get(minute, 0), total.get(minute, 0)) for minute in minutes}
    else:
        lacking = None
        bad = _side(query.bad, found, gap)[0] if query.bad else {}
        counts = {minute: (total.get(minute, 0) - bad.get(minute, 0), total.get(minute, 0)) for minute in minutes}
    return Counted(counts, _why(name, query, lacking, found, counts))


def _side(side: Side, found: Mapping[Counters, list[Track]], gap: float) -> tuple[dict[int, int], set[int]]:
    sums: dict[int, int] = {}
    known: set[int] | None = None
    for one in side.counters:
        tracks = found.get(one, [])
        summed(tracks, sums, sign=one.sign)
        if not one.or_zero:
            there = covered(tracks, gap=gap)
            known = there if known is None else known & there
    return sums, known or set()


def _why(
    name: str,
    query: CountQuery,
    lacking: Side | None,
    found: Mapping[Counters, list[Track]],
    counts: Mapping[int, tuple[int, int]],
) -> Trouble | None:
    if any(track.broken for one in counters_of(query) for track in found.get(one, ())):
        return Trouble(
            f"{name} has samples that are no counts (NaN, Inf or below zero).",
            "Those minutes are unmeasured. Mend what the service exposes.",
        )
    if lacking is not None:
        return Trouble(
            f"{name} has no series for good: {lacking.query}.",
            "Compare the selector with what is scraped; bad may be absent, good may not.",
        )
    if not counts:
        return Trouble(
            f"{name} has no series for total: {query.total.query}.",
            "Compare the selector with what is scraped, and look whether the target is up.",
        )
    return None


def counters_of(query: CountQuery) -> list[Counters]:
    """All counters of both sides."""
    return [one for side in (query.total, query.good, query.bad) if side is not None for one in side.counters]
