"""Filling the past of an objective whose window was made longer: minutes before the first that was read."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final

from django.db import transaction

from roadbed.reliability.objectives import broken, late, slice_due, store
from roadbed.reliability.objectives.asking import chunk_of, read_counts
from roadbed.reliability.objectives.journeys.changed import changed_from
from roadbed.reliability.objectives.live import Live
from roadbed.reliability.objectives.models import Pull
from roadbed.reliability.objectives.rules.clock import minute_of
from roadbed.reliability.objectives.rules.counts import ZERO, Cumulative
from roadbed.reliability.objectives.rules.minutes import Row
from roadbed.reliability.objectives.rules.rewriting import head_of, rewritten

LONGEST: Final = 100.0
"""Seconds that one run reads; the next goes on from where it was."""

Own = dict[int, tuple[int, int]]


def lacks_past(one: Live, pull: Pull, *, now: datetime) -> bool:
    """Whether the window reaches back before the first minute that was asked for, as after it was made longer."""
    return minute_of(now) - one.window.longest < pull.first


def extend(one: Live, pull: Pull, *, now: datetime) -> bool:
    """Read what lies before the first minute, the newest of it first; whether the whole window was read.

    What is stored stays: the source may have forgotten it meanwhile. A run that is killed has changed nothing.
    """
    connection, wanted = one.indicator.connection, minute_of(now) - one.window.longest
    chunk = chunk_of(connection) if connection is not None else 0
    if connection is None or not chunk:
        return True
    own: Own = {}
    first, started = pull.first, time.monotonic()
    while first > wanted and time.monotonic() - started < LONGEST:
        begin = max(wanted, first - chunk)
        counted = read_counts(connection, [one], first=begin, until=first).counted[one.uid]
        if not counted.settled:
            break
        own |= dict(counted.minutes)
        first = begin
    with transaction.atomic(using=store.ALIAS):
        store.lock()
        now_is = Pull.objects.using(store.ALIAS).filter(pk=pull.pk, first=pull.first).first()
        if now_is is None:
            # It was read anew meanwhile.
            return True
        pull = now_is
        if own:
            _put_before(one, pull, own)
        Pull.objects.using(store.ALIAS).filter(pk=pull.pk).update(first=first, held=pull.held)
    return first <= wanted


def _put_before(one: Live, pull: Pull, own: Own) -> None:
    """Write minutes before all others, and add them to every sum behind them."""
    stored = store.heads([one.series])[one.series]
    head, begin = stored.head, min(own)
    rows = rewritten(ZERO, own, one.judged, first=begin, until=pull.first)
    more = rows[-1].cumulative
    edge = max(pull.cursor, pull.first)
    # Up to the cursor the sums stand; what is behind it is written anew with each reading, and now.
    minutes = range(edge, head.minute + 1)
    sums = store.until({one.series: stored}, [edge - 1, *minutes])[one.series]
    each = {minute: sums[minute] - sums[minute - 1] for minute in minutes}
    tail = {minute: (held.good, held.total) for minute, held in each.items() if held.measured}
    grown = rewritten(sums[edge - 1] + more, tail, one.judged, first=edge, until=head.minute + 1)
    if grown:
        head = head_of(begin, grown[-1], tail, one.judged)
    else:
        head = head._replace(cumulative=head.cumulative + more)
        grown = (Row(head.minute, head.cumulative),)
    if (until := min(edge, head.minute)) > pull.first:
        late.note(one.series, pull.first, more, until=until)
    held = Cumulative(*map(int, pull.held.split(","))) if pull.held else ZERO
    pull.held = ",".join(map(str, held + more))
    store.write({one.series: stored._replace(head=head._replace(first=begin))}, {one.series: (*rows, *grown)})
    wrong = [minute for minute, (good, total) in own.items() if good > total]
    if wrong:
        broken.rewrite(one.series, wrong, first=begin, until=pull.first)
    slice_due.mark(one.series, begin)
    changed_from(one.series, begin)
