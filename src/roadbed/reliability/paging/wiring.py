"""What paging registers with the ground: its reaction, who is on call, its place in the sidebar."""

from __future__ import annotations

from roadbed.ground import asks
from roadbed.ground.asks import WhoIsOnCall, sealed
from roadbed.ground.asks.counted import PeoplePaged, TeamsOnCall
from roadbed.ground.asks.runbooks import AlertsSeen
from roadbed.ground.demo import forgetting
from roadbed.ground.ledger import inbox, reactions
from roadbed.ground.shell import nav
from roadbed.reliability.paging import accounting, queries
from roadbed.reliability.paging.alerts import taking
from roadbed.reliability.paging.alerts.integrating import SOURCE
from roadbed.reliability.paging.forgetting import forget
from roadbed.reliability.paging.jobs import REACT
from roadbed.reliability.paging.reaching.sealing import ADDRESSES


def wire() -> None:
    """Listen for burning budgets, answer who is on call and who was paged, show the way to the page."""
    forgetting.register("paging", forget)
    reactions.register(REACT)
    inbox.register_reader(SOURCE, taking.read, together=taking.read_together)
    sealed.register("paging", ADDRESSES)
    asks.answer_with(WhoIsOnCall, queries.who_is_on_call)
    asks.answer_with(TeamsOnCall, accounting.teams_on_call)
    asks.answer_with(PeoplePaged, accounting.people_paged)
    asks.answer_with(AlertsSeen, accounting.alerts_seen)
    nav.add(nav.Entry("On-call", "phone-call", "paging:on-call", course="reliability", count=queries.waiting_for))
