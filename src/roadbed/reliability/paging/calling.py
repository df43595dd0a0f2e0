"""Paging a team by hand: somebody needs whoever answers for a service, or is on call in a team, now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people import queries as people
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.paging.intake import ENVIRONMENT
from roadbed.reliability.paging.models import Alert, new_uid
from roadbed.reliability.paging.opening import Opening, open_page
from roadbed.reliability.paging.routing import Desk, Route
from roadbed.reliability.paging.rules.owning import BY_HAND, Decided

VERB: Final = "page.send"
WHAT: Final = "by-hand:"
"""What pages by hand are about begins with it; a person closes them, since nothing tells that they are over."""
MOST: Final = 20
AN_HOUR: Final = timedelta(hours=1)
LONGEST: Final = 180
SEVERITIES: Final = (1, 2, 3, 4)


def call(
    caller: Caller, whom: str, *, text: str, severity: int = 2, environment: str = ENVIRONMENT, now: datetime
) -> str:
    """Page a team, or whoever answers for a service, about what somebody saw; answers the page's uid.

    Args:
        caller: who pages.
        whom: a team's name, or a service's; a team goes before a service of the same name.
        text: what is wrong, in a sentence.
        severity: 1 and 2 wake people.
        environment: where it happens.
        now: the instant.

    Raises:
        NotFound: when there is neither such a team nor such a service.
        Invalid: naming the field at fault.
        Conflict: when the caller paged too often within an hour.
    """
    authorise(caller, VERB)
    said = " ".join(text.split())
    if not 0 < len(said) <= LONGEST or not said.isprintable():
        raise Invalid(f"A page says what is wrong in up to {LONGEST} characters.", remedy="Write it.", place=_TEXT)
    if severity not in SEVERITIES:
        raise Invalid(
            f"{severity} is no severity.", remedy="1 to 4; 1 and 2 wake people.", place=Place(field="severity")
        )
    if not whom.isprintable() or not environment.isprintable():
        raise Invalid("A name holds control characters.", remedy="Write it plainly.", place=Place(field="whom"))
    route, service_uid, service = _route(whom.strip(), now)
    with unit(caller, now=now) as writing:
        mine = Alert.objects.filter(what__startswith=WHAT, figures__by=caller.uid, opened_at__gt=now - AN_HOUR)
        if mine.count() >= MOST:
            raise Conflict(f"You paged {MOST} times within an hour.", remedy="Write to the pages that are open.")
        opening = Opening(
            service_uid=service_uid, service=service, environment=environment, what=f"{WHAT}{new_uid()}",
            title=f"{service}: {said}" if service else said, severity=severity, started_at=now,
            text=f"{caller.name} pages {whom.strip()}: {said}", figures={"by": caller.uid},
        )  # fmt: skip
        return open_page(opening, route, writing).uid


_TEXT: Final = Place(field="text")


def _route(whom: str, now: datetime) -> tuple[Route, str, str]:
    team = people.team(whom)
    if team is not None:
        return Desk(now).routed(Decided(team.name, BY_HAND, f"Somebody pages {team.name} by hand.")), "", ""
    service = catalog.service(whom)
    if service is None:
        raise NotFound(
            f"There is neither a team nor a service {whom[:80]}.",
            remedy="`roadbed team list` and `roadbed service list` show them.", place=Place(field="whom"),
        )  # fmt: skip
    return Desk(now).route(service), service.uid, service.name
