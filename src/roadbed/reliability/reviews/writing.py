"""What every verb of a review does: lock it, note what changed, keep its words findable, record the fact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import Unit
from roadbed.ground.people.models import Person
from roadbed.reliability.reviews import queries
from roadbed.reliability.reviews.models import Action, Factor, Review, Term
from roadbed.reliability.reviews.rules.finding import weighed


def locked(reference: str, *, published: bool = False) -> Review:
    """The review's row, locked until the transaction ends; a published one only where that may still change."""
    row = Review.objects.select_for_update().get(pk=queries.row_of(reference).pk)
    if row.state == Review.PUBLISHED and not published:
        raise Conflict(
            f"The review of INC-{row.number} is published.", remedy="Its words stand; actions can still be added."
        )
    return row


def factor_of(row: Review, key: str, *, field: str = "factor") -> Factor:
    """A factor of a review by its key.

    Raises:
        Invalid: naming the field.
    """
    known = row.factors.filter(key__iexact=key.replace("\x00", "")[:8]).first()
    if known is None:
        raise Invalid(
            f"INC-{row.number} names no factor {key[:20]!r}.",
            remedy="An action works on a factor: name that first.",
            place=Place(field=field),
        )
    return known


def action_of(row: Review, key: str) -> Action:
    """An action of a review by its key."""
    made = row.actions.select_related("factor").filter(key__iexact=key.replace("\x00", "")[:8]).first()
    if made is None:
        raise NotFound(f"INC-{row.number} has no action {key[:20]}.", place=Place(field="action"))
    return made


def person(said: str) -> Person:
    """One active person by mail address, uid or whole name."""
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


def about(row: Review) -> dict[str, Any]:
    """What every fact of a review says."""
    return {"incident": row.number, "incident_uid": row.incident_uid, "service_uid": row.service_uid}


def changed(writing: Unit, row: Review, what: str, **more: Any) -> None:
    """Keep the row as its next version and record what changed."""
    row.version += 1
    row.save()
    index(row)
    writing.record("review.changed", row.uid, data=about(row) | {"what": what, **more})


def acted(writing: Unit, row: Review, made: Action, what: str, **more: Any) -> None:
    """Record what happened to an action."""
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
    writing.record("action.changed", made.uid, data=about(row) | data | more)


def index(row: Review) -> None:
    """Bring the review's words in the index up to date; only those that changed are written."""
    wanted = weighed(parts(row))
    known = {term: (pk, weight) for pk, term, weight in row.terms.values_list("pk", "term", "weight")}
    gone = [pk for term, (pk, weight) in known.items() if wanted.get(term) != weight]
    if gone:
        Term.objects.filter(pk__in=gone).delete()
    Term.objects.bulk_create(
        (
            Term(review=row, term=term, weight=weight)
            for term, weight in wanted.items()
            if term not in known or known[term][1] != weight
        ),
        batch_size=300,
    )


def parts(row: Review) -> Iterator[tuple[str, str]]:
    """The texts of a review that it is found by, each with what it is."""
    yield "title", f"{row.title} INC-{row.number}"
    yield "service", row.service_name
    for text in row.sections.values():
        yield "section", text
    for entry in row.timeline:
        yield "timeline", f"{entry['title']} {entry['detail']}"
    for text, evidence in row.factors.values_list("text", "evidence"):
        yield "factor", text
        yield "section", evidence
    for text in row.actions.values_list("text", flat=True):
        yield "action", text
