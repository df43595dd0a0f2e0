"""Plays the stories: harm shows, somebody is paged and answers, it ends, and a review is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from roadbed.config.demo import responding
from roadbed.config.demo.playing import Player
from roadbed.config.demo.stories import Act as Action
from roadbed.config.demo.stories import Learned, Story
from roadbed.delivery.flags import usecases as flags
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.people.rules import Caller
from roadbed.reliability.incidents import usecases as incidents
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.objectives.models import Standing
from roadbed.reliability.paging import escalating
from roadbed.reliability.paging import usecases as paging
from roadbed.reliability.reviews import closing, factoring
from roadbed.reliability.reviews import usecases as reviews

STEP: Final = timedelta(seconds=300)
MINUTE: Final = timedelta(minutes=1)
LONGEST_TAIL: Final = timedelta(minutes=100)
"""After harm ended, the longest short window of a paging pair is over long before."""

SETTLED: Final = 45
LOOKING: Final = ("Hanne Brandt", "Priya Raman")
"""Who looks a second time at the evidence of an action."""


class Stories:
    """Schedules every story with the player, and answers the pages that come of them."""

    def __init__(self, player: Player, stories: Sequence[Story]) -> None:
        self.player = player
        self._stories = tuple(stories)
        player.opened = self._opened

    def schedule(self) -> None:
        """Put their beginnings on the stage; the rest follows from what happens."""
        for story in self._stories:
            begins = story.begins(self.player.now)
            if story.flag:
                self._flag(story, begins)
            if story.seen_by:
                self._by_hand(story, begins)
            else:
                self.player.at(begins + MINUTE, partial(self._watch, story))

    def _caller(self, name: str) -> Caller:
        return self.player.cast.people[name]

    def _flag(self, story: Story, begins: datetime) -> None:
        assert story.flag is not None  # noqa: S101 - asked before
        key, former, after = story.flag

        def switch(state: str, reason: str, by: str, at: datetime) -> None:
            flags.change_flag(self._caller(by), story.service, key, state=state, reason=reason, now=at)

        on = partial(switch, after, "All at once after the canary", story.by)
        back = partial(switch, former, f"It caused: {story.title}", story.lead)

        self.player.at(begins - MINUTE, on)
        if story.remedy == "flag":
            self.player.at(story.ends(self.player.now), back)

    # --- harm that is measured

    def _watch(self, story: Story, at: datetime) -> None:
        """Look every minute until it pages, then every other one, until the burn has stopped."""
        self.player.look(story.service, at)
        paged = Standing.objects.filter(
            objective__service_uid=self.player.listed[story.service].uid, paging_since__isnull=False
        ).exists()
        ended = at >= story.ends(self.player.now)
        if (ended and not paged) or at > story.ends(self.player.now) + LONGEST_TAIL:
            return
        pause = 2 * MINUTE if paged and not ended else MINUTE
        self.player.at(at + pause, lambda when: self._watch(story, when))

    def _opened(self, fact: FactView) -> None:
        """An alert opened: whoever the story names takes it, then the incident goes its way."""
        story = self._story_of(fact)
        if story is None:
            return
        alert, opened = str(fact.data["alert"]), fact.occurred_at
        if story.escalates:
            self.player.at(opened + STEP, lambda at: self._escalate(alert, at))
        self.player.at(opened + timedelta(seconds=story.answered), lambda at: self._acknowledge(story, alert, at))
        self._work(story, opened)

    def _story_of(self, fact: FactView) -> Story | None:
        near = [
            story
            for story in self._stories
            if self.player.listed[story.service].uid == fact.subject
            and story.begins(self.player.now) <= fact.occurred_at <= story.ends(self.player.now) + LONGEST_TAIL
        ]
        return near[-1] if near else None

    def _escalate(self, alert: str, at: datetime) -> None:
        escalating.advance(alert, now=at)
        self.player.deliver(at)

    def _acknowledge(self, story: Story, alert: str, at: datetime) -> None:
        paging.acknowledge(self._caller(story.lead), alert, now=at)
        self.player.follow(at)

    # --- harm that people saw

    def _by_hand(self, story: Story, begins: datetime) -> None:
        def open_one(at: datetime) -> None:
            incidents.open_by_hand(
                self._caller(story.seen_by), story.service, title=story.title, severity=story.severity,
                started_at=begins, now=at,
            )  # fmt: skip
            lead = self._caller(story.lead)
            incidents.assign(lead, self._name(story), role="lead", person=lead.uid, now=at)

        at = begins + 6 * MINUTE
        self.player.at(at, open_one)
        self._work(story, at)

    # --- both

    def _uid(self, name: str) -> str:
        return self._caller(name).uid

    def _name(self, story: Story) -> str:
        uid = self.player.listed[story.service].uid
        return f"INC-{Incident.objects.filter(service_uid=uid).order_by('-number')[0].number}"

    def _work(self, story: Story, opened: datetime) -> None:
        lead, begins, ends = self._caller(story.lead), story.begins(self.player.now), story.ends(self.player.now)

        def say(at: datetime) -> None:
            name = self._name(story)
            incidents.change(lead, name, title=story.title, severity=story.severity, now=at)
            if story.communications:
                incidents.assign(lead, name, role="communications", person=self._uid(story.communications), now=at)

        self.player.at(opened + timedelta(seconds=story.answered + 70), say)
        for minute, author, text in story.notes:
            when = max(begins + minute * MINUTE, opened + timedelta(seconds=story.answered + 100))
            self.player.at(when, partial(self._note, story, author, text))
        if story.goes_on:
            self.player.at(opened + timedelta(seconds=story.answered + 71), lambda at: self._respond(story, at))
            return
        self.player.at(ends + 3 * MINUTE, lambda at: incidents.mitigate(lead, self._name(story), at=ends, now=at))
        self.player.at(ends + max(story.resolved_after, SETTLED) * MINUTE, lambda at: self._resolve(story, at))

    def _respond(self, story: Story, at: datetime) -> None:
        responding.respond(self.player, story, self._name(story), at)

    def _note(self, story: Story, author: str, text: str, at: datetime) -> None:
        incidents.note(self._caller(author), self._name(story), text=text, now=at)

    def _resolve(self, story: Story, at: datetime) -> None:
        name = self._name(story)
        incidents.resolve(self._caller(story.lead), name, summary=story.summary, now=at)
        self.player.follow(at)
        if story.learned:
            self._review(story.learned, name, self._caller(story.lead), at)

    def _review(self, learned: Learned, name: str, writer: Caller, resolved: datetime) -> None:
        player, written = self.player, resolved + timedelta(hours=5)

        def write(at: datetime) -> None:
            reviews.write_sections(writer, name, sections=learned.sections, now=at)
            for text, kind, evidence in learned.factors:
                factoring.name_factor(writer, name, text=text, kind=kind, evidence=evidence, now=at)
            for text, role in learned.limits:
                factoring.name_factor(writer, name, text=text, role=role, now=at)
            for cause, effect in learned.links:
                factoring.link(writer, name, cause=cause, effect=effect, now=at)
            for act in learned.acts:
                reviews.add_action(
                    writer, name, text=act.text, factor=f"F{act.factor}", lever=act.lever, owner=self._uid(act.owner),
                    due=(player.now + timedelta(days=act.due)).date(), evidence=act.evidence, now=at,
                )  # fmt: skip

        player.at(written, write)
        for number, act in enumerate(learned.acts, 1):
            if act.closed is not None:
                self._close(name, f"A{number}", act, after=written)
        if learned.published is not None:
            when = max(player.now - timedelta(days=learned.published), written + timedelta(hours=2))
            player.at(when, lambda at: reviews.publish(writer, name, now=at))

    def _close(self, name: str, key: str, act: Action, *, after: datetime) -> None:
        assert act.closed is not None  # noqa: S101 - asked before
        when = max(self.player.now + timedelta(days=act.closed), after + timedelta(hours=1))
        owner = self._caller(act.owner)
        second = self._caller(next(one for one in LOOKING if one != act.owner))

        def close(at: datetime) -> None:
            if not closing.close_action(owner, name, key, evidence=act.shown, now=at):
                self.player.at(at + 20 * MINUTE, lambda at: closing.look_at(second, name, key, agrees=True, now=at))

        self.player.at(when, close)
