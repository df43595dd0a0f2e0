"""What the company agreed on about its promises: one that was raised, time that does not count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from roadbed.config.demo import company
from roadbed.config.demo.company import Service
from roadbed.ground.people.rules import Caller
from roadbed.reliability.objectives import usecases as objectives
from roadbed.reliability.objectives.excluded import exclusions

RAISED: Final = "checkout-web"
BEFORE: Final = "0.995"
RAISED_AGO: Final = timedelta(days=12)
SERVICED: Final = "depot-board"
WEEKS: Final = 3
MISTAKEN: Final = "label-api"


def promised_first(service: Service) -> Service:
    """A service with what it promised in the beginning."""
    if service.name != RAISED:
        return service
    return replace(service, promises=tuple(replace(one, target=BEFORE) for one in service.promises))


def raised_by(committed: Sequence[datetime], service: Service, *, now: datetime) -> int | None:
    """Which of a service's changes, by when each was committed, raised its promise; None where none did."""
    if service.name != RAISED:
        return None
    return next((place for place, at in enumerate(committed) if at > now - RAISED_AGO), None)


def exclude(people: Mapping[str, Caller], uids: Mapping[str, str], *, now: datetime) -> None:
    """Take out time as its teams' leads did: nights on which boards are serviced, and one that was a mistake."""
    lead = {one.team: people[one.name] for one in company.PEOPLE if one.lead}
    night = (now - timedelta(weeks=WEEKS)).replace(hour=1, minute=0, second=0, microsecond=0)
    objectives.exclude(
        lead["depot"], uids[SERVICED], starts_at=night, ends_at=night + timedelta(hours=2), rrule="FREQ=WEEKLY",
        reason="Belts and boards are serviced at night, agreed with the depots", now=night - timedelta(days=2),
    )  # fmt: skip
    began = (now - timedelta(days=9)).replace(hour=10, minute=0, second=0, microsecond=0)
    objectives.exclude(
        lead["storefront"], uids[MISTAKEN], starts_at=began, ends_at=began + timedelta(minutes=40),
        reason="The card processor was down", now=began + timedelta(hours=3),
    )  # fmt: skip
    (mistake,) = exclusions(uids[MISTAKEN])
    objectives.withdraw(lead["storefront"], mistake.uid, now=began + timedelta(hours=5))
