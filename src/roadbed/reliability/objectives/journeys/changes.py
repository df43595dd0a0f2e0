"""Changes of journeys as facts, once each: the ones that objectives have, told about the service at fault.

A burn names as its subject the service of the step that spends most, so that the incident opens where its suspects
are; `team` names the journey's owner, who is paged.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.objectives.journeys.evaluating import JourneyStand
from roadbed.reliability.objectives.journeys.models import Journey, JourneyStanding
from roadbed.reliability.objectives.rules.thresholds import PAGE


def record_changes(stands: Mapping[int, JourneyStand], *, now: datetime) -> int:
    """Record what changed since the facts that are there; what is recorded is kept in the fact's own transaction."""
    standing = {row.journey_id: row for row in JourneyStanding.objects.filter(journey__in=list(stands))}
    changed = [pk for pk, row in standing.items() if _differs(stands[pk], row)]
    if changed:
        with unit(ROADBED, now=now) as writing:
            # Read again under the lock, so that two evaluations at once record a change once.
            for row in JourneyStanding.objects.select_for_update().filter(journey__in=changed):
                _record(writing, stands[row.journey_id], row)
    return len(changed)


def _differs(stand: JourneyStand, row: JourneyStanding) -> bool:
    verdict = stand.evaluation.verdict
    return verdict.paging != (row.paging_since is not None) or verdict.budget.spent != (row.spent_since is not None)


def _record(writing: Unit, stand: JourneyStand, row: JourneyStanding) -> None:
    verdict, now = stand.evaluation.verdict, writing.now
    if verdict.paging and row.paging_since is None:
        row.paging_since, row.paging_subject = now, at_fault(stand)
        if row.paging_subject:
            writing.record("budget.burn.started", row.paging_subject, data=_said(stand))
    elif not verdict.paging and row.paging_since is not None:
        data = _said(stand) | {"seconds": (now - row.paging_since).total_seconds()}
        if row.paging_subject:
            writing.record("budget.burn.stopped", row.paging_subject, data=data)
        row.paging_since, row.paging_subject = None, ""
    if verdict.budget.spent and row.spent_since is None:
        row.spent_since = now
        writing.record("budget.exhausted", at_fault(stand) or stand.journey.uid, data=_said(stand))
    elif not verdict.budget.spent:
        row.spent_since = None
    row.save(update_fields=["paging_since", "paging_subject", "spent_since"])


def end_burn(writing: Unit, journey: Journey) -> None:
    """Let the page of a journey that ends end with it."""
    row = JourneyStanding.objects.select_for_update().filter(journey=journey).first()
    if row is not None and row.paging_since is not None and row.paging_subject:
        data = {"uid": journey.uid, "journey": journey.name, "title": journey.title, "text": "The journey ended."}
        writing.record("budget.burn.stopped", row.paging_subject, data=data)
        row.paging_since, row.paging_subject = None, ""
        row.save(update_fields=["paging_since", "paging_subject"])


def at_fault(stand: JourneyStand) -> str:
    """The service of the step that spends most of what burns now; empty where no step has one."""
    firing = [pair for pair in stand.evaluation.pairs if pair.firing and pair.severity == PAGE]
    window = firing[0].long if firing else stand.period.elapsed
    steps = stand.figures["steps"]
    spent = stand.windows[window].by_step
    ranked = sorted(range(len(steps)), key=lambda place: -spent[place])
    return next((str(steps[place]["service_uid"]) for place in ranked if steps[place]["service_uid"]), "")


def _said(stand: JourneyStand) -> dict[str, Any]:
    told, left = stand.figures, stand.evaluation.budget
    firing = [pair for pair in told["pairs"] if pair["firing"] and pair["severity"] == PAGE]
    return {
        "uid": stand.journey.uid,
        "journey": stand.journey.name,
        "name": stand.journey.name,
        "title": stand.journey.title,
        "team": stand.journey.owner,
        "remaining": left.remaining,
        "good": told["good"],
        "total": told["total"],
        "coverage": stand.evaluation.period.coverage,
        "pairs": [
            {name: pair[name] for name in ("name", "short", "long", "factor", "short_burn", "long_burn", "bad")}
            for pair in firing
        ],
        "steps": [{name: step[name] for name in ("name", "of", "spent", "share")} for step in told["steps"]],
        "text": told["top_line"],
    }
