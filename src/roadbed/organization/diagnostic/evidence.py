"""What facts and other rooms' figures tell of the questions about work: toil, pages, deployments by hand, budgets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from roadbed.ground import asks
from roadbed.ground.asks import measures
from roadbed.ground.asks.counted import PeoplePaged
from roadbed.ground.asks.measures import ORGANIZATION, TEAM, Asked
from roadbed.ground.catalog.queries import Owned
from roadbed.ground.errors import Unavailable
from roadbed.ground.ledger import queries as ledger
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.people import queries as people
from roadbed.ground.shell import words
from roadbed.organization.diagnostic.rules.measured import Measured, by_toil

SPAN: Final = timedelta(days=28)
QUARTER: Final = timedelta(days=90)
DEPLOYED: Final = ("service.deployed", "service.upgraded")
MOST: Final = 2000
"""The newest so many facts; a share of more would hardly differ and cost the page its speed."""
SATURDAY: Final = 5


def evidence(team: str, services: Sequence[Owned], now: datetime) -> Iterator[Measured]:
    """What is known, by question. What only hints at an answer scores nothing, and says so."""
    yield from _toil(team, now)
    if not services:
        return
    uids = [one.uid for one in services]
    yield from _interruptions(uids, now)
    told = ledger.facts_between(uids, kinds=DEPLOYED, since=now - SPAN, until=now, limit=MOST)
    deployed = [one for one in told if one.environment == "production"]
    if deployed:
        yield from _by_hand(deployed)
        yield _alone(deployed, {one.uid: one.owner for one in services})
        yield _systems(deployed)
    yield from _spent(uids, now)


def _toil(team: str, now: datetime) -> Iterator[Measured]:
    asked = Asked(TEAM if team else ORGANIZATION, team, now - SPAN, now, now)
    found = measures.measure("toil", asked)
    if found.value is not None:
        note = (
            f"{words.plural(found.n, 'entry', 'entries')} logged or captured in 28 days; what nobody logged is missing"
        )
        yield Measured("toil", words.percent(found.value), by_toil(found.value), note=note)


def _interruptions(uids: Sequence[str], now: datetime) -> Iterator[Measured]:
    try:
        paged = asks.put(PeoplePaged(now - SPAN, now))
    except Unavailable:
        return
    mine = [one for one in paged if one.service_uid in set(uids)]
    if mine:
        persons = len({one.person_uid for one in mine})
        each = sum(one.alerts for one in mine) / persons / SPAN.days
        note = (
            f"to each of {words.plural(persons, 'person', 'people')}; questions are not counted, so it scores nothing"
        )
        yield Measured("interruptions", f"{each:.1f} pages a day", None, note=note)


def _by_hand(deployed: Sequence[FactView]) -> Iterator[Measured]:
    """Deployments that a person set off against those of a pipeline; of another CD's nobody tells which it was."""
    known = [one for one in deployed if one.data.get("by") != "external"]
    if not known:
        return
    persons = people.active_uids()
    alone = sum(one.actor not in persons for one in known)
    share = 100 * alone / len(known)
    note = f"set off by no person, 28 days; {len(known)} of {len(deployed)} deployments tell who it was"
    # Where most tell nothing the few that do may be of another kind.
    enough = len(known) * 2 >= len(deployed)
    yield Measured("hands_off", f"{alone} of {len(known)}", share if enough else None, note=note)


def _alone(deployed: Sequence[FactView], owners: dict[str, str]) -> Measured:
    members = {one.name: {member.uid for member in one.members} for one in people.teams()}
    weekdays = sum(one.occurred_at.weekday() < SATURDAY for one in deployed)
    own = sum(one.actor in members.get(owners.get(one.subject, ""), ()) for one in deployed)
    said = f"{weekdays} of {len(deployed)} from Monday to Friday"
    note = (
        f"UTC, 28 days; {own} set off by somebody of the owning team; it tells nothing of waiting, so it scores nothing"
    )
    return Measured("deploys_alone", said, None, note=note)


def _systems(deployed: Sequence[FactView]) -> Measured:
    names = sorted({one.source.removeprefix("report:") for one in deployed})
    said = words.plural(len(names), "system")
    note = f"tell of deployments: {', '.join(names[:6])}; what tells nothing is not counted, so it scores nothing"
    return Measured("systems_touched", said, None, note=note)


def _spent(uids: Sequence[str], now: datetime) -> Iterator[Measured]:
    since = now - QUARTER
    spent = ledger.facts_between(uids, kinds=("budget.exhausted",), since=since, until=now)
    if not spent:
        return
    asked = ledger.facts_between(uids, kinds=("gate.asked",), since=since, until=now, limit=MOST)
    refused = sum(_by_budget(one) for one in asked)
    said = f"{words.plural(len(spent), 'budget')} spent, {words.plural(refused, 'change')} refused"
    if refused:
        yield Measured("budget_policy", said, "enforced", note="by the gate, for a spent budget, in 90 days")
    else:
        note = "in 90 days; whether it was discussed is not recorded, so it scores nothing"
        yield Measured("budget_policy", said, None, note=note)


def _by_budget(fact: FactView) -> bool:
    """Whether the gate refused for an objective whose budget was spent then, by the figures kept with the answer."""
    told = (one for one in fact.data.get("reasons") or () if isinstance(one, dict) and one.get("outcome") == "deny")
    left = [figures.get("remaining") for one in told if isinstance(figures := one.get("figures"), dict)]
    spent = any(isinstance(one, int | float) and one <= 0 for one in left)
    return spent and not fact.data.get("passes", True)
