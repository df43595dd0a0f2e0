"""When people joined and when somebody first did something: kept by alias, and told only of five or more together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from roadbed.delivery.metrics.flow.models import FlowFirst, FlowJoin
from roadbed.delivery.metrics.flow.rules.beginnings import (
    COMMIT,
    DEPLOYMENT,
    INCIDENT,
    WHATS,
    Beginning,
    beginning,
)
from roadbed.delivery.metrics.flow.rules.changes import alias
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.ledger.projections import Projection
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.people.queries import people
from roadbed.ground.people.queries import team as team_named
from roadbed.ground.ports.payloads import instant_of

_DEPLOYED: Final = frozenset({"service.deployed", "service.upgraded"})
_TOOK_PART: Final = frozenset({"incident.changed", "incident.noted", "page.acknowledged"})
KINDS: Final = frozenset({"team.joined", "change.pushed", *_DEPLOYED, *_TOOK_PART})
DAYS: Final = 180
LONGEST: Final = 1100
First = tuple[str, str, datetime]


def apply(facts: tuple[FactView, ...]) -> None:
    """Take a batch: of each alias the earliest instant stays."""
    joined: dict[tuple[str, str], datetime] = {}
    firsts: dict[tuple[str, str], datetime] = {}
    for fact in facts:
        if fact.kind == "team.joined":
            key = str(fact.data.get("person") or "")[:64], fact.subject
            joined[key] = min(fact.occurred_at, joined.get(key, fact.occurred_at))
        for who, what, at in _firsts(fact):
            if who:
                firsts[who, what] = min(at, firsts.get((who, what), at))
    _keep_joins(joined)
    _keep_firsts(firsts)


def _firsts(fact: FactView) -> Iterator[First]:
    if fact.kind == "change.pushed":
        for one in fact.data.get("commits") or ():
            at = instant_of(one.get("authored_at"))
            if at is not None and one.get("bot") is not True:
                yield alias(str(one.get("author") or "")), COMMIT, at
    elif fact.kind in _DEPLOYED:
        names = {fact.actor, str(fact.data.get("requested_by") or "")} - {"system"}
        names |= {str(one.get("author") or "") for one in fact.data.get("commits") or () if isinstance(one, dict)}
        yield from ((alias(name), DEPLOYMENT, fact.occurred_at) for name in sorted(names))
    elif fact.kind in _TOOK_PART and fact.actor != "system":
        yield alias(fact.actor), INCIDENT, fact.occurred_at


def _keep_joins(told: dict[tuple[str, str], datetime]) -> None:
    teams = {team for _, team in told}
    known = {(row.person, row.team): row.at for row in FlowJoin.objects.filter(team__in=teams)} if told else {}
    rows = [
        FlowJoin(person=person, team=team, at=min(at, known.get((person, team), at)))
        for (person, team), at in sorted(told.items())
    ]
    FlowJoin.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["person", "team"], update_fields=["at"], batch_size=300
    )


def _keep_firsts(told: dict[tuple[str, str], datetime]) -> None:
    aliases = sorted({who for who, _ in told})
    known: dict[tuple[str, str], datetime] = {}
    for first in range(0, len(aliases), 300):
        rows = FlowFirst.objects.filter(who__in=aliases[first : first + 300])
        known |= {(row.who, row.what): row.at for row in rows}
    earlier = [
        FlowFirst(who=who, what=what, at=at)
        for (who, what), at in sorted(told.items())
        if (who, what) not in known or at < known[who, what]
    ]
    FlowFirst.objects.bulk_create(
        earlier, update_conflicts=True, unique_fields=["who", "what"], update_fields=["at"], batch_size=300
    )


def clear() -> None:
    """Empty the tables, before a rebuild."""
    for table in (FlowFirst, FlowJoin):
        table.objects.all().delete()


BEGINNINGS: Final = Projection(name="delivery-beginnings", version=1, kinds=KINDS, apply=apply, clear=clear)


@dataclass(frozen=True, slots=True)
class OnboardingView:
    """How people began who joined in a window; `joined` is how many did."""

    team: str
    days: int
    since: datetime
    until: datetime
    joined: int
    beginnings: tuple[Beginning, ...]


def onboarding(*, team: str = "", days: int = DAYS, now: datetime) -> OnboardingView:
    """Of a team, or of the organization: times to the firsts of all who joined in the last days.

    In the organization somebody joins with their first team. Nobody is named, and nothing is told of fewer than five.

    Raises:
        Invalid: for days outside 1 to 1,100.
        NotFound: when there is no such team.
    """
    if not 1 <= days <= LONGEST:
        raise Invalid(f"{days} days is not between 1 and {LONGEST}.", place=Place(field="days"))
    rows = FlowJoin.objects.filter(at__lte=now)
    if team:
        known = team_named(team)
        if known is None:
            raise NotFound(
                f"There is no team {team[:63]}.", remedy="`roadbed team list` names them.", place=Place(field="team")
            )
        rows, team = rows.filter(team=known.uid), known.name
    joins: dict[str, datetime] = {}
    for person, at in rows.values_list("person", "at"):
        joins[person] = min(at, joins.get(person, at))
    since = now - timedelta(days=days)
    inside = {person: at for person, at in joins.items() if at >= since}
    firsts = _firsts_of(inside)
    told = tuple(
        beginning(what, [(at, firsts.get((person, what))) for person, at in inside.items()], now=now) for what in WHATS
    )
    return OnboardingView(team, days, since, now, len(inside), told)


def _firsts_of(persons: Iterable[str]) -> dict[tuple[str, str], datetime]:
    """The firsts of people under whichever of their names: uid, name, address, and what stands before its @."""
    asked = set(persons)
    whose: dict[str, str] = {}
    for one in people():
        if one.uid in asked:
            names = (one.uid, one.name, one.email, one.email.partition("@")[0])
            whose |= {alias(name): one.uid for name in names if name}
    found: dict[tuple[str, str], datetime] = {}
    known: list[Any] = []
    aliases = sorted(whose)
    for first in range(0, len(aliases), 300):
        known += FlowFirst.objects.filter(who__in=aliases[first : first + 300]).values_list("who", "what", "at")
    for who, what, at in known:
        key = whose[who], what
        found[key] = min(at, found.get(key, at))
    return found
