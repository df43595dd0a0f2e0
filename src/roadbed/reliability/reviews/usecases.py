"""The verbs of reviews: write sections, tell the timeline better, add actions, publish."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from roadbed.ground.errors import Conflict, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.reviews import queries, rules
from roadbed.reliability.reviews.models import Action, Factor, Review
from roadbed.reliability.reviews.rules import telling
from roadbed.reliability.reviews.writing import about, acted, changed, factor_of, index, locked, person


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
        row = locked(reference)
        if expected is not None and expected != row.version:
            raise Conflict(
                f"Somebody changed the review of INC-{row.number} since you began: it has version {row.version}.",
                remedy="Your text is still in the form. Look at what changed, then save again.",
                place=Place(field="version"),
            )
        anew = [name for name, text in given.items() if text != row.sections.get(name, "")]
        if anew:
            row.sections = {**row.sections, **given}
            changed(writing, row, "sections", sections=anew)


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
        row = locked(reference)
        rules.checked_instant(at, started_at=row.started_at, now=now)
        row.timeline = telling.with_entry(row.timeline, entry)
        changed(writing, row, "timeline")


def move_entry(caller: Caller, reference: str, key: str, *, known: str, evidence: str, now: datetime) -> None:
    """Say that an entry was known then, or learned later, with the evidence for it."""
    authorise(caller, "review.write")
    known = rules.checked_choice(known, telling.KNOWN, "known")
    with unit(caller, now=now) as writing:
        row = locked(reference)
        said = evidence and rules.checked_text(evidence, "evidence")
        row.timeline = telling.moved(row.timeline, key, known=known, evidence=said, by=caller.name)
        changed(writing, row, "timeline", entry=key)


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
        row = locked(reference, published=True)
        known = factor_of(row, factor)
        whose = person(owner.replace("\x00", "").strip())
        made = Action.objects.create(
            review=row,
            key=f"A{row.actions.count() + 1}",
            text=said,
            factor=known,
            lever=lever,
            owner_uid=whose.uid,
            owner_name=whose.name,
            due=due,
            evidence=shown,
            made_at=now,
        )
        row.save()
        index(row)
        acted(writing, row, made, "added")
        return made.key


def publish(caller: Caller, reference: str, *, now: datetime) -> None:
    """Publish it for everybody to learn from; once published, only actions are added.

    Raises:
        Conflict: with everything that is missing.
    """
    authorise(caller, "review.write")
    with unit(caller, now=now) as writing:
        row = locked(reference, published=True)
        if row.state == Review.PUBLISHED:
            return
        lacks = rules.missing(queries.readiness(row, today=now.date()))
        if lacks:
            raise Conflict(
                f"The review of INC-{row.number} cannot be published yet. {' '.join(lacks)}",
                remedy="Write what is missing, then publish it.",
            )
        row.state, row.published_at, row.published_by = Review.PUBLISHED, now, caller.name[:160]
        row.save()
        row_factors = row.factors.filter(role=Factor.CONTRIBUTED).count()
        data = about(row) | {"factors": row_factors, "actions": row.actions.count()}
        writing.record("review.published", row.uid, source_id=f"review:{row.uid}:published", data=data)
