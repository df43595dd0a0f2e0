"""What reviews tell other rooms: an incident counts as learned from once nothing stayed open for 30 days."""

from __future__ import annotations

from datetime import timedelta

from roadbed.ground import asks
from roadbed.ground.asks.counted import ReviewsClosed, ReviewsToday
from roadbed.reliability.reviews import closing, usecases
from roadbed.reliability.reviews.models import Action
from roadbed.reliability.reviews.tests.conftest import NOW, START, Cast


def closed(team: str = "") -> ReviewsToday:
    return asks.put(ReviewsClosed(since=START, until=START + timedelta(days=1), team=team))


def test_a_review_counts_once_it_is_published_and_its_actions_are_closed_in_time(cast: Cast):
    cast.drafted()
    assert closed() == ReviewsToday(1, 0)
    cast.ready()
    usecases.publish(cast.mara, "214", now=NOW)
    assert closed() == ReviewsToday(1, 0), "an action is open"
    closing.close_action(cast.mara, "214", "A1", evidence="https://ci.kestrel.example/runs/77", now=NOW)
    assert closed() == ReviewsToday(1, 1)
    assert (closed("tracking"), closed("billing")) == (ReviewsToday(1, 1), ReviewsToday(0, 0))
    Action.objects.update(closed_at=START + timedelta(days=40))
    assert closed() == ReviewsToday(1, 0), "that was too late"
