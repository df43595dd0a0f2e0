"""The verbs of reviews: write sections, tell the timeline better, name factors, add and close actions, publish."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.reviews import queries, rules
from roadbed.reliability.reviews.models import Action, Factor, Review
from roadbed.reliability.reviews.rules import telling


def write_sections(
    caller: Caller, reference: str, *, sections: Mapping[str, str], expected: int | None = None, now: datetime
) -> None:
    """Write some of the sections; the others stay.

    Raises:
        Conflict: when `expected` is not the version that stands, so that nobody's words are written over.
    """
    authorise(caller, "review.write")
    given = rules.checked_sections(sections)
    with unit(caller, now=now) as writing:
        row = _locked(reference)
        if expected is not None and expected != row.version:
            raise Conflict(
                f"Somebody changed the review of INC-{row.number} since you began: it has version {row.version}.",
                remedy="Your text is still in the form. Look at what changed, then save again.",
                place=Place(field="version"),
            )
        changed = [name for name, text in given.items() if text != row.sections.get(name, "")]
        if changed:
            row.sections = {**row.sections, **given}
            _changed(writing, row, "sections", sections=changed)


def tell(
    caller: Caller, reference: str, *, at: datetime, text: str, known: str, evidence: str = "", now: datetime
) -> None:
    """Add an entry to the timeline; what was learned later names its evidence."""
    authorise(caller, "review.write")
    entry = {
        "at": at.isoformat(),
        "title": rules.checked_text(text, "text", longest=rules.LONGEST["entry"]),
        "detail": "",
        "known": rules.checked_choice(known, telling.KNOWN, "known"),
        "evidence": rules.checked_text(evidence, "evidence", needed=known == telling.LATER),
        "by": caller.name,
    }
    with unit(caller, now=now) as writing:
        row = _locked(reference)
        rules.checked_instant(at, started_at=row.started_at, now=now)
        row.timeline = telling.with_entry(row.timeline, entry)
        _changed(writing, row, "timeline")


def move_entry(caller: Caller, reference: str, key: str, *, known: str, evidence: str, now: datetime) -> None:
    """Say that an entry was known then, or learned later, with the evidence for it."""
    authorise(caller, "review.write")
    known = rules.checked_choice(known, telling.KNOWN, "known")
    with unit(caller, now=now) as writing:
        row = _locked(reference)
        said = evidence and rules.checked_text(evidence, "evidence")
        row.timeline = telling.moved(row.timeline, key, known=known, evidence=said, by=caller.name)
        _changed(writing, row, "timeline", entry=key)


def name_factor(caller: Caller, reference: str, *, text: str, kind: str, evidence: str = "", now: datetime) -> str:
    """Name a factor that contributed; answers its key."""
    authorise(caller, "review.write")
    said = rules.checked_text(text, "text")
    kind = rules.checked_choice(kind, rules.KINDS, "kind")
    shown = rules.checked_text(evidence, "evidence", needed=False)
    with unit(caller, now=now) as writing:
        row = _locked(reference)
        key = f"F{row.factors.count() + 1}"
        Factor.objects.create(review=row, key=key, text=said, kind=kind, evidence=shown)
        _changed(writing, row, "factor", factor=key, kind=kind)
        return key


def add_action(
    caller: Caller,
    reference: str,
    *,
    text: str,
    factor: str,
    lever: str,
    owner: str,
    due: date,
    evidence: str,
    now: datetime,
) -> str:
    """Add an action; answers its key. Actions are added to published reviews too.

    Raises:
        Invalid: when it names no mechanism, no lever, no one person, no day or nothing that could show it.
    """
    authorise(caller, "review.write")
    said = rules.checked_action(text)
    lever = rules.checked_choice(lever, rules.LEVERS, "lever")
    shown = rules.checked_text(evidence, "evidence")
    due = rules.checked_due(due, today=now.date())
    with unit(caller, now=now) as writing:
        row = _locked(reference, published=True)
        known = row.factors.filter(key__iexact=factor.replace("\x00", "")).first()
        if known is None:
            raise Invalid(
                f"INC-{row.number} names no factor {factor[:20]!r}.",
                remedy="An action works on a factor: name that first.",
                place=Place(field="factor"),
            )
        person = _person(owner.replace("\x00", "").strip())
        made = Action.objects.create(
            review=row,
            key=f"A{row.actions.count() + 1}",
            text=said,
            factor=known,
            lever=lever,
            owner_uid=person.uid,
            owner_name=person.name,
            due=due,
            evidence=shown,
        )
        row.save()
        _acted(writing, row, made, "added")
        return made.key


def close_action(caller: Caller, reference: str, key: str, *, evidence: str, now: datetime) -> None:
    """Close an action with what shows that it is done; closing it again changes nothing."""
    authorise(caller, "review.write")
    shown = rules.checked_text(evidence, "evidence")
    with unit(caller, now=now) as writing:
        row = _locked(reference, published=True)
        made = row.actions.select_related("factor").filter(key__iexact=key.replace("\x00", "")).first()
        if made is None:
            raise NotFound(f"INC-{row.number} has no action {key[:20]}.", place=Place(field="action"))
        if made.closed_at is None:
            made.closed_at, made.closed_by, made.closing_evidence = now, caller.name[:160], shown
            made.save()
            _acted(writing, row, made, "closed")


def publish(caller: Caller, reference: str, *, now: datetime) -> None:
    """Publish it for everybody to learn from; once published, only actions are added.

    Raises:
        Conflict: with everything that is missing.
    """
    authorise(caller, "review.write")
    with unit(caller, now=now) as writing:
        row = _locked(reference, published=True)
        if row.state == Review.PUBLISHED:
            return
        lacks = rules.missing(queries.readiness(row))
        if lacks:
            raise Conflict(
                f"The review of INC-{row.number} cannot be published yet. {' '.join(lacks)}",
                remedy="Write what is missing, then publish it.",
            )
        row.state, row.published_at, row.published_by = Review.PUBLISHED, now, caller.name[:160]
        row.save()
        data = _about(row) | {"factors": row.factors.count(), "actions": row.actions.count()}
        writing.record("review.published", row.uid, source_id=f"review:{row.uid}:published", data=data)


def _locked(reference: str, *, published: bool = False) -> Review:
    row = Review.objects.select_for_update().get(pk=queries.row_of(reference).pk)
    if row.state == Review.PUBLISHED and not published:
        raise Conflict(
            f"The review of INC-{row.number} is published.", remedy="Its words stand; actions can still be added."
        )
    return row


def _person(said: str) -> Person:
    rows = Person.objects.filter(is_active=True)
    found = list(rows.filter(email__iexact=said)[:1]) or list(rows.filter(uid=said)[:1])
    found = found or list(rows.filter(name__iexact=said)[:2])
    if not said or len(found) != 1:
        raise Invalid(
            f"{said[:80]!r} is not one person.",
            remedy="An action has one owner: give their mail address.",
            place=Place(field="owner"),
        )
    return found[0]


def _about(row: Review) -> dict[str, Any]:
    return {"incident": row.number, "incident_uid": row.incident_uid, "service_uid": row.service_uid}


def _changed(writing: Unit, row: Review, what: str, **more: Any) -> None:
    row.version += 1
    row.save()
    writing.record("review.changed", row.uid, data=_about(row) | {"what": what, **more})


def _acted(writing: Unit, row: Review, made: Action, what: str) -> None:
    data = {
        "review": row.uid,
        "what": what,
        "action": made.key,
        "text": made.text,
        "factor": made.factor.key,
        "lever": made.lever,
        "owner": made.owner_name,
        "owner_uid": made.owner_uid,
        "due": made.due.isoformat(),
        "evidence": made.closing_evidence or made.evidence,
    }
    writing.record("action.changed", made.uid, data=_about(row) | data)
