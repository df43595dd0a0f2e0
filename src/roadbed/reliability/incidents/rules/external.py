"""How an incident of another system stands, from what it told, in whatever order that came; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from roadbed.ground.ledger.rules import FactView, effective

TOLD: Final = frozenset({"incident.detected", "incident.reported"})
UNSAID: Final = 3
"""The severity of what does not say how bad it is: shown, warned of at the gate, refusing nothing."""


@dataclass(frozen=True, slots=True)
class External:
    """What another system says. `resolved_at` is None while it goes on, `told_at` when it last said that it began."""

    title: str
    service_uid: str
    service: str
    environment: str
    severity: int
    started_at: datetime
    detected_at: datetime
    resolved_at: datetime | None
    source: str
    url: str
    told_at: datetime


def is_external(fact: FactView) -> bool:
    """Whether another system told of it."""
    return fact.data.get("external") is True


def told(facts: Iterable[FactView]) -> External | None:
    """The incident that these facts tell of; None before anybody said that it began."""
    known = sorted(
        (fact for fact in effective(tuple(facts)) if is_external(fact)), key=lambda one: (one.occurred_at, one.position)
    )
    begun = [fact for fact in known if fact.kind in TOLD]
    if not begun:
        return None
    last, ended = begun[-1], [fact for fact in known if fact.kind == "incident.resolved"]
    detected = min(fact.occurred_at for fact in begun)
    started = min((at for fact in begun if (at := _instant(fact.data.get("started_at")))), default=detected)
    # Told once more after its end, it was opened again.
    over = ended[-1].occurred_at if ended and ended[-1].occurred_at >= last.occurred_at else None
    severity = last.data.get("severity")
    return External(
        title=" ".join(str(last.data.get("title") or "").split())[:200] or f"An incident of {last.source}",
        service_uid=str(last.data.get("service_uid") or ""),
        service=str(last.data.get("service") or ""),
        environment=last.environment or "production",
        severity=severity if isinstance(severity, int) and 1 <= severity <= 4 else UNSAID,  # noqa: PLR2004 - four
        started_at=min(started, detected),
        detected_at=detected,
        resolved_at=over,
        source=last.source[:60],
        url=_link(last.data.get("url")),
        told_at=last.occurred_at,
    )


def _link(said: Any) -> str:
    # What comes from outside becomes a link, so that it must lead to a page and nowhere else.
    url = str(said or "")[:500]
    return url if url.startswith(("https://", "http://")) else ""


def _instant(said: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
