"""How a text becomes a runbook's next version: checked, kept beside the former ones, told as a fact."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Max

from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.errors import Conflict, Invalid, Place
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import Caller
from roadbed.platform.runbooks.facts import about
from roadbed.platform.runbooks.models import Runbook, Version
from roadbed.platform.runbooks.rules import linting, reading
from roadbed.platform.runbooks.rules.naming import SLUG
from roadbed.platform.runbooks.rules.shapes import ERROR, Finding
from roadbed.platform.runbooks.rules.shapes import Runbook as Text

REFUSED: Final = frozenset({"size", "front-matter", "title", "secret-literal"})
"""Findings for which a text is not taken over: it cannot be understood, or would spread a secret."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text comes from: a file of a repository at a commit, or somebody who put it."""

    kind: str
    path: str = ""
    commit: str = ""
    location: str = ""
    files: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it. `change` is created, changed or unchanged."""

    uid: str
    slug: str
    version: int
    change: str
    findings: tuple[Finding, ...]


def checked_slug(slug: str) -> str:
    """The name of a runbook within its service.

    Raises:
        Invalid: where it could not be part of an address.
    """
    if not SLUG.fullmatch(slug):
        raise Invalid(
            f"{slug[:80]!r} cannot name a runbook.",
            remedy="Use 1 to 80 of a-z, 0-9 and hyphens, like lookups-return-503.",
            place=Place(field="runbook"),
        )
    return slug


def refusal_of(findings: tuple[Finding, ...], path: str) -> Invalid | None:
    """Why a text is not taken over, with everything that is wrong; None where it is."""
    if not any(one.rule in REFUSED for one in findings):
        return None
    faults = [
        Invalid(one.detail, remedy=one.remedy, place=Place(file=path, line=one.line))
        for one in sorted(findings, key=lambda one: one.rule not in REFUSED)
        if one.severity == ERROR
    ]
    return Invalid(faults[0].detail, remedy=faults[0].remedy, place=faults[0].place, others=tuple(faults[1:]))


def take_over(
    caller: Caller, service: ServiceView, slug: str, text: str, origin: Origin, *, now: datetime
) -> Taken:  # fmt: skip
    """Make a text the newest version, where it differs from the present one. The caller is authorised already.

    Raises:
        Invalid: with everything that is wrong, where it cannot be understood; the former version stands.
        Conflict: where a runbook of that name comes from elsewhere.
    """
    path = origin.path or f"{slug}.md"
    # A database keeps no NUL, and no half of a surrogate pair.
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise Invalid("The file is not text.", remedy="Save it as UTF-8.", place=Place(file=path))
    read = reading.read(text)
    findings = linting.findings(read, text, path=path, files=origin.files)
    if refusal := refusal_of(findings, path):
        raise refusal
    digest = hashlib.sha256(text.encode()).hexdigest()
    with unit(caller, now=now) as writing:
        row = Runbook.objects.select_for_update().filter(service_uid=service.uid, slug=slug).first()
        if row is not None and row.removed_at is None and row.origin != origin.kind:
            where = f"{row.path} of its repository" if row.origin == Runbook.REPOSITORY else "somebody who put it"
            remedy = "Change it there, or give this one another name."
            raise Conflict(f"{service.name}/{slug} comes from {where}.", remedy=remedy, place=Place(field="runbook"))
        present = None if row is None else Version.objects.filter(runbook=row, number=row.version).first()
        same = present is not None and present.digest == digest
        stands = row is not None and row.removed_at is None
        row = _write(row, service, slug, read, findings=findings, origin=origin, now=now, again=not same or not stands)
        if not same:
            _add(writing, row, text, digest=digest, origin=origin, findings=findings)
        change = "unchanged" if same and stands else "changed" if present is not None else "created"
    return Taken(row.uid, slug, row.version, change, findings)


def _write(
    row: Runbook | None, service: ServiceView, slug: str, read: Text, *, findings: tuple[Finding, ...], origin: Origin,
    now: datetime, again: bool,
) -> Runbook:  # fmt: skip
    front = read.front
    gone = [f"{one.detail} (line {one.line})" for one in findings if one.rule in ("dead-link", "dead-script")]
    values: dict[str, Any] = {
        "service": service.name,
        "owner": service.owner,
        "origin": origin.kind,
        "path": origin.path,
        "title": read.title,
        "serves": {
            "alerts": list(front.alerts),
            "objectives": list(front.objectives),
            "fingerprints": list(front.fingerprints),
        },
        "steps": len(read.steps),
        "runnable": sum(not step.by_hand for step in read.steps),
        "errors": sum(one.severity == ERROR for one in findings),
        "warnings": sum(one.severity != ERROR for one in findings),
        "gone": gone[:20],
        "unread": None,
        "stated_review": front.reviewed,
        "removed_at": None,
    }
    if row is None:
        return Runbook(service_uid=service.uid, slug=slug, version=0, written_at=now, **values)
    for name, value in values.items():
        setattr(row, name, value)
    if again:
        row.written_at, row.deployments, row.reminded_at = now, 0, None
    row.save()
    return row


def _add(writing: Unit, row: Runbook, text: str, *, digest: str, origin: Origin, findings: tuple[Finding, ...]) -> None:
    newest = Version.objects.filter(runbook=row).aggregate(most=Max("number"))["most"] if row.pk else 0
    row.version = (newest or 0) + 1
    row.save()
    by = origin.commit[:12] if origin.kind == Runbook.REPOSITORY else writing.caller.name
    Version.objects.create(
        runbook=row, number=row.version, digest=digest, text=text, commit=origin.commit, location=origin.location,
        at=writing.now, by=by[:160],
    )  # fmt: skip
    data = about(row) | {
        "version": row.version, "origin": origin.kind, "path": origin.path, "commit": origin.commit,
        "errors": sum(one.severity == ERROR for one in findings),
    }  # fmt: skip
    writing.record("runbook.written", row.service_uid, data=data)


def remove(writing: Unit, row: Runbook, *, why: str) -> None:
    """Take a runbook off the lists, in the open unit; its versions and runs stay."""
    Runbook.objects.filter(pk=row.pk).update(removed_at=writing.now)
    writing.record("runbook.removed", row.service_uid, data=about(row) | {"version": row.version, "why": why})
