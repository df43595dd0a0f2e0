"""What stakeholders are told: a draft made from what is known, and when they hear again; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from roadbed.reliability.incidents.rules.suspects import in_words

_DOING = {
    "triggered": "We have been alerted and are about to look into it.",
    "investigating": "We are looking for the cause.",
    "identified": "We know the cause and are mending it.",
    "monitoring": "It works again. We keep watching before we call it over.",
    "resolved": "It is over.",
}


def next_update(minutes: int | None, *, now: datetime) -> datetime | None:
    """When stakeholders should hear again; None where nobody waits."""
    return None if minutes is None else now + timedelta(minutes=minutes)


def draft(
    *,
    title: str,
    stage: str,
    services: Iterable[str],
    started_at: datetime,
    ended_at: datetime | None,
    remedies: Iterable[str],
    next_at: datetime | None,
    now: datetime,
) -> str:
    """An update to edit, never sent as it is: what people see, what is done, when word comes again. Times are UTC."""
    lasted = in_words(((ended_at or now) - started_at).total_seconds())
    affected = ", ".join(services)
    harm = f"from {_clock(started_at)} until {_clock(ended_at)} UTC ({lasted})" if ended_at else (
        f"since {_clock(started_at)} UTC ({lasted} so far)"
    )  # fmt: skip
    parts = [f"{title.rstrip('.')}. {affected} affected {harm}.", _DOING[stage]]
    done = list(dict.fromkeys(remedies))
    if done:
        parts.append(f"Done so far: {'; '.join(done)}.")
    if next_at is not None and stage != "resolved":
        parts.append(f"Next word by {_clock(next_at)} UTC.")
    return " ".join(parts)


def _clock(at: datetime) -> str:
    return at.strftime("%H:%M")
