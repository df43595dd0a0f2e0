"""Acknowledging a page, signed in or behind the link that is one's own, and closing an alert by hand."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.queries import caller_of_person, digest
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.paging.escalating import locked, said, subject_of
from roadbed.reliability.paging.intake import close_locked
from roadbed.reliability.paging.models import Alert, Recipient, Signal


def acknowledge(caller: Caller, uid: str, *, now: datetime) -> bool:
    """Take an alert; answers whether the caller has it, False when somebody else had taken it before.

    Raises:
        NotFound: for an unknown alert.
        Conflict: when it is closed.
    """
    authorise(caller, "page.acknowledge")
    return take_over(caller, uid, through="Roadbed", now=now)


def acknowledge_by_link(secret: str, *, now: datetime) -> bool:
    """Take an alert behind the link that its recipient got; the link is the proof."""
    found = recipient_of(secret)
    if found is None:
        raise NotFound("No page has this link.", remedy="Open the newest one, or `roadbed page list`.")
    return take_over(caller_of_person(found.person), found.alert.uid, through="link", now=now)


def recipient_of(secret: str) -> Recipient | None:
    """Whose link it is."""
    rows = Recipient.objects.select_related("alert", "person").filter(digest=digest(secret), person__is_active=True)
    return rows.first()


def take_over(caller: Caller, uid: str, *, through: str, now: datetime) -> bool:
    """Take an alert in somebody's name who was authorised, through what is said; answers as `acknowledge` does."""
    with unit(caller, now=now) as writing:
        alert = _known(uid)
        if alert.state == Alert.CLOSED:
            raise Conflict(
                f"{alert.title}: it is closed already, {alert.closed_for}.", remedy="There is nothing to do."
            )
        if alert.state == Alert.ACKNOWLEDGED:
            return alert.acknowledged_by == caller.uid
        alert.state, alert.next_step_at = Alert.ACKNOWLEDGED, None
        alert.acknowledged_at, alert.acknowledged_by = now, caller.uid
        alert.acknowledged_name = caller.name[:160]
        alert.save()
        seconds = (now - alert.opened_at).total_seconds()
        data = said(alert) | {"person": caller.name, "person_uid": caller.uid, "seconds": seconds, "through": through}
        writing.record("page.acknowledged", subject_of(alert), environment=alert.environment, data=data)
    return True


def close(caller: Caller, uid: str, *, reason: str, now: datetime) -> None:
    """Close an alert by hand, with the reason; one that is closed stays as it is."""
    authorise(caller, "page.acknowledge")
    if not reason.strip():
        raise Invalid("An alert is closed for a reason.", remedy="Say which.", place=Place(field="reason"))
    with unit(caller, now=now) as writing:
        alert = _known(uid)
        if alert.closed_at is None:
            close_locked(alert, f"{caller.name}: {reason.strip()}", writing)
            end_signals(alert, writing)


def end_signals(alert: Alert, writing: Unit) -> None:
    """End the alerts of a page that a person closed: the same episode told again opens nothing, a later one does."""
    rows = Signal.objects.filter(page=alert, resolved_at=None)
    rows.update(state=Signal.RESOLVED, resolved_at=writing.now, resolved_by=Signal.BY_PERSON, held_by="")


def _known(uid: str) -> Alert:
    alert = locked(uid)
    if alert is None:
        raise NotFound(
            f"There is no page {uid[:40]}.", remedy="`roadbed page list` shows them.", place=Place(field="page")
        )
    return alert
