"""Correcting the times of an incident, each with its evidence; the latest word supersedes the one before it."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground.errors import Conflict
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.incidents import rules
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.incidents.rules.times import TIMES, checked_order, checked_which
from roadbed.reliability.incidents.writing import editing


def correct_time(
    caller: Caller,
    reference: str,
    *,
    which: str,
    at: datetime,
    evidence: str,
    version: int | None = None,
    now: datetime,
) -> None:
    """Say when something really was, and how one knows; figures that are counted from it follow.

    Raises:
        Invalid: when the order of the times would be impossible, or no evidence is named.
        Conflict: for the end of what has not ended.
    """
    authorise(caller, "incident.write")
    field = checked_which(which)
    seen = rules.checked_short(evidence, "evidence")
    with editing(caller, reference, now=now, version=version) as edit:
        row = edit.row
        if field in ("mitigated_at", "ended_at", "resolved_at") and row.status == Incident.OPEN:
            raise Conflict(
                f"{edit.name} is not over.", remedy=f"Say so first: `roadbed incident mitigate {edit.name}`."
            )
        if field == "resolved_at" and row.status != Incident.RESOLVED:
            raise Conflict(
                f"{edit.name} is not resolved.", remedy=f"Resolve it first: `roadbed incident resolve {edit.name}`."
            )
        if field == "started_at":
            rules.checked_start(at, now=now)
        times: dict[str, datetime | None] = {name: getattr(row, name) for name in TIMES}
        checked_order(times | {field: at}, changed=field, now=now)
        former = row.times.get(field, {}).get("fact", "")
        text = f"{TIMES[field]} at {at.isoformat(timespec='minutes')}, says {caller.name}: {seen}"
        said = {field: at.isoformat(), "at": at.isoformat(), "evidence": seen}
        uid = edit.told(field, text, supersedes=former, **said)
        setattr(row, field, at)
        row.times = row.times | {field: {"by": caller.name, "evidence": seen, "fact": uid}}
