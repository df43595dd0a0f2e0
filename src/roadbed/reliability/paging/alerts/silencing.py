"""The verbs of silences: make one, end one; and what one would hit before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.paging.alerts import deciding, resuming
from roadbed.reliability.paging.alerts.gathering import close_where_over
from roadbed.reliability.paging.alerts.looking import labels_of, quiet_of
from roadbed.reliability.paging.alerts.models import Decision, Signal, Silence
from roadbed.reliability.paging.alerts.taking import one_at_a_time
from roadbed.reliability.paging.rules.alerts.matching import fit, matchers_of
from roadbed.reliability.paging.rules.alerts.silencing import LONGEST_REASON, Quiet, check_time, silenced

VERB: Final = "silence.write"
MOST: Final = 500
LOOKED_BACK: Final = timedelta(days=7)
MOST_LOOKED_AT: Final = 5_000


@dataclass(frozen=True, slots=True)
class Hit:
    """What a silence hits.

    Attributes:
        open: alerts that are open now, newest first, up to 50; `open_count` is all of them.
        pages: titles of open pages of budgets, measurements and heartbeats, up to 50.
        past_count: alerts of the last seven days that are over; None where there are too many to be counted.
    """

    open: tuple[Signal, ...]
    open_count: int
    past_count: int | None
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A silence as somebody asks for it."""

    matchers: Sequence[str]
    starts_at: datetime
    ends_at: datetime
    reason: str
    rrule: str = ""
    zone: str = "UTC"


def check(asked: Asked, *, now: datetime) -> None:
    """Whether such a silence can be.

    Raises:
        Invalid: naming the field at fault.
    """
    matchers_of(asked.matchers)
    for name, at in (("starts_at", asked.starts_at), ("ends_at", asked.ends_at)):
        if at.tzinfo is None or not 2000 <= at.year <= 2200:  # noqa: PLR2004 - within the reach of a calendar
            raise Invalid(
                f"{name} is {at}, which has no offset or lies out of reach.",
                remedy="Write it like 2026-11-23T09:00:00Z.", place=Place(field=name),
            )  # fmt: skip
    reason = asked.reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON or "\x00" in reason:
        raise Invalid(
            f"A silence needs a reason of up to {LONGEST_REASON} characters.",
            remedy="Say why nobody has to know.", place=Place(field="reason"),
        )  # fmt: skip
    check_time(
        starts_at=asked.starts_at, ends_at=asked.ends_at, rrule=asked.rrule.strip(), zone=_zone(asked.zone), now=now
    )


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def preview(matchers: Sequence[str], *, now: datetime) -> Hit:
    """What matchers hit: alerts that are open, and how many of the last seven days."""
    wanted = matchers_of(matchers)
    rows = Signal.objects.select_related("integration").order_by("-pk")
    present = rows.filter(resolved_at=None)[:MOST_LOOKED_AT]
    opened = [row for row in present if fit(wanted, labels_of(row, row.integration.name))]
    past = list(rows.filter(resolved_at__gt=now - LOOKED_BACK)[: MOST_LOOKED_AT + 1])
    count = sum(fit(wanted, labels_of(row, row.integration.name)) for row in past)
    always = Quiet("", wanted, now, now + timedelta(minutes=1), "", "")
    pages = tuple(page.title for page in resuming.hit_by(always, now=now)[:50])
    return Hit(tuple(opened[:50]), len(opened), None if len(past) > MOST_LOOKED_AT else count, pages)


def silence(caller: Caller, asked: Asked, *, now: datetime) -> str:
    """Let alerts page nobody for a while, those that are open included; answers the silence's uid.

    Pages in which nothing pages any more are closed. What still fires when it ends is paged then.

    Raises:
        Invalid: naming the field at fault.
    """
    authorise(caller, VERB)
    check(asked, now=now)
    with unit(caller, now=now) as writing:
        if Silence.objects.filter(ended_at=None, ends_at__gt=now).count() >= MOST:
            raise Conflict(f"There are {MOST} silences already.", remedy="End some first.")
        one_at_a_time()
        row = Silence.objects.create(
            matchers=[str(one) for one in matchers_of(asked.matchers)], starts_at=asked.starts_at,
            ends_at=asked.ends_at, rrule=asked.rrule.strip(), zone=asked.zone, reason=asked.reason.strip(),
            by=caller.name[:160], by_uid=caller.uid, made_at=now,
        )  # fmt: skip
        _apply(row, writing)
        _record(writing, row, "made")
    return row.uid


def _apply(row: Silence, writing: Unit) -> None:
    quiet = quiet_of(row)
    if quiet.span(writing.now) is None:
        return
    made, pages, hit = [], set(), []
    rows = Signal.objects.filter(resolved_at=None, stance=Signal.PAGES).select_related("integration", "page")
    for signal in rows:
        withheld = silenced(labels_of(signal, signal.integration.name), (quiet,), now=writing.now)
        if withheld is None:
            continue
        signal.stance, signal.held_by = Signal.HELD, withheld.by
        hit.append(signal)
        made.append(deciding.of_signal(Decision.HELD, signal, [withheld.said], now=writing.now))
        if signal.page_id:
            pages.add(signal.page_id)
    Signal.objects.bulk_update(hit, ["stance", "held_by"], batch_size=400)
    Decision.objects.bulk_create(made, batch_size=400)
    reason = f"silenced by {row.by}: {row.reason}"
    close_where_over(pages, writing, reason=reason)
    resuming.silence_open(quiet, reason, writing)


def end(caller: Caller, uid: str, *, now: datetime) -> None:
    """End a silence before its time; what it held back and still fires is paged within seconds.

    Raises:
        NotFound: for an unknown one.
        Conflict: when it is over.
    """
    authorise(caller, VERB)
    with unit(caller, now=now) as writing:
        row = Silence.objects.filter(uid=uid[:32]).first()
        if row is None:
            raise NotFound(f"There is no silence {uid[:40]}.", remedy="`roadbed alerts silence list` shows them.")
        over = row.ended_at is not None or (not row.rrule and row.ends_at <= now)
        rows = Silence.objects.filter(pk=row.pk, ended_at=None)
        if over or not rows.update(ended_at=now, ended_by=caller.name[:160]):
            raise Conflict("This silence is over already.", remedy="There is nothing to do.")
        _record(writing, row, "ended")


def _record(writing: Unit, row: Silence, what: str) -> None:
    data = {
        "silence": row.uid, "change": what, "matchers": row.matchers, "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(), "rrule": row.rrule, "zone": row.zone, "reason": row.reason, "by": row.by,
    }  # fmt: skip
    writing.record("silence.changed", row.uid, data=data)
