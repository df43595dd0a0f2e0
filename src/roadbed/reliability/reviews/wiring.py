"""What reviews register with the ground: one reaction, one answer and a place in the sidebar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roadbed.ground import asks
from roadbed.ground.asks.counted import ReviewsClosed
from roadbed.ground.demo import forgetting
from roadbed.ground.ledger import reactions
from roadbed.ground.shell import nav
from roadbed.reliability.reviews import jobs, measures, queries
from roadbed.reliability.reviews.forgetting import forget
from roadbed.reliability.reviews.today import reviews_closed

if TYPE_CHECKING:
    from django.http import HttpRequest


def wire() -> None:
    """Draft a review whenever an incident ends."""
    forgetting.register("reviews", forget)
    reactions.register(jobs.DRAFT)
    reactions.register(jobs.FOLLOW)
    asks.answer_with(ReviewsClosed, reviews_closed)
    measures.supply()
    nav.add(nav.Entry("Reviews", "notebook", "reviews:list", course="reliability", count=_waiting))


def _waiting(request: HttpRequest) -> int:  # noqa: ARG001 - the sidebar asks with the request
    return queries.count_drafts()
