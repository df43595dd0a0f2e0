"""What spent an objective's budget, read from the ledger and the stored minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from roadbed.ground.errors import NotFound
from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.counting import Reader
from roadbed.reliability.objectives.excluded import Excluded
from roadbed.reliability.objectives.live import SINCE, window_kept
from roadbed.reliability.objectives.marking import deployments_between, incidents_between
from roadbed.reliability.objectives.models import Evaluated, Objective
from roadbed.reliability.objectives.rules.attribution import INCIDENT, SUSPECT_MINUTES, Cause, attribute, deployments
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.thresholds import EVENTS, SLICES


@dataclass(frozen=True, slots=True)
class SpentView:
    """What one cause spent: bad events or slices, and the share of the window's whole budget that they are."""

    kind: str
    uid: str
    title: str
    start: datetime
    end: datetime
    bad: int
    share: float | None


@dataclass(frozen=True, slots=True)
class AttributionView:
    """What spent a window's budget; the causes' `bad` and `unattributed` add up to `bad`, exactly.

    Attributes:
        unit: what is counted: events or slices.
        causes: those that spent something, the most first.
        unattributed_share: of the budget, as each cause's; None where there is no budget to share.
    """

    objective: str
    start: datetime
    end: datetime
    unit: str
    bad: int
    causes: tuple[SpentView, ...]
    unattributed: int
    unattributed_share: float | None


def attribution(uid: str) -> AttributionView | None:
    """Who spent an objective's budget, as of its last evaluation; None where it was never evaluated.

    Raises:
        NotFound: when there is no such objective.
    """
    row = Objective.objects.filter(uid=uid).annotate(since=SINCE).first() if uid.isalnum() else None
    if row is None:
        raise NotFound(f"There is no objective {uid}.", remedy="`roadbed slo list` names all of them.")
    evaluated = Evaluated.objects.filter(objective=uid).only("minute").first()
    stored = store.heads([row.series]).get(row.series)
    if evaluated is None or stored is None:
        return None
    period = window_kept(row.window, row.window_minutes).at(evaluated.minute)
    cut = Excluded.of(row.service_uid).cut(row.service_uid, uid, first=period.first, until=period.until)
    reader, sliced = Reader(row.series, stored, minute_of(row.since), cut), bool(row.budgeting)

    def bad_between(first: int, until: int) -> int:
        held = reader.between(first - 1, until - 1)
        return held.bad_minutes if sliced else held.bad

    causes = _causes(row.service_uid, first=period.first, until=period.until)
    reader.fetch(minute - 1 for one in causes for minute in (one.first, one.until))
    found = attribute(causes, first=period.first, until=period.until, bad_between=bad_between)
    whole, target = reader.between(period.first - 1, period.until - 1), Target.exactly(row.target)
    allowance = target.spare * (period.length - whole.excluded if sliced else whole.total)

    def share(bad: int) -> float | None:
        return None if whole.broken or not allowance else bad * target.of / allowance

    return AttributionView(
        objective=uid,
        start=instant(period.first),
        end=instant(period.until),
        unit=SLICES if sliced else EVENTS,
        bad=found.bad,
        causes=tuple(
            SpentView(
                one.cause.kind,
                one.cause.uid,
                one.cause.title,
                instant(one.cause.first),
                instant(one.cause.until),
                one.bad,
                share(one.bad),
            )
            for one in found.shares
            if one.bad
        ),
        unattributed=found.unattributed,
        unattributed_share=share(found.unattributed),
    )


def _causes(service_uid: str, *, first: int, until: int) -> tuple[Cause, ...]:
    since, end = instant(first), instant(until)
    live = deployments_between(service_uid, since=since - timedelta(minutes=SUSPECT_MINUTES), until=end)
    incidents = (
        Cause(INCIDENT, one.uid, f"{one.name}: {one.title}", minute_of(one.began), minute_of(one.over or end) + 1)
        for one in incidents_between(service_uid, since=since, until=end)
    )
    return (*incidents, *deployments((one.uid, one.title, minute_of(one.at)) for one in live))
