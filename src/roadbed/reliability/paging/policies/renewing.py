"""Paging a page anew: from the first step of what was frozen, with whom its steps name now."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from roadbed.ground.demo import queries as demo
from roadbed.ground.people.models import Person
from roadbed.reliability.paging.models import Alert
from roadbed.reliability.paging.policies.resolving import Directory
from roadbed.reliability.paging.rules.escalation import frozen

SHOWN: Final = 3
"""People who are named in a sentence."""


def give_back(page: Alert) -> None:
    """Let nobody have it any more; not saved."""
    page.state, page.acknowledged_at, page.acknowledged_by, page.acknowledged_name = Alert.PAGING, None, "", ""
    page.again_at, page.snoozed_by = None, ""


def begin_anew(page: Alert, *, now: datetime) -> None:
    """Let it be paged from the first step, whoever had it; not saved.

    The steps are those that were frozen. Hours later other people may stand behind them, and whose shift is over is
    not woken.
    """
    give_back(page)
    page.cycle, page.step = page.cycle + 1, -1
    page.first_cycle = page.cycle
    before = frozen(page.policy)
    policy = Directory(now, bool(demo.of_demo([page.service_uid]))).anew(before, page.team)
    if [step.people for step in policy.steps] == [step.people for step in before.steps]:
        return
    page.policy = {**page.policy, **policy.as_data()}
    first = next((step for step in policy.steps if step.people), None)
    if first is not None and first.people != next((step.people for step in before.steps if step.people), ()):
        names = dict(Person.objects.filter(uid__in=first.people[:SHOWN]).values_list("uid", "name"))
        more = f" and {len(first.people) - SHOWN} more" if len(first.people) > SHOWN else ""
        whom = ", ".join(names[uid] for uid in first.people[:SHOWN] if uid in names)
        page.why = [*page.why, f"Its steps are those of before, with whom they name now: {first.name}, {whom}{more}."]
