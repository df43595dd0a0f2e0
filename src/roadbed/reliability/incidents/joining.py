"""Merging incidents that are one, taking that back, and splitting one that is two; figures count each harm once."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils.dateparse import parse_datetime

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.values import ServiceView
from roadbed.ground.errors import Conflict, Invalid, Place
from roadbed.ground.ledger.queries import facts_of
from roadbed.ground.ledger.rules import effective
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.incidents import facts, rules
from roadbed.reliability.incidents.models import Affected, Incident, Pinned
from roadbed.reliability.incidents.opening import Opening, add_services, create, detected, held_by_now
from roadbed.reliability.incidents.seeing import row_of
from roadbed.reliability.incidents.writing import Editing, editing, record

_KEPT: Final = ("status", "stage", "resolved_at", "mitigated_at", "next_update_at")


def merge(caller: Caller, reference: str, into: str, *, now: datetime) -> None:
    """Make one incident part of another: its services, alerts and history go there, and its page leads there.

    Both histories stay as they are told; the facts that counted the first are superseded, so that figures count one.

    Raises:
        Conflict: when either was merged before, or one of them is on the status page while the other goes on there.
        Invalid: when both are the same.
    """
    authorise(caller, "incident.write")
    if row_of(reference, caller).pk == row_of(into, caller).pk:
        raise Invalid("An incident cannot be merged into itself.", place=Place(field="into"))
    with editing(caller, into, now=now) as kept, editing(caller, reference, now=now) as gone:
        target, row = kept.row, gone.row
        if row.private and not target.private:
            raise Conflict(f"{gone.name} is private.", remedy=f"Make {kept.name} private first, or open {gone.name}.")
        if target.environment != row.environment:
            raise Conflict(
                f"{gone.name} is in {row.environment}, {kept.name} in {target.environment}.",
                remedy="Keep them apart: the gate asks by environment.",
            )
        row.before = _state(row) | {
            "kept": {"started_at": target.started_at.isoformat(), "severity": target.severity},
            "parts": list(row.merged.values_list("uid", flat=True)),
        }
        services = _services(row)
        added = add_services(target, services, brought_by=row.uid)
        target.alerts = [*target.alerts, *({**one, "brought_by": row.uid} for one in row.alerts)]
        target.severity = min(target.severity, row.severity)
        _begin_earlier(kept, row)
        row.merged.update(merged_into=target)
        row.status, row.stage, row.next_update_at = Incident.RESOLVED, "resolved", None
        row.resolved_at = row.resolved_at or now
        row.merged_into = target
        for one in _counting(row):
            record(
                gone.writing, row, "incident.merged",
                {"into": target.uid, "text": f"Merged into {kept.name} by {caller.name}"}, supersedes=one,
            )  # fmt: skip
        brought = f", which brings {', '.join(added)}" if added else ""
        kept.told("merged", f"{gone.name} is part of it{brought}", merged=row.uid)


def _begin_earlier(kept: Editing, row: Incident) -> None:
    """Harm of the two began where the first of them began, so that no minute of it is lost by their becoming one."""
    target = kept.row
    if row.started_at >= target.started_at:
        return
    former = target.times.get("started_at", {}).get("fact", "")
    at = row.started_at
    said = f"Harm began at {at.isoformat(timespec='minutes')}, with {rules.name_of(row.number)}"
    _say_start(kept, at, said, supersedes=former)


def _say_start(kept: Editing, at: datetime, said: str, *, supersedes: str = "") -> None:
    target = kept.row
    uid = kept.told("started_at", said, started_at=at.isoformat(), supersedes=supersedes)
    target.started_at = at
    target.times = target.times | {"started_at": {"by": kept.caller.name, "evidence": said, "fact": uid}}


def _state(row: Incident) -> dict[str, Any]:
    known = {name: getattr(row, name) for name in _KEPT}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in known.items()}


def _services(row: Incident) -> tuple[ServiceView, ...]:
    uids = [row.service_uid, *row.affected.values_list("service_uid", flat=True)]
    return tuple(one for uid in uids if (one := catalog.service(uid)) is not None)


def _counting(row: Incident) -> tuple[str, ...]:
    """The facts by which figures count it."""
    told = effective(facts_of(row.uid, kinds=("incident.detected", "incident.reported", "incident.merged"), limit=50))
    return tuple(one.uid for one in told if one.kind != "incident.merged")


def unmerge(caller: Caller, reference: str, *, now: datetime) -> None:
    """Take a merge back: both are as they were, with what happened since told by the one that was kept.

    Raises:
        Conflict: when it was not merged, or another incident is open on its service by now.
    """
    authorise(caller, "incident.write")
    row = row_of(reference, caller)
    name = rules.name_of(row.number)
    if row.merged_into_id is None:
        raise Conflict(f"{name} was not merged.", remedy="Nothing is left to undo.")
    target_name = rules.name_of(Incident.objects.get(pk=row.merged_into_id).number)
    with editing(caller, target_name, now=now) as kept:
        row = Incident.objects.select_for_update().get(pk=row.pk)
        if row.merged_into_id != kept.row.pk:
            raise Conflict(f"{name} was changed meanwhile.", remedy="Look at it as it is now.")
        _restore(row)
        Affected.objects.filter(incident=kept.row, brought_by=row.uid).delete()
        other = held_by_now(row.service_uid, row.environment) if row.status != Incident.RESOLVED else None
        if other is not None and other.pk != row.pk and not row.source:
            raise Conflict(
                f"{rules.name_of(other.number)} is open on {row.service_name} by now.",
                remedy=f"Resolve or merge it first; {name} stays merged.",
            )
        _give_back(kept, row)
        row.merged_into, row.before, row.version = None, {}, row.version + 1
        row.save()
        merged = effective(facts_of(row.uid, kinds=("incident.detected", "incident.merged"), limit=50))
        for number, one in enumerate(fact for fact in merged if fact.kind == "incident.merged"):
            key = f"incident:{row.uid}:unmerged:{row.version}:{number}"
            detected(kept.writing, row, source_id=key, supersedes=one.uid)
        kept.told("merged", f"{name} is an incident of its own again, says {caller.name}", unmerged=row.uid)


def _give_back(kept: Editing, row: Incident) -> None:
    """Take from the incident that was kept what the merge brought, unless somebody said otherwise since."""
    target, before = kept.row, row.before.get("kept") or {}
    target.alerts = [one for one in target.alerts if one.get("brought_by") != row.uid]
    Incident.objects.filter(uid__in=row.before.get("parts") or (), merged_into=target).update(merged_into=row)
    severity, began = before.get("severity"), parse_datetime(before.get("started_at") or "")
    if severity is not None and target.severity == row.severity:
        target.severity = severity
    if began is not None and began > target.started_at == row.started_at:
        former = target.times.get("started_at", {}).get("fact", "")
        said = f"Harm began at {began.isoformat(timespec='minutes')}, without {rules.name_of(row.number)}"
        _say_start(kept, began, said, supersedes=former)


def _restore(row: Incident) -> None:
    for name in _KEPT:
        value = row.before.get(name)
        setattr(row, name, parse_datetime(value) if name.endswith("_at") and value else value)


def split(
    caller: Caller,
    reference: str,
    *,
    title: str,
    services: tuple[str, ...],
    entries: tuple[str, ...] = (),
    severity: int | None = None,
    started_at: datetime | None = None,
    now: datetime,
) -> str:
    """Make a second incident of some of the services and lines of the timeline; answers its uid.

    Raises:
        Invalid: when no service is named, or one that is not further harmed by it.
        NotFound: when a service does not exist.
    """
    authorise(caller, "incident.write")
    wanted = [catalog.require_service(one) for one in services]
    if not wanted:
        raise Invalid("A split takes at least one service.", place=Place(field="services"))
    said = rules.checked_title(title)
    with unit(caller, now=now), editing(caller, reference, now=now) as edit:
        row = edit.row
        own = set(row.affected.values_list("service_uid", flat=True))
        for one in wanted:
            if one.uid not in own:
                first = "is where it was seen first" if one.uid == row.service_uid else "is not harmed by it"
                raise Invalid(
                    f"{one.name} {first}.",
                    remedy=f"Split off one of the further services of {edit.name}.",
                    place=Place(field="services"),
                )
        row.affected.filter(service_uid__in=[one.uid for one in wanted]).delete()
        opening = Opening(
            service_uid=wanted[0].uid, service=wanted[0].name, owner=wanted[0].owner, environment=row.environment,
            title=said, severity=rules.checked_severity(severity or row.severity),
            started_at=rules.checked_start(started_at or row.started_at, now=now),
            detected_at=max(row.detected_at, started_at or row.detected_at), further=tuple(wanted[1:]),
            private=row.private, from_incident=row.uid,
        )  # fmt: skip
        made = create(edit.writing, opening)
        _carry(row, made, entries, by=caller.name, now=now)
        edit.told("split", f"{rules.name_of(made.number)} was split off: {made.title}", split=made.uid)
        return made.uid


def _carry(row: Incident, made: Incident, entries: tuple[str, ...], *, by: str, now: datetime) -> None:
    known = {one.uid for one in facts.of_incident(row, now=now)}
    unknown = [one for one in entries if one not in known]
    if unknown:
        raise Invalid(
            f"{unknown[0][:40]} is not on the timeline of {rules.name_of(row.number)}.", place=Place(field="entries")
        )
    for fact in entries:
        for incident, kind in ((row, Pinned.AWAY), (made, Pinned.MOVED)):
            values = {"kind": kind, "by": by[:160], "at": now}
            Pinned.objects.update_or_create(incident=incident, fact=fact, defaults=values)
