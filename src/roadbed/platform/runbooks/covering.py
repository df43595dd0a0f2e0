"""What can page and has no runbook: objectives that stand, and alerts of the last 90 days."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from roadbed.ground import asks
from roadbed.ground.asks.runbooks import AlertsSeen, Promised, Promises
from roadbed.ground.catalog import queries as catalog
from roadbed.platform.runbooks import queries
from roadbed.platform.runbooks.models import Reading, Runbook
from roadbed.platform.runbooks.rules.matching import Serves, Trouble, match
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
    offered: dict[str, list[Serves]] = defaultdict(list)
    for one in (queries.row_view(row, now=now) for row in rows):
        if one.service_uid in known:
            offered[one.service_uid] += queries.serves([one])
    troubles = _troubles(service_uid, now=now)
    found, served, whole = [], 0, 0
    for uid, kind, name, trouble in troubles:
        if uid not in known:
            continue
        whole += 1
        if match(trouble, offered.get(uid, ())):
            served += 1
        else:
            found.append(Uncovered(uid, known[uid].name, known[uid].owner, kind, name))
    faults = [
        {"service": known[uid].name, **fault}
        for uid, faults in Reading.objects.exclude(faults=[]).values_list("service_uid", "faults")
        if uid in known
        for fault in faults
    ]
    bare = sum(uid not in offered for uid in known)
    found.sort(key=lambda one: (one.service, one.kind, one.name))
    return Coverage(served, whole, tuple(found), bare, tuple(faults))


def _troubles(service_uid: str, *, now: datetime) -> list[tuple[str, str, str, Trouble]]:
    """Service, kind, name, and what a runbook would be looked up by."""
    promised: tuple[Promised, ...] = asks.put(Promises(service_uid))
    found = [
        (one.service_uid, "objective", one.title, Trouble(objectives=(one.uid, one.name, one.title), names=(one.name,)))
        for one in promised
    ]
    # An alert of an objective is served as that objective is.
    found += [
        (one.service_uid, "alert", one.name, Trouble(names=(one.name,)))
        for one in asks.put(AlertsSeen(now - LOOKED_BACK, service_uid))
        if not one.objective_uid
    ]
    return found
