"""The company's status page, and how its people respond to what goes on today: roles, tasks, words to everybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from roadbed.config.demo.playing import Player
from roadbed.config.demo.stories import Story
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.reliability.incidents import roles, tasks, telling
from roadbed.reliability.incidents.status import usecases as status

SHOWN: Final = (
    ("parcel-tracking", "Parcel tracking", "Where a parcel is, on the web and in the app"),
    ("checkout-web", "Shop", "Buying postage in the browser"),
    ("locker-gateway", "Lockers", "Opening a locker with a code"),
    ("label-api", "Labels", "Making and printing labels"),
)
FIRST_WORD, SECOND_WORD, TASKED, HANDED_OVER = (timedelta(minutes=number) for number in (10, 16, 12, 14))


def open_page(player: Player) -> None:
    """Put what customers know on the public page, with work that is planned for the night after tomorrow."""
    known = [one for one in SHOWN if one[0] in player.listed]
    for place, (service, name, about) in enumerate(known):
        status.show_component(ROADBED, service, name=name, description=about, position=place, now=player.now)
    night = (player.now + timedelta(days=2)).replace(hour=1, minute=0, second=0, microsecond=0)
    if known:
        status.plan_maintenance(
            ROADBED, title="Database upgrade", text="Tracking may be up to a minute behind.", starts_at=night,
            ends_at=night + timedelta(hours=1), services=(known[0][0],), now=player.now,
        )  # fmt: skip


def respond(player: Player, story: Story, name: str, opened: datetime) -> None:
    """What people do about one that goes on and has somebody who communicates."""
    if not (story.goes_on and story.communications):
        return
    speaks, leads = player.cast.people[story.communications], player.cast.people[story.lead]
    acts = (
        (FIRST_WORD, partial(_publish, speaks, name)),
        (TASKED, partial(_task, leads, name, story.by)),
        (HANDED_OVER, partial(_hand_over, leads, name, story.by)),
        (SECOND_WORD, partial(_second, speaks, name)),
    )
    for after, act in acts:
        player.at(min(opened + after, player.now), act)


def _publish(caller: Caller, name: str, at: datetime) -> None:
    telling.publish(caller, name, title="Tracking shows errors for some parcels", now=at)
    text = "About 1 tracking lookup in 9 fails. We are looking for the cause."
    telling.post_update(caller, name, text=text, public=True, now=at)


def _second(caller: Caller, name: str, at: datetime) -> None:
    text = "We think that a feature switched on today is the cause, and are about to turn it back."
    telling.post_update(caller, name, text=text, public=True, next_at=at + timedelta(minutes=45), now=at)


def _task(caller: Caller, name: str, owner: str, at: datetime) -> None:
    due = at + timedelta(minutes=40)
    tasks.add_task(caller, name, text="Compare errors with and without eta-v2", owner=owner, due_at=due, now=at)
    tasks.finish_task(caller, name, 1, now=at)
    tasks.add_task(caller, name, text="Tell the depots' desk when it is turned back", due_at=due, now=at)


def _hand_over(caller: Caller, name: str, to: str, at: datetime) -> None:
    roles.hand_over(
        caller, name, role="operations", to=to, now=at,
        known="98% of the errors have the flag eta-v2 on. v412 carried it.",
        tried="Restarting one instance changed nothing.",
        following="Set the flag back to 25%, then watch the 5-minute burn.",
        informed="The depots' desk knows; everybody reads it on the status page.",
    )  # fmt: skip
