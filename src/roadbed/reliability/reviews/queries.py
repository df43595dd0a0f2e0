"""Reading reviews and their actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.reliability.reviews import rules
from roadbed.reliability.reviews.models import Acceptance, Action, Factor, Review
from roadbed.reliability.reviews.rules.blame.rewriting import GAP
from roadbed.reliability.reviews.rules.graph import HARM
from roadbed.reliability.reviews.values import AcceptanceView, ActionView, FactorView, ReviewPage, ReviewView

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
    return Page(tuple(view_of(row) for row in page.items), page.next_cursor)


def review(reference: str) -> ReviewPage:
    """One review with everything in it."""
    row = _counted(Review.objects.filter(pk=row_of(reference).pk)).get()
    actions = tuple(_action(one) for one in row.actions.select_related("factor", "review").order_by("pk"))
    worked = {
        factor: tuple(one.key for one in actions if one.factor == factor) for factor in {a.factor for a in actions}
    }
    leads: dict[str, list[str]] = {}
    for cause, effect in row.contributions.order_by("pk").values_list("cause__key", "effect__key"):
        leads.setdefault(cause, []).append(effect or HARM)
    return ReviewPage(
        view=view_of(row),
        incident_uid=row.incident_uid,
        environment=row.environment,
        detected_at=row.detected_at,
        acknowledged_at=row.acknowledged_at,
        resolved_at=row.resolved_at,
        lead=row.lead,
        budget=tuple(row.budget),
        timeline=tuple(row.timeline),
        sections={name: row.sections.get(name, "") for name in rules.SECTIONS},
        factors=tuple(
            _factor(one, worked.get(one.key, ()), tuple(leads.get(one.key, ()))) for one in row.factors.order_by("pk")
        ),
        actions=actions,
        missing=() if row.state == Review.PUBLISHED else rules.missing(readiness(row, today=timezone.localdate())),
        version=row.version,
        drafted_at=row.drafted_at,
        published_by=row.published_by,
        acceptances=tuple(_acceptance(one, row.number) for one in row.acceptances.order_by("-expires_on")),
        fingerprints=tuple(row.fingerprints),
    )


def readiness(row: Review, *, today: date) -> rules.Readiness:
    """What the rules of publishing look at."""
    said = row.factors.filter(role=Factor.CONTRIBUTED).values_list("key", "text")
    gaps = [rules.SECTIONS[name][0] for name in rules.SECTIONS if GAP in row.sections.get(name, "")]
    gaps += [key for key, text in said if GAP in text]
    accepted = row.acceptances.filter(expires_on__gte=today).exists()
    return rules.Readiness(row.severity, row.sections, len(said), row.actions.count(), accepted, tuple(gaps))


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


def view_of(row: Any) -> ReviewView:
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


def _factor(row: Factor, actions: tuple[str, ...], leads_to: tuple[str, ...]) -> FactorView:
    word = rules.KINDS.get(row.kind) or rules.ROLES[row.role]
    return FactorView(row.key, row.text, row.kind, word, row.evidence, actions, row.role, leads_to)


def _acceptance(row: Acceptance, number: int) -> AcceptanceView:
    return AcceptanceView(row.uid, row.reason, row.signed_by, row.signed_at, row.expires_on, f"INC-{number}")


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
        closing_kind=row.closing_kind,
        closing_shown=row.closing_shown,
        handed_at=row.handed_at,
        handed_by_uid=row.handed_by_uid,
        handed_by=row.handed_by,
        sent_back=row.sent_back,
    )
