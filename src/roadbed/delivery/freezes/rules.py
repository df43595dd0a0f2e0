"""What a freeze is and what it answers the gate: a held kind waits until it ends, a repair passes with a warning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.gates.rules import ALLOW, DENY, RELIABILITY, SECURITY, WARN, Question, Reason, canonical

EVERYTHING, TEAM, SERVICE = "everything", "team", "service"
SCOPES: Final = (EVERYTHING, TEAM, SERVICE)
RULE: Final = "freeze/1"
LONGEST: Final = timedelta(days=92)
"""A quarter: what lasts longer is no freeze but a policy, and is said elsewhere."""


@dataclass(frozen=True, slots=True)
class FreezeView:
    """One freeze. `state` is now, to come, over or lifted."""

    uid: str
    scope: str
    target: str
    environment: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    declared_by: str
    declared_at: datetime
    lifted_by: str
    lifted_at: datetime | None
    state: str

    @property
    def of(self) -> str:
        return "everything" if self.scope == EVERYTHING else f"{self.scope} {self.target}"


def state_of(starts_at: datetime, ends_at: datetime, lifted_at: datetime | None, *, now: datetime) -> str:
    """Where a freeze is in its life."""
    if lifted_at is not None:
        return "lifted"
    if now < starts_at:
        return "to come"
    return "now" if now < ends_at else "over"


def checked(*, scope: str, target: str, reason: str, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Refuse what cannot be a freeze, all faults at once.

    Raises:
        Invalid: with each fault and its field.
    """
    faults = []
    if scope not in SCOPES:
        faults.append(
            Invalid(f"{scope!r} cannot be frozen.", remedy=f"One of {', '.join(SCOPES)}.", place=_at("scope"))
        )
    elif scope == EVERYTHING and target:
        faults.append(Invalid("A freeze of everything names no target.", place=_at("target")))
    elif scope != EVERYTHING and not target:
        faults.append(Invalid(f"Which {scope} is frozen?", remedy="Give its name.", place=_at("target")))
    if not reason.strip() or len(reason) > 300:  # noqa: PLR2004 - the column's length
        faults.append(Invalid("A freeze has a reason of 1 to 300 characters.", place=_at("reason")))
    for name, instant in (("starts_at", starts_at), ("ends_at", ends_at)):
        if instant.tzinfo is None:
            faults.append(Invalid(f"{name} has no time zone.", remedy="End it with Z or +01:00.", place=_at(name)))
    if not any(fault.place.field in ("starts_at", "ends_at") for fault in faults):
        faults += _checked_times(starts_at, ends_at, now)
    if faults:
        first = faults[0]
        raise Invalid(first.detail, remedy=first.remedy, place=first.place, others=tuple(faults[1:]))


def _checked_times(starts_at: datetime, ends_at: datetime, now: datetime) -> list[Invalid]:
    if ends_at <= starts_at:
        return [Invalid("It ends before it starts.", place=_at("ends_at"))]
    if ends_at <= now:
        return [Invalid("It is over already.", remedy="A freeze cannot be declared afterwards.", place=_at("ends_at"))]
    if ends_at - starts_at > LONGEST:
        return [Invalid(f"It lasts longer than {LONGEST.days} days.", remedy="Shorten it.", place=_at("ends_at"))]
    return []


def _at(field: str) -> Place:
    return Place(field=field)


def answer(question: Question, freezes: Iterable[FreezeView]) -> tuple[Reason, ...]:
    """What the freezes of a service and environment, now and to come, say to a change."""
    known = tuple(freezes)
    present = [freeze for freeze in known if freeze.state == "now"]
    if present:
        return tuple(_present(question, freeze) for freeze in present)
    coming = min((freeze for freeze in known if freeze.state == "to come"), key=lambda one: one.starts_at, default=None)
    text = "No freeze."
    if coming is not None:
        text += f" The next one is {_span(coming)}: {coming.reason}"
    return (Reason(rule=RULE, outcome=ALLOW, text=text),)


def _present(question: Question, freeze: FreezeView) -> Reason:
    figures = {"freeze": freeze.uid, "ends_at": freeze.ends_at.isoformat()}
    what = f"Frozen, {freeze.of}, {_span(freeze)}: {freeze.reason}"
    if canonical(question.kind) in (RELIABILITY, SECURITY):
        text = f"{what} A {question.kind} change passes, since it mends something."
        return Reason(rule=RULE, outcome=WARN, text=text, figures=figures, as_of=freeze.declared_at)
    clears = f"Its end, {_instant(freeze.ends_at)}; a repair or a rollback passes before."
    return Reason(rule=RULE, outcome=DENY, text=what, figures=figures, as_of=freeze.declared_at, clears=clears)


def _span(freeze: FreezeView) -> str:
    return f"{_instant(freeze.starts_at)} to {_instant(freeze.ends_at)}"


def _instant(at: datetime) -> str:
    return f"{at.day} {at:%B %H:%M} UTC"
