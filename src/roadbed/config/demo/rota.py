"""Who of the company is on call when: rotations in which the first name has the shift that runs today."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Final

from roadbed.config.demo import company
from roadbed.config.demo.company import Team
from roadbed.config.demo.planned import ENGAGED
from roadbed.config.demo.stories import Story
from roadbed.reliability.paging.rules.shifts import WEEKDAYS, Rotation, anchor_at, order_at, shift_at

AT: Final = time(9, 0)


def names_for(team: Team, *, began: datetime, now: datetime) -> tuple[str, ...]:
    """The order to set when a rotation begins, so that the team's first name has today's shift."""
    rotation = rotation_of(team, (), began)
    passed = shift_at(rotation, now).number % len(team.rotates)
    return team.rotates[-passed:] + team.rotates[:-passed] if passed else team.rotates


def rotation_of(team: Team, names: tuple[str, ...], began: datetime) -> Rotation:
    """A team's rotation, as it is set at that instant."""
    weekday = WEEKDAYS.index(team.weekday)
    anchor = anchor_at(weekday, AT, company.ZONE, began)
    return Rotation(people=names, weekday=weekday, at=AT, zone=company.ZONE, anchor=anchor)


def cast_in(story: Story, *, began: datetime, now: datetime) -> Story:
    """The story with whoever was on call in the lead; one that escalates is led by the next in turn."""
    if story.seen_by:
        return story
    engaged = story.service == ENGAGED.service
    name = company.RELIABILITY if engaged else company.service(story.service).team
    team = next(one for one in company.TEAMS if one.name == name)
    order = order_at(rotation_of(team, names_for(team, began=began, now=now), began), story.begins(now))
    first, second = order[0], order[1 % len(order)]
    lead = second if story.escalates else first
    notes = tuple(
        (minute, lead if author == story.lead else author, text.format(first=first))
        for minute, author, text in story.notes
    )
    other = story.communications if story.communications != lead else second
    return replace(story, lead=lead, communications=other if story.communications else "", notes=notes)
