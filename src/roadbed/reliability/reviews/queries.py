"""Reading reviews and their actions."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.reliability.reviews import rules
from roadbed.reliability.reviews.models import Action, Factor, Review
from roadbed.reliability.reviews.values import ActionView, FactorView, ReviewPage, ReviewView

_DIGITS = 9


def row_of(reference: str) -> Review:
    """The row of `INC-7`, `7` or a uid.

    Raises:
        NotFound: with when it is drafted.
    """
    said = reference.strip().lower().removeprefix("inc-")
    found = None
    if said.isascii() and said.isdigit() and len(said) <= _DIGITS:
        found = Review.objects.filter(number=int(said)).first()
    elif said.isalnum():
        found = Review.objects.filter(uid=said).first()
    if found is None:
        raise NotFound(
            f"There is no review of {reference[:40]}.",
            remedy="One is drafted within seconds of resolving its incident; `roadbed review list` names all of them.",
        )
    return found


def reviews(*, state: str = "", cursor: str | None = None, limit: int = 20) -> Page[ReviewView]:
    """Reviews, the newest incident first; `state` is draft or published."""
    rows = Review.objects.all()
    if state:
        rows = rows.filter(state=rules.checked_choice(state, (Review.DRAFT, Review.PUBLISHED), "state"))
    if cursor:
        (number,) = decode_cursor(cursor, 1)
        if not isinstance(number, int):
            raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
        rows = rows.filter(number__lt=number)
    found = list(_counted(rows).order_by("-number")[: checked_limit(limit) + 1])
    page = page_of(found, limit, lambda row: (row.number,))
    return Page(tuple(_view(row) for row in page.items), page.next_cursor)


def review(reference: str) -> ReviewPage:
    """One review with everything in it."""
    row = _counted(Review.objects.filter(pk=row_of(reference).pk)).get()
    actions = tuple(_action(one) for one in row.actions.select_related("factor", "review").order_by("pk"))
    worked = {
        factor: tuple(one.key for one in actions if one.factor == factor) for factor in {a.factor for a in actions}
    }
    return ReviewPage(
        view=_view(row),
        incident_uid=row.incident_uid,
        environment=row.environment,
        detected_at=row.detected_at,
        acknowledged_at=row.acknowledged_at,
        resolved_at=row.resolved_at,
        lead=row.lead,
        budget=tuple(row.budget),
        timeline=tuple(row.timeline),
        sections={name: row.sections.get(name, "") for name in rules.SECTIONS},
        factors=tuple(_factor(one, worked.get(one.key, ())) for one in row.factors.order_by("pk")),
        actions=actions,
        missing=() if row.state == Review.PUBLISHED else rules.missing(readiness(row)),
        version=row.version,
        drafted_at=row.drafted_at,
        published_by=row.published_by,
    )


def readiness(row: Review) -> rules.Readiness:
    """What the rules of publishing look at."""
    return rules.Readiness(row.severity, row.sections, row.factors.count(), row.actions.count())


def open_actions(owner_uid: str | None = None) -> tuple[ActionView, ...]:
    """Actions that are open, of one person or of all, the next due first."""
    rows = Action.objects.filter(closed_at=None)
    if owner_uid is not None:
        rows = rows.filter(owner_uid=owner_uid)
    return tuple(_action(one) for one in rows.select_related("factor", "review").order_by("due", "pk"))


def count_drafts() -> int:
    """How many reviews wait to be published."""
    return Review.objects.filter(state=Review.DRAFT).count()


def _counted(rows: QuerySet[Review]) -> QuerySet[Any]:
    return rows.annotate(
        actions_count=Count("actions"), actions_open=Count("actions", filter=Q(actions__closed_at=None))
    )


def _view(row: Any) -> ReviewView:
    return ReviewView(
        uid=row.uid,
        name=f"INC-{row.number}",
        number=row.number,
        title=row.title,
        service_uid=row.service_uid,
        service=row.service_name,
        owner=row.owner,
        severity=row.severity,
        state=row.state,
        started_at=row.started_at,
        ended_at=row.ended_at,
        impact_minutes=rules.impact_minutes(row.started_at, row.ended_at),
        due=row.due,
        published_at=row.published_at,
        actions_count=row.actions_count,
        actions_open=row.actions_open,
    )


def _factor(row: Factor, actions: tuple[str, ...]) -> FactorView:
    return FactorView(row.key, row.text, row.kind, rules.KINDS[row.kind], row.evidence, actions)


def _action(row: Action) -> ActionView:
    return ActionView(
        uid=row.uid,
        key=row.key,
        text=row.text,
        factor=row.factor.key,
        lever=row.lever,
        lever_word=rules.LEVERS[row.lever],
        owner_uid=row.owner_uid,
        owner=row.owner_name,
        due=row.due,
        evidence=row.evidence,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        closing_evidence=row.closing_evidence,
        review=f"INC-{row.review.number}",
    )
