"""The verbs that end an action: hand in what shows it, look at that a second time; and accepting a risk instead."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from roadbed.ground import asks
from roadbed.ground.asks.figures import ObjectiveStands
from roadbed.ground.errors import Conflict, Forbidden, Invalid, Place, Unavailable
from roadbed.ground.ledger import queries as ledger
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people import queries as people
from roadbed.ground.people.rules import ADMIN, Caller, authorise
from roadbed.reliability.reviews import queries, rules
from roadbed.reliability.reviews.models import Acceptance, Action, Review
from roadbed.reliability.reviews.rules.evidence import FACT, LINK, OBJECTIVE, REMEDY, SHOWING, Shown, evidence_of
from roadbed.reliability.reviews.writing import about, acted, action_of, locked

LONGEST_ACCEPTANCE: Final = timedelta(days=183)


def close_action(caller: Caller, reference: str, key: str, *, evidence: str, now: datetime) -> bool:
    """Close an action with evidence that can be looked up; closing it again changes nothing.

    At severity 1 and 2 the evidence is handed in, and somebody else than the owner and whoever handed it in looks at it
    before it is closed, where there is somebody else. Answers whether it is closed.

    Raises:
        Invalid: when nobody could look the evidence up, or it is not there.
    """
    authorise(caller, "review.write")
    shown = rules.checked_text(evidence, "evidence")
    pointed = evidence_of(shown)
    row = queries.row_of(reference)
    made = action_of(row, key)
    figure = _looked_up(pointed, made, row, now=now)
    alone = len(people.active_uids() - {caller.uid, made.owner_uid}) == 0
    with unit(caller, now=now) as writing:
        row = locked(reference, published=True)
        made = action_of(row, key)
        if made.closed_at is not None:
            return True
        made.closing_evidence, made.closing_kind, made.closing_shown = shown, figure[0], figure[1][:300]
        made.handed_at, made.handed_by_uid, made.handed_by = now, caller.uid, caller.name[:160]
        made.sent_back = ""
        if row.severity <= rules.SEVERE and not alone:
            made.save()
            acted(writing, row, made, "handed-in", evidence_kind=figure[0])
            return False
        _close(writing, row, made, by=caller, second=False)
        return True


def look_at(caller: Caller, reference: str, key: str, *, agrees: bool, why: str = "", now: datetime) -> None:
    """Look a second time at what was handed in: it closes the action, or goes back with a reason.

    Raises:
        Forbidden: to the owner and to whoever handed it in.
        Conflict: when nothing waits to be looked at.
    """
    authorise(caller, "review.write")
    said = rules.checked_text(why, "evidence", needed=not agrees) if why or not agrees else ""
    with unit(caller, now=now) as writing:
        row = locked(reference, published=True)
        made = action_of(row, key)
        if made.closed_at is not None or made.handed_at is None:
            raise Conflict(f"{made.key} of INC-{row.number} has no evidence that waits to be looked at.")
        if caller.uid in (made.handed_by_uid, made.owner_uid):
            raise Forbidden(
                "The second look is somebody else's.",
                remedy=f"Ask anybody but {made.owner_name} and {made.handed_by}.",
            )
        if agrees:
            _close(writing, row, made, by=caller, second=True)
            return
        made.handed_at, made.closing_evidence, made.closing_kind, made.closing_shown = None, "", "", ""
        made.sent_back = said
        made.save()
        acted(writing, row, made, "sent-back", why=said)


def _close(writing: Unit, row: Review, made: Action, *, by: Caller, second: bool) -> None:
    made.closed_at, made.closed_by = writing.now, by.name[:160]
    made.save()
    acted(writing, row, made, "closed", evidence_kind=made.closing_kind, second_look=second)


def _looked_up(pointed: Shown, made: Action, row: Review, *, now: datetime) -> tuple[str, str]:
    """The kind of what was pointed at, and what it shows today; a link is taken as it is."""
    if pointed.kind == LINK:
        return LINK, ""
    if pointed.kind == OBJECTIVE:
        try:
            stands = asks.put(ObjectiveStands(pointed.reference))
        except Unavailable:
            stands = None
        if stands is None:
            raise _not_there(pointed)
        return OBJECTIVE, stands
    fact = ledger.fact(pointed.reference) if pointed.kind == FACT else _deployment(pointed.reference, row, now=now)
    if fact is None:
        raise _not_there(pointed)
    if fact.kind not in SHOWING:
        raise Invalid(
            f"A fact of kind {fact.kind} shows nothing about an action.",
            remedy=f"One of {', '.join(sorted(SHOWING))}.",
            place=Place(field="evidence"),
        )
    if made.made_at is not None and fact.occurred_at < made.made_at:
        raise Invalid(
            f"That {SHOWING[fact.kind]} happened before the action was made.", remedy=REMEDY,
            place=Place(field="evidence"),
        )  # fmt: skip
    return SHOWING[fact.kind], f"{SHOWING[fact.kind]} of {fact.occurred_at:%Y-%m-%d %H:%M} UTC"


def _deployment(reference: str, row: Review, *, now: datetime) -> FactView | None:
    kinds = [kind for kind, word in SHOWING.items() if word in ("deployment", "rollback")]
    since = row.started_at
    found = ledger.facts_between(None, kinds=kinds, since=since, until=now, limit=5000)
    named = ("deployment", "version", "commit", "release")
    return next(
        (one for one in found if one.uid == reference or reference in {str(one.data.get(name)) for name in named}), None
    )


def _not_there(pointed: Shown) -> Invalid:
    return Invalid(
        f"There is no {pointed.kind} {pointed.reference[:64]!r}.", remedy=REMEDY, place=Place(field="evidence")
    )


def accept_risk(caller: Caller, reference: str, *, reason: str, expires_on: date, now: datetime) -> str:
    """Accept the risk of a review until a day, signed by the caller: a lead of the owning team, or an admin.

    Raises:
        Forbidden: naming who could.
    """
    authorise(caller, "review.write")
    said = rules.checked_text(reason, "evidence")
    row = queries.row_of(reference)
    leads = leads_of(row.owner)
    if caller.role != ADMIN and caller.uid not in leads:
        raise Forbidden(
            f"Accepting a risk of {row.service_name} is for those who lead {row.owner or 'its team'}.",
            remedy=f"Ask {', '.join(leads.values()) or 'an admin'}.",
        )
    today = now.date()
    if not today < expires_on <= today + LONGEST_ACCEPTANCE:
        raise Invalid(
            "A risk is accepted for a while.", remedy=f"Give a day within {LONGEST_ACCEPTANCE.days} days from today.",
            place=Place(field="expires_on"),
        )  # fmt: skip
    with unit(caller, now=now) as writing:
        row = locked(reference, published=True)
        made = Acceptance.objects.create(
            review=row, reason=said, signed_by_uid=caller.uid, signed_by=caller.name[:160], signed_at=now,
            expires_on=expires_on,
        )  # fmt: skip
        data = about(row) | {"acceptance": made.uid, "reason": said, "expires_on": expires_on.isoformat()}
        writing.record("risk.accepted", row.uid, data=data | {"person": caller.name})
    return made.uid


def leads_of(team: str) -> dict[str, str]:
    """Names of those who lead a team by uid; empty where there is no such team or nobody leads it."""
    found = people.team(team) if team else None
    return {one.uid: one.name for one in found.members if one.lead} if found else {}
