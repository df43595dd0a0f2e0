"""What the company means to reach: goals set weeks ago and read since, one that was closed, and who gets digests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.config.demo import company
from roadbed.config.demo.cast import Cast
from roadbed.delivery.metrics.projecting import METRICS
from roadbed.delivery.metrics.settling import settle
from roadbed.ground.asks.measures import ORGANIZATION, TEAM
from roadbed.ground.ledger import projections
from roadbed.ground.people.rules import ROADBED
from roadbed.organization.digest import usecases as digest
from roadbed.organization.goals import usecases as goals


@dataclass(frozen=True, slots=True)
class Aim:
    """A goal: whose, on which metric, how far ago it was set and how far ahead it is due, in days."""

    team: str
    metric: str
    target: str
    ago: int
    ahead: int
    reason: str
    closed: str = ""


AIMS: Final = (
    Aim("tracking", "fail_rate", "8%", 40, 50, "Every third page of the spring followed a deployment of ours"),
    Aim("tracking", "slo_attainment", "100%", 40, 50, "Recipients ask support when a lookup fails"),
    Aim("storefront", "frequency", "14", 38, 20, "Ideas wait a week for their first customer"),
    Aim("routing", "lead_time", "8h", 35, 60, "A road that closes today must be in tonight's rounds"),
    Aim("depot", "toil", "15%", 33, 40, "Luis and Noor restart lockers instead of mending them"),
    Aim("billing", "actions_in_time", "90%", 30, 61, "Two reviews found the same gap"),
    Aim("routing", "recovery", "1h", 30, 5, "Drivers leave at five", closed="The rollback made it"),
)  # fmt: skip
EVERYBODY: Final = ("golden_path", "60%", "New services take a day on it and two weeks beside it")
DIGESTED: Final = "storefront"
MARGIN: Final = 3


def aim(crew: Cast, *, now: datetime, days: int) -> None:
    """Set them as their leads did, take a reading a week since, and close one."""
    # Goals begin where they are measured, and deployments are measured from the projection of their facts.
    while projections.advance(METRICS, now=now):
        pass
    settle()
    lead = {one.team: one for one in company.PEOPLE if one.lead}
    made = {}
    for one in AIMS:
        at = now - timedelta(days=min(one.ago, days - MARGIN))
        made[one] = goals.set_goal(
            crew.people[lead[one.team].name], scope=TEAM, name=one.team, metric=one.metric, target=one.target,
            due=(now + timedelta(days=one.ahead)).date(), reason=one.reason, now=at,
        )  # fmt: skip
    metric, target, why = EVERYBODY
    goals.set_goal(
        ROADBED, scope=ORGANIZATION, metric=metric, target=target, due=(now + timedelta(days=120)).date(),
        owner=lead[company.RELIABILITY].email, reason=why, now=now - timedelta(days=min(28, days - MARGIN)),
    )  # fmt: skip
    for weeks in range(min(5, days // 7) - 1, -1, -1):
        goals.read_all(now=now - timedelta(weeks=weeks))
    for one, uid in made.items():
        if one.closed:
            goals.close_goal(crew.people[lead[one.team].name], uid, note=one.closed, now=now)
    digest.write_team_default(ROADBED, DIGESTED, wanted=True, now=now)
