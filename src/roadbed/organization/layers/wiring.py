"""What the layers register: advice for whoever asks, what is known of this organization, how a demo leaves."""

from __future__ import annotations

from roadbed.ground import asks
from roadbed.ground.asks.advice import AdviseOrganization, KnownSignals
from roadbed.ground.demo import forgetting
from roadbed.organization.layers import gathering
from roadbed.organization.layers.forgetting import forget
from roadbed.organization.layers.rules.advising import advise
from roadbed.organization.layers.rules.signals import signals


def wire() -> None:
    """Answer."""
    forgetting.register("layers", forget)
    asks.answer_with(AdviseOrganization, lambda asked: advise(asked.signals))
    asks.answer_with(KnownSignals, lambda asked: signals(gathering.known(now=asked.now)))
