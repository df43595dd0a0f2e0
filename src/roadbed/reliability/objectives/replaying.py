"""Replaying an objective and a policy over what is stored, beside what the ledger says that happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.ledger.queries import facts_between
from roadbed.ground.ledger.rules import FactView
from roadbed.reliability.objectives import policies, store
from roadbed.reliability.objectives.counting import Reader
from roadbed.reliability.objectives.defining import refusal_of
from roadbed.reliability.objectives.excluded import Excluded
from roadbed.reliability.objectives.gate import service_named
from roadbed.reliability.objectives.live import SINCE, window_kept
from roadbed.reliability.objectives.models import Objective
from roadbed.reliability.objectives.rules.budgeting import budgeting_from_data
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.rules.policy.deciding import Change, Plan
from roadbed.reliability.objectives.rules.policy.documents import DRAFT, Service, errors_of, read_policies
from roadbed.reliability.objectives.rules.replay.deciding import Asked, windows_read
from roadbed.reliability.objectives.rules.replay.judging import Promise, ReplayError, longest_window
from roadbed.reliability.objectives.rules.replay.reporting import PAGES, Interval, replay
from roadbed.reliability.objectives.rules.tables import table_of
from roadbed.reliability.objectives.rules.targets import Target

USUAL: Final = timedelta(days=30)
LONGEST: Final = timedelta(days=35)
LEEWAY: Final = 2
"""Minutes by which a page of the ledger may lie beside a minute of the replay: it is evaluated every ten seconds."""
STARTED: Final = "budget.burn.started"
ASKED: Final = "gate.asked"
MOST_FACTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see replayed; `policy` is a document to try, empty for the one that decides."""

    since: datetime | None = None
    until: datetime | None = None
    policy: str = ""
    file: str = "policy.yaml"
    kind: str = "feature"
    environment: str = "production"


def replayed(uid: str, wish: Wish, *, now: datetime) -> dict[str, Any]:
    """What an objective and a policy would have done, and what of it the ledger tells.

    Raises:
        NotFound: when there is no such objective, or nothing of it was counted.
        Invalid: when the policy has faults, the time is too long, or its budget cannot be replayed.
    """
    row = Objective.objects.filter(uid=uid).annotate(since=SINCE).first() if uid.isalnum() else None
    stored = store.heads([row.series]).get(row.series) if row else None
    if row is None or stored is None:
        what = "Nothing of it was counted yet." if row else f"There is no objective {uid[:40]}."
        raise NotFound(what, remedy="`roadbed slo list` names all of them.")
    first, last = _range(wish, now)
    promise = _promise(row)
    service = service_named(row.service_uid, row.service_name)
    asked = Asked(_plan(wish, service), Change(wish.kind, wish.environment), service, objectives=_count(row))
    longest = longest_window(promise, first, last, windows_read(asked.plan))
    reader = Reader(row.series, stored, minute_of(row.since))
    history = _history(row, reader, promise, first - longest, last)
    done = replay(promise, history, asked, first=first, last=last)
    told = _told(row, first, last)
    begun = [fact for fact in told if fact.kind == STARTED]
    compared = tuple(_compared(one, begun, _refusals(told, uid)) for one in done.intervals)
    return replace(done, intervals=compared).as_data() | {
        "recorded": {
            "pages": [fact.occurred_at for fact in begun],
            "refusals": [{"at": fact.occurred_at, "decision": fact.uid} for fact in _refusals(told, uid)],
        }
    }


def _range(wish: Wish, now: datetime) -> tuple[int, int]:
    until = min(wish.until or now, now)
    since = wish.since or until - USUAL
    if not timedelta(0) < until - since <= LONGEST:
        raise Invalid(
            f"A replay is of up to {LONGEST.days} days that have passed.",
            remedy="Give a start before its end, or replay it in parts.",
            place=Place(field="since"),
        )
    return minute_of(since), max(minute_of(since), minute_of(until) - 1)


def _promise(row: Objective) -> Promise:
    try:
        return Promise(
            name=row.name,
            target=Target.exactly(row.target),
            window=window_kept(row.window, row.window_minutes),
            budgeting=budgeting_from_data(row.budgeting),
            table=table_of(row.alerts),
        )
    except ReplayError as fault:
        raise Invalid(f"{fault}.", remedy="Only budgets of events and of minutes are replayed.") from None


def _plan(wish: Wish, service: Service) -> Plan:
    if not wish.policy:
        return policies.plan_for(service)
    found, findings = read_policies(wish.policy, file=wish.file)
    if errors := errors_of(findings):
        raise refusal_of(errors)
    return Plan.of(found[0], DRAFT)


def _count(row: Objective) -> int:
    return Objective.objects.filter(service_uid=row.service_uid, removed_at=None).count()


def _history(row: Objective, reader: Reader, promise: Promise, first: int, last: int) -> History:
    """The minutes of the objective, each from the difference of two sums."""
    counted = max(first, reader.stored.head.first)
    reader.fetch(range(counted - 1, last + 1))
    own: dict[int, tuple[int, int]] = {}
    before = reader.known[counted - 1]
    for minute in range(counted, last + 1):
        held = reader.known[minute]
        if held[2] > before[2]:
            own[minute] = (held[0] - before[0], held[1] - before[1])
        before = held
    history = History(promise.judged, own, reader.begins)
    history.exclude(Excluded.of(row.service_uid).cut(row.service_uid, row.uid, first=first, until=last + 1).spans)
    return history


def _told(row: Objective, first: int, last: int) -> tuple[FactView, ...]:
    since, until = instant(first - LEEWAY), instant(last + 1 + LEEWAY)
    found = facts_between([row.service_uid], kinds=(STARTED, ASKED), since=since, until=until, limit=MOST_FACTS)
    return tuple(fact for fact in found if fact.kind != STARTED or fact.data.get("objective") == row.uid)


def _refusals(told: Iterable[FactView], uid: str) -> list[FactView]:
    return [
        fact
        for fact in told
        if fact.kind == ASKED
        and any(
            reason.get("outcome") == "deny" and (reason.get("figures") or {}).get("objective") == uid
            for reason in fact.data.get("reasons", ())
        )
    ]


def _compared(one: Interval, begun: list[FactView], refusals: list[FactView]) -> Interval:
    if one.kind not in (PAGES, "refused"):
        return one
    facts = begun if one.kind == PAGES else refusals
    happened = any(one.first - LEEWAY <= minute_of(fact.occurred_at) <= one.until + LEEWAY for fact in facts)
    return replace(one, happened=happened)
