"""The demo's channels: what is addressed to its people is taken and sent nowhere."""

from __future__ import annotations

from typing import Final

from roadbed.config.demo.company import DOMAIN
from roadbed.ground.ports.notifier import Delivered, Message, Notifier

TAKEN: Final = "demo: taken here, sent nowhere"


class DemoPost:
    """Takes messages to the demo's people and hands every other one on."""

    def __init__(self, real: Notifier) -> None:
        self._real = real

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        if message.address.lower().endswith(f"@{DOMAIN}"):
            return Delivered(TAKEN)
        return self._real.deliver(message, seconds=seconds)
