"""All advice of an organization from its signals."""

from __future__ import annotations

from roadbed.ground.asks.advice import Advice, Signals
from roadbed.organization.layers.rules import patterns, quadrant, stages
from roadbed.organization.layers.rules.hiring import hiring


def advise(signals: Signals) -> Advice:
    """Stage, hiring, quadrant and anti-patterns, each with the rule that fired."""
    stage = stages.advise(signals)
    holds, undetermined = patterns.found(signals)
    return Advice(
        engineers=signals.engineers,
        stage=stage,
        hiring=hiring(signals, stage),
        quadrant=quadrant.quadrant(signals),
        patterns=holds,
        undetermined=undetermined,
    )
