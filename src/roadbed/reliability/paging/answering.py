"""Acknowledging a page, signed in or behind the link that is one's own, snoozing it, and closing an alert by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings

from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.queries import caller_of_person, digest
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.paging.escalating import locked, said, subject_of
from roadbed.reliability.paging.intake import close_locked
from roadbed.reliability.paging.models import Alert, Recipient, Signal
from roadbed.reliability.paging.rules.escalation import frozen

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=7)
"""How long a page may be snoozed."""

_NO_LINK: Final = "No page has this link."


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
        raise NotFound(_NO_LINK, remedy="Open the newest one, or `roadbed page list`.")
    return take_over(caller_of_person(found.person), found.alert.uid, through="link", now=now)


def recipient_of(secret: str) -> Recipient | None:
    """Whose link it is."""
    rows = Recipient.objects.select_related("alert", "person").filter(digest=digest(secret), person__is_active=True)
    return rows.first()


def take_over(caller: Caller, uid: str, *, through: str, now: datetime) -> bool:
    """Take an alert in somebody's name who was authorised, through what is said; answers as `acknowledge` does.

    Who has it already goes on having it: a snooze of theirs ends, and the time in which they may have it begins again.
    """
    with unit(caller, now=now) as writing:
        alert = _open(uid)
        if alert.state == Alert.ACKNOWLEDGED and alert.acknowledged_by != caller.uid:
            return False
        if alert.state != Alert.ACKNOWLEDGED or alert.again_at is not None:
            _take(alert, caller, through, writing)
            alert.save()
    return True


def _take(alert: Alert, caller: Caller, through: str, writing: Unit) -> None:
    """Let the caller have an alert, and say so."""
    again = alert.state == Alert.ACKNOWLEDGED
    if not again:
        alert.state, alert.next_step_at = Alert.ACKNOWLEDGED, None
        alert.acknowledged_at, alert.acknowledged_by = writing.now, caller.uid
        alert.acknowledged_name = caller.name[:160]
    limit = frozen(alert.policy).acknowledged_seconds
    seconds = settings.ACKNOWLEDGED_MINUTES * 60 if limit is None else limit
    alert.again_at, alert.snoozed_by = writing.now + timedelta(seconds=seconds) if seconds else None, ""
    waited = (writing.now - alert.opened_at).total_seconds()
    data = said(alert) | {"person": caller.name, "person_uid": caller.uid, "seconds": waited, "through": through}
    data |= {"again": True} if again else {}
    writing.record("page.acknowledged", subject_of(alert), environment=alert.environment, data=data)


def snooze(caller: Caller, uid: str, *, until: datetime, now: datetime) -> None:
    """Let an alert rest until an instant, then be paged again from the first step if it goes on then.

    The caller has it meanwhile; one that nobody has is acknowledged by this.

    Raises:
        NotFound: for an unknown alert.
        Invalid: when the time is over, within a minute, or more than a week away.
        Conflict: when it is closed, or somebody else has it.
    """
    authorise(caller, "page.acknowledge")
    _put_off(caller, uid, until=until, through="Roadbed", now=now)


def snooze_by_link(secret: str, *, until: datetime, now: datetime) -> None:
    """The same behind the link that its recipient got; the link is the proof."""
    found = recipient_of(secret)
    if found is None:
        raise NotFound(_NO_LINK, remedy="Open the newest one, or `roadbed page list`.")
    _put_off(caller_of_person(found.person), found.alert.uid, until=until, through="link", now=now)


def _put_off(caller: Caller, uid: str, *, until: datetime, through: str, now: datetime) -> None:
    if not SHORTEST <= until - now <= LONGEST:
        raise Invalid(
            f"A page is not snoozed until {until:%Y-%m-%d %H:%M} UTC.", remedy="Choose 1 minute to 7 days from now.",
            place=Place(field="until"),
        )  # fmt: skip
    with unit(caller, now=now) as writing:
        alert = _open(uid)
        if alert.state == Alert.ACKNOWLEDGED and alert.acknowledged_by != caller.uid:
            raise Conflict(
                f"{alert.acknowledged_name} has it.",
                remedy=f"Ask them; `roadbed page escalate {uid}` pages on instead.",
            )
        if alert.state != Alert.ACKNOWLEDGED:
            _take(alert, caller, through, writing)
        alert.again_at, alert.snoozed_by = until, caller.name[:160]
        alert.why = [*alert.why, f"{caller.name} snoozed it until {until.astimezone(UTC):%-d %B %H:%M} UTC."]
        alert.save()
        data = said(alert) | {"person": caller.name, "person_uid": caller.uid, "until": until.isoformat()}
        writing.record("page.snoozed", subject_of(alert), environment=alert.environment, data=data)


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


def _open(uid: str) -> Alert:
    alert = _known(uid)
    if alert.state == Alert.CLOSED:
        raise Conflict(f"{alert.title}: it is closed already, {alert.closed_for}.", remedy="There is nothing to do.")
    return alert


def _known(uid: str) -> Alert:
    alert = locked(uid)
    if alert is None:
        raise NotFound(
            f"There is no page {uid[:40]}.", remedy="`roadbed page list` shows them.", place=Place(field="page")
        )
    return alert
