"""The verb of pushed counts: take over minutes that somebody else counted, in any order, also late and again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.objectives import late, slice_due, store
from roadbed.reliability.objectives.live import Live, live_objectives
from roadbed.reliability.objectives.models import Objective
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.counts import ZERO, Cumulative, of_minute
from roadbed.reliability.objectives.rules.indicators import PUSHED
from roadbed.reliability.objectives.rules.minutes import Head, Row
from roadbed.reliability.objectives.rules.rewriting import head_of, rewritten
from roadbed.reliability.objectives.rules.states import state_of

MOST: Final = 10_000
SKEW: Final = 2
"""Minutes that a pusher's clock may be ahead of ours."""

LARGEST: Final = 2**53
FEW: Final = 20
"""So many late minutes are noted beside the sums; with more, the sums are written anew."""

MOST_FAULTS: Final = 50


@dataclass(frozen=True, slots=True)
class CountRow:
    """One minute, named by its start, as somebody counted it."""

    timestamp: datetime
    good: int
    total: int


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did: rows taken, minutes that were new, that were replaced by other counts, and those left alike."""

    rows: int
    new: int
    replaced: int
    unchanged: int


Own = Mapping[int, tuple[int, int]]


def push(caller: Caller, uid: str, rows: Sequence[CountRow], *, now: datetime) -> Pushed:
    """Take over minutes of an objective; a minute that is there is replaced, and every window is as if it came in time.

    Like every sample it stands in the samples alone: what follows from it for the promise becomes a fact.

    Raises:
        Invalid: naming every row that cannot be taken; then none is.
    """
    row = Objective.objects.filter(uid=uid, removed_at=None).first() if uid.isalnum() else None
    if row is None:
        raise NotFound(f"There is no objective {uid[:40]}.", remedy="`roadbed slo list` names all of them.")
    authorise(caller, "counts.push", team=row.owner)
    (one,) = live_objectives(uid=uid)
    if one.indicator.source != PUSHED:
        raise Conflict(
            f"{row.name} is counted otherwise, so that nothing can be pushed to it.",
            remedy="Write type: roadbed-push as its metricSource, and apply the file.",
        )
    own = _checked(rows, one, now=now)
    with transaction.atomic(using=store.ALIAS):
        store.lock()
        return _take(one, own, rows=len(rows), now=now)


def _checked(rows: Sequence[CountRow], one: Live, *, now: datetime) -> Own:
    if not 0 < len(rows) <= MOST:
        raise Invalid(f"A push has 1 to {MOST:,} rows; this has {len(rows):,}.", remedy="Send them in parts.")
    newest, oldest = minute_of(now) + SKEW, minute_of(now) - one.window.longest
    own: dict[int, tuple[int, int]] = {}
    faults: list[Invalid] = []
    for number, row in enumerate(rows, start=1):
        fault = _fault_of(row, oldest=oldest, newest=newest)
        if fault is None:
            own[minute_of(row.timestamp)] = (row.good, row.total)
            continue
        field, text, remedy = fault
        faults.append(Invalid(f"Row {number}: {text}", remedy=remedy, place=Place(line=number, field=field)))
        if len(faults) == MOST_FAULTS:
            break
    if faults:
        first = faults[0]
        raise Invalid(first.detail, remedy=first.remedy, place=first.place, others=tuple(faults[1:]))
    return own


def _fault_of(row: CountRow, *, oldest: int, newest: int) -> tuple[str, str, str] | None:
    at, minute = row.timestamp, minute_of(row.timestamp)
    if at.second or at.microsecond:
        return "timestamp", f"{at.isoformat()} is no start of a minute.", "Name the minute by its start, in UTC."
    if minute > newest:
        return "timestamp", f"{at.isoformat()} lies in the future.", "Push a minute once it began; look at the clock."
    if minute < oldest:
        text = f"{at.isoformat()} lies before the objective's window."
        return "timestamp", text, f"The oldest minute that counts is {instant(oldest).isoformat()}."
    if not 0 <= row.total <= LARGEST:
        return "total", f"total is {row.total}.", "Write a whole number from 0 to 2^53."
    if not 0 <= row.good <= row.total:
        text = f"good is {row.good} of a total of {row.total}."
        return "good", text, "Write a whole number from 0 to total."
    return None


def _take(one: Live, own: Own, *, rows: int, now: datetime) -> Pushed:
    stored = store.heads([one.series]).get(one.series)
    head = stored.head if stored is not None and stored.head.cumulative != ZERO else None
    held = _own_of(one, head, own)
    changed = {minute: pair for minute, pair in own.items() if held.get(minute) != pair}
    new = sum(minute not in held for minute in changed)
    head, written = _placed(one, head, changed)
    if head is not None:
        read_at = min(now, instant(max(head.minute, *own) + 1))
        store.write({one.series: store.StoredHead(head, read_at, "")}, {one.series: written})
    return Pushed(rows, new, len(changed) - new, len(own) - len(changed))


def _own_of(one: Live, head: Head | None, minutes: Iterable[int]) -> dict[int, tuple[int, int]]:
    """What measured minutes hold by themselves."""
    if head is None:
        return {}
    wanted = [minute for minute in minutes if head.first <= minute <= head.minute]
    known = {one.series: store.StoredHead(head, None, "")}
    sums = store.until(known, [minute for each in wanted for minute in (each - 1, each)])[one.series] if wanted else {}
    found = {minute: sums[minute] - sums[minute - 1] for minute in wanted}
    return {minute: (each.good, each.total) for minute, each in found.items() if each.measured}


def _placed(one: Live, head: Head | None, changed: Own) -> tuple[Head | None, tuple[Row, ...]]:
    """The head and the rows to write once the changed minutes hold what they say."""
    if not changed:
        return head, ()
    if head is None:
        return _appended(one, None, ZERO, changed, first=min(changed))
    late_ones = {minute: pair for minute, pair in changed.items() if minute < head.minute}
    if len(late_ones) > FEW:
        first = min(late_ones)
        before = store.until({one.series: store.StoredHead(head, None, "")}, [first - 1])[one.series][first - 1]
        kept = _own_of(one, head, range(first, head.minute + 1))
        return _appended(one, min(head.first, first), before, {**kept, **changed}, first=first)
    written: tuple[Row, ...] = ()
    for minute, pair in late_ones.items():
        head = _noted(one, head, minute, pair)
        written = (Row(head.minute, head.cumulative),)
    newer = {minute: pair for minute, pair in changed.items() if minute >= head.minute}
    if not newer:
        return head, written
    before = head.cumulative - of_minute(good=head.good, total=head.total, state=head.state)
    own = {head.minute: (head.good, head.total)} if head.state not in ("", "unmeasured") else {}
    return _appended(one, head.first, before, {**own, **newer}, first=head.minute, notes=False)


def _appended(
    one: Live, begin: int | None, before: Cumulative, own: Own, *, first: int, notes: bool = True
) -> tuple[Head, tuple[Row, ...]]:
    if notes:
        # The sums from here on are written anew with all that was noted for them.
        late.end(one.series, first)
    elif one.budgeting.longer:
        slice_due.mark(one.series, first)
    rows = rewritten(before, own, one.judged, first=first, until=max(own) + 1)
    return head_of(begin if begin is not None else first, rows[-1], own, one.judged), rows


def _noted(one: Live, head: Head, minute: int, pair: tuple[int, int]) -> Head:
    """Note a late minute beside the sums: what it holds now, less what it held."""
    known = {one.series: store.StoredHead(head, None, "")}
    around = store.until(known, [minute - 1, minute])[one.series]
    state = state_of(measured=True, good=pair[0], total=pair[1], target=one.judged)
    more = of_minute(good=pair[0], total=pair[1], state=state) - (around[minute] - around[minute - 1])
    late.note(one.series, minute, more, until=head.minute)
    return head._replace(first=min(head.first, minute), cumulative=head.cumulative + more)
