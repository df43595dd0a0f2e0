"""What people say of an incident's timeline and suspects: pinned, hidden with a reason, confirmed, dismissed."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground.errors import Conflict, NotFound, Place
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.incidents import facts, rules
from roadbed.reliability.incidents.models import Judged, Pinned
from roadbed.reliability.incidents.rules.suspects import Suspect
from roadbed.reliability.incidents.suspecting import suspicion
from roadbed.reliability.incidents.writing import Editing, editing


def mark(caller: Caller, reference: str, *, fact: str, kind: str, reason: str = "", now: datetime) -> None:
    """Pin a line of the timeline, hide it with a reason, or, with an empty kind, leave it as it was.

    Raises:
        Invalid: when a line is hidden without a reason.
        NotFound: when the line is not on this timeline.
    """
    authorise(caller, "incident.write")
    said = rules.checked_short(reason, "reason") if reason.strip() or kind == Pinned.HIDDEN else ""
    with editing(caller, reference, now=now, counts=False) as edit:
        if not any(one.uid == fact for one in facts.of_incident(edit.row, now=now)):
            raise NotFound(f"{fact[:40]} is not on the timeline of {edit.name}.", place=Place(field="fact"))
        rows = Pinned.objects.filter(incident=edit.row, fact=fact, kind__in=(Pinned.PINNED, Pinned.HIDDEN))
        if kind not in (Pinned.PINNED, Pinned.HIDDEN):
            if rows.delete()[0]:
                edit.told("mark", "A line of the timeline stands as it was", fact=fact)
            return
        values = {"kind": kind, "reason": said, "by": caller.name[:160], "at": now}
        Pinned.objects.update_or_create(incident=edit.row, fact=fact, defaults=values)
        word = "pinned" if kind == Pinned.PINNED else "hid"
        edit.told("mark", f"{caller.name} {word} a line of the timeline{f': {said}' if said else ''}", fact=fact)


def judge(
    caller: Caller,
    reference: str,
    *,
    fact: str,
    verdict: str,
    reason: str = "",
    version: int | None = None,
    now: datetime,
) -> None:
    """Say that a suspect was the cause, or was not; an empty verdict takes that back.

    A confirmed deployment becomes the incident's cause, which the delivery metrics follow when it is resolved.

    Raises:
        NotFound: when it is no suspect of this incident.
        Invalid: when one is dismissed without a reason.
    """
    authorise(caller, "incident.write")
    if verdict not in ("confirmed", "dismissed", ""):
        raise Conflict(f"{verdict[:40]!r} is no verdict.", remedy="confirmed, dismissed, or empty to take it back.")
    said = rules.checked_short(reason, "reason") if reason.strip() or verdict == "dismissed" else ""
    with editing(caller, reference, now=now, version=version) as edit:
        found = _suspect(edit, fact)
        if not verdict:
            Judged.objects.filter(incident=edit.row, fact=fact).delete()
            edit.told("suspect", f"{found.what} is a suspect again", fact=fact)
            return
        values = {"verdict": verdict, "reason": said, "by": caller.name[:160], "at": now}
        Judged.objects.update_or_create(incident=edit.row, fact=fact, defaults=values)
        _follow(edit, found, verdict)
        word = "was the cause" if verdict == "confirmed" else "was not the cause"
        edit.told(
            "suspect", f"{found.what} {word}, says {caller.name}{f': {said}' if said else ''}", fact=fact,
            verdict=verdict, deployment=found.deployment,
        )  # fmt: skip


def _suspect(edit: Editing, fact: str) -> Suspect:
    row = edit.row
    known = facts.of_incident(row, now=edit.now)
    found = suspicion(row, known, harmed=facts.services_of(row), now=edit.now)
    one = next((one for one in found.suspects if one.fact == fact), None)
    if one is None:
        raise NotFound(
            f"{fact[:40]} is no suspect of {edit.name}.",
            remedy=f"`roadbed incident show {edit.name} --json` names them with their facts.",
            place=Place(field="fact"),
        )
    return one


def _follow(edit: Editing, found: Suspect, verdict: str) -> None:
    row = edit.row
    if verdict == "confirmed":
        row.cause_deployment = found.deployment
        if row.stage in ("triggered", "investigating"):
            row.stage = "identified"
    elif found.deployment and row.cause_deployment == found.deployment:
        row.cause_deployment = ""
