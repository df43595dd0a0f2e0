"""The verbs of paging: rotate, reach, react, escalate, deliver, answer."""

from __future__ import annotations

from roadbed.reliability.paging.answering import acknowledge, acknowledge_by_link, close, snooze, snooze_by_link
from roadbed.reliability.paging.channels import (
    add_channel,
    confirm_channel,
    remove_channel,
    send_test,
    try_channel,
    verify_channel,
)
from roadbed.reliability.paging.covering import cover, end_cover, end_leave, take_calendar, take_leave
from roadbed.reliability.paging.delivering import deliver
from roadbed.reliability.paging.escalating import advance
from roadbed.reliability.paging.intake import react
from roadbed.reliability.paging.rotating import end_rotation, set_rotation
from roadbed.reliability.paging.scheduling import end_schedule, set_schedule

__all__ = [
    "acknowledge",
    "acknowledge_by_link",
    "add_channel",
    "advance",
    "close",
    "confirm_channel",
    "cover",
    "deliver",
    "end_cover",
    "end_leave",
    "end_rotation",
    "end_schedule",
    "react",
    "remove_channel",
    "send_test",
    "set_rotation",
    "set_schedule",
    "snooze",
    "snooze_by_link",
    "take_calendar",
    "take_leave",
    "try_channel",
    "verify_channel",
]
