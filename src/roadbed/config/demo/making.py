"""Makes the demo: the company and its last sixty days, before any process of Roadbed's starts."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from roadbed.config.demo import (
    agreed,
    aiming,
    alerting,
    asked,
    cast,
    catalogue,
    company,
    flowing,
    journeys,
    minutes,
    responding,
    rota,
    runbooks,
    senders,
    toiling,
    traffic,
    watched,
)  # fmt: skip
from roadbed.config.demo.answering import Stories
from roadbed.config.demo.days import Days
from roadbed.config.demo.playing import Player
from roadbed.config.demo.stories import STORIES, Story
from roadbed.ground.demo import queries, usecases
from roadbed.ground.jobs.usecases import withdraw_waiting
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.people.rules import ROADBED
from roadbed.platform.runbooks import watching
from roadbed.reliability.objectives.changes import record_changes
from roadbed.reliability.objectives.collecting import Collected
from roadbed.reliability.objectives.evaluating import evaluate_all
from roadbed.reliability.objectives.journeys.evaluating import evaluate_journeys
from roadbed.reliability.objectives.live import live_objectives
from roadbed.reliability.paging import usecases as paging

DAYS: Final = 60
COUNTED_DAYS: Final = 31
"""Windows reach 30 days back, and the day after that is forgotten: older minutes would be deleted within the hour."""


def make(*, first_admin: str, now: datetime, days: int = DAYS, counted: int = COUNTED_DAYS) -> None:
    """Make all of it. What an earlier start left half made is taken away first.

    Args:
        first_admin: the mail address of who signs in first; they join a team.
        now: the instant that everything is relative to; the same one gives the same company.
        days: how far its deployments go back.
        counted: for how many days its promises were counted.
    """
    began = time.monotonic()
    if queries.present() is not None:
        usecases.remove(ROADBED, now=now)
    usecases.begin(ROADBED, organization=company.ORGANIZATION, now=now)
    usecases.begin_facts(ROADBED, now=now)
    with transaction.atomic(using="default"):
        crew = cast.bring_in(first_admin=first_admin, now=now, days=days)
        cast.put_on_call(crew, now=now, days=days)
    started = cast.rotations_began(now, days)
    fitting = (story for story in STORIES if _fits(story, days, counted))
    told = tuple(rota.cast_in(story, began=started, now=now) for story in fitting)
    listed = catalogue.fill(crew, told, now=now, days=days)
    journeys.bring_in(crew, now=now)
    for one in listed.values():
        minutes.bring_in(one.service, one.uid, STORIES, now=now, minutes=counted * traffic.DAY)
    agreed.exclude(crew.people, {name: one.uid for name, one in listed.items()}, now=now)
    player = Player(crew, listed, now)
    Stories(player, told).schedule()
    Days(player, days=days).schedule()
    flowing.schedule(player, days=days)
    toiling.schedule(player, days=days)
    asked.schedule(player, days=days)
    runbooks.schedule(player, told)
    player.play()
    _lose(player)
    responding.open_page(player)
    toiling.capture(now=now, days=days)
    senders.post(now=now)
    watched.watch(crew, {name: one.uid for name, one in listed.items()}, now=now)
    alerting.tell(crew, now=now)
    watching.check(now=now)
    withdraw_waiting(ROADBED, now=now)
    evaluate_all(live_objectives(), at=now)
    evaluate_journeys(at=now)
    aiming.aim(crew, now=now, days=days)
    cast.escalate_otherwise(crew, now=now)
    usecases.made(ROADBED, seconds=time.monotonic() - began, now=now)


def _fits(story: Story, days: int, counted: int) -> bool:
    """Whether the history reaches back to it, and the counts do where a count has to tell of it."""
    return story.goes_on or (story.days < days - 1 and (bool(story.seen_by) or story.days < counted - 1))


def _lose(player: Player) -> None:
    """One service is not measured since a while: its alert opened, and somebody took it."""
    for service in minutes.silent_services():
        uid = player.listed[service.name].uid
        lives = tuple(one for one in live_objectives() if one.service_uid == uid)
        at = player.now - timedelta(minutes=minutes.SILENT_FOR - 2)
        source = f"scrape:{service.name}"
        before = player.opened

        def answer(fact: FactView, at: datetime = at) -> None:
            paging.acknowledge(
                player.cast.people["Ines Carvalho"], str(fact.data["alert"]), now=at + timedelta(seconds=66)
            )

        player.opened = answer
        record_changes(lives, {}, Collected(at, {}, {one.pk: (source,) for one in lives}), now=at)
        player.follow(at)
        player.opened = before
