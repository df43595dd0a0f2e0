"""The demo's channels: what is addressed to its people is taken and sent nowhere."""

from __future__ import annotations

from typing import Final

from roadbed.config.demo.company import DOMAIN
from roadbed.ground.ports.notifier import Delivered, Message, Notifier

TAKEN: Final = "demo: taken here, sent nowhere"
NUMBERS: Final = "+12025550"
"""Numbers that belong to nobody: 555-0100 to 555-0199 are kept for stories."""

TOPICS: Final = "kestrel-invalid-"
MEMBERS: Final = "UKESTREL"


def is_demo(address: str) -> bool:
    """Whether an address is one of the demo's people."""
    return address.lower().endswith(f"@{DOMAIN}") or address.startswith((NUMBERS, TOPICS, MEMBERS))


class DemoPost:
    """Takes messages to the demo's people and hands every other one on."""

    def __init__(self, real: Notifier) -> None:
        self._real = real

    def fault_of(self, address: str) -> str:
        """What the real one says of an address; it looks at the demo's like at any other."""
        return str(self._real.fault_of(address))  # type: ignore[attr-defined]

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        if is_demo(message.address):
            return Delivered(TAKEN)
        return self._real.deliver(message, seconds=seconds)
