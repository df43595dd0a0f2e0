"""What can page and has no runbook: objectives that stand, and alerts of the last 90 days."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.ground import asks
from roadbed.ground.asks.runbooks import AlertsSeen, Promised, Promises
from roadbed.ground.catalog import queries as catalog
from roadbed.platform.runbooks.models import Reading, Runbook
from roadbed.platform.runbooks.rules.matching import Covered
from roadbed.platform.runbooks.values import Coverage, Uncovered

LOOKED_BACK: Final = timedelta(days=90)


def coverage(*, service_uid: str = "", owner: str = "", now: datetime) -> Coverage:
    """Of one service, of a team, or of all; four queries and three asks whatever the number."""
    known = {
        one.uid: one for one in catalog.owned() if (not owner or one.owner == owner) and service_uid in ("", one.uid)
    }
    rows = Runbook.objects.filter(removed_at=None)
    if service_uid:
        rows = rows.filter(service_uid=service_uid)
    offered: dict[str, Covered] = defaultdict(Covered)
    # Columns alone: what is in doubt plays no part here, and judging a thousand of them would take most of the time.
    for service, says in rows.values_list("service_uid", "serves"):
        named = [says.get(key, ()) for key in ("alerts", "objectives", "fingerprints")]
        offered[service].add(named[0], named[1], general=not any(named))
    found, served, whole = [], 0, 0
    for one in _troubles(service_uid, now=now):
        if (home := known.get(one.service_uid)) is None:
            continue
        whole += 1
        covered = offered.get(one.service_uid)
        if covered is not None and covered.covers(names=one.names, objectives=one.objectives):
            served += 1
        else:
            found.append(Uncovered(one.service_uid, home.name, home.owner, one.kind, one.name))
    faults = [
        {"service": known[uid].name, **fault}
        for uid, faults in Reading.objects.exclude(faults=[]).values_list("service_uid", "faults")
        if uid in known
        for fault in faults
    ]
    bare = sum(uid not in offered for uid in known)
    found.sort(key=lambda one: (one.service, one.kind, one.name))
    return Coverage(served, whole, tuple(found), bare, tuple(faults))


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What can page, with every name that a runbook could say it serves it by."""

    service_uid: str
    kind: str
    name: str
    names: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()


def _troubles(service_uid: str, *, now: datetime) -> list[_Trouble]:
    promised: tuple[Promised, ...] = asks.put(Promises(service_uid))
    found = [
        _Trouble(one.service_uid, "objective", one.title, (one.name,), (one.uid, one.name, one.title))
        for one in promised
    ]
    # An alert of an objective is served as that objective is.
    found += [
        _Trouble(one.service_uid, "alert", one.name, (one.name,))
        for one in asks.put(AlertsSeen(now - LOOKED_BACK, service_uid))
        if not one.objective_uid
    ]
    return found
