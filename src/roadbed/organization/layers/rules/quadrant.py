"""Strong or weak SRE by strong or weak platform, and the two imbalances among the four."""

from __future__ import annotations

from typing import Final

from roadbed.ground.asks.advice import Quadrant, Signals

STRONG: Final = 5.0
"""The middle of the scale: at or above it a side counts as strong."""

BOTH, NEITHER, SRE_ALONE, PLATFORM_ALONE = "both", "neither", "sre-alone", "platform-alone"
PLACES: Final = {
    (True, True): BOTH,
    (False, False): NEITHER,
    (True, False): SRE_ALONE,
    (False, True): PLATFORM_ALONE,
}
SAYS: Final = {
    BOTH: "Both in place: owning a service is clear and cheap",
    NEITHER: "Neither yet: good practice first, titles later",
    SRE_ALONE: "Strong SRE, weak platform: each team rebuilds its own tooling",
    PLATFORM_ALONE: "Strong platform, weak SRE: fast, and nobody answers when it breaks",
}


def quadrant(signals: Signals) -> Quadrant:
    """Where it stands; no place while one of the two is unknown."""
    sre, platform = signals.sre_score, signals.platform_score
    if sre is None or platform is None:
        missing = [name for name, value in (("SRE", sre), ("platform", platform)) if value is None]
        return Quadrant(None, f"No data: nothing tells the strength of {' and '.join(missing)} yet", sre, platform)
    place = PLACES[sre >= STRONG, platform >= STRONG]
    return Quadrant(place, SAYS[place], sre, platform)
