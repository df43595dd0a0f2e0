"""Whom to hire next: a platform engineer, an SRE, or neither, with the reasoning in the order it was made."""

from __future__ import annotations

from typing import Final

from roadbed.ground.asks.advice import Hiring, Signals, StageAdvice
from roadbed.organization.layers.rules.patterns import says_devops
from roadbed.organization.layers.rules.quadrant import STRONG
from roadbed.organization.layers.rules.stages import (
    FROM_150,
    HALF,
    KEYS,
    SHARE_OF_PLATFORM,
    TO_40,
    TO_80,
    TO_150,
    UNDER_15,
)

PLATFORM_ENGINEER, AN_SRE, NEITHER = "platform-engineer", "sre", "neither"
SAYS: Final = {
    PLATFORM_ENGINEER: "A platform engineer",
    AN_SRE: "An SRE",
    NEITHER: "Neither a platform engineer nor an SRE",
}


def hiring(signals: Signals, stage: StageAdvice | None) -> Hiring:
    """The first of the rules that fires: size, platform, SRE, then neither."""
    if stage is None or signals.engineers is None:
        return Hiring(None, "hire.unknown", "No data", ("The number of engineers is unknown, and size comes first.",))
    advised = stage.advised
    if advised == UNDER_15:
        why = f"{signals.engineers} engineers need no titles: everybody ships, answers and keeps the road."
        return _says(NEITHER, "hire.too-few", why)
    return _platform(signals, advised) or _sre(signals, advised) or _neither(signals, advised)


def _says(hire: str, rule: str, *reasons: str) -> Hiring:
    return Hiring(hire, rule, SAYS[hire], reasons)


def _platform(signals: Signals, advised: str) -> Hiring | None:
    path, wanted = signals.golden_path, [one for one in signals.open_roles or () if says_devops(one)]
    if wanted and path is not None and path < HALF:
        return _says(
            PLATFORM_ENGINEER,
            "hire.platform.instead-of-devops",
            f"“{wanted[0]}” is open, and the golden path covers {path:.0%} of the services.",
            "What is missing is the road, so hire whoever builds it.",
        )
    if advised == TO_40:
        return None
    nobody = signals.platform_heads == 0 or (signals.platform_heads is None and signals.platform_owned is False)
    if nobody:
        return _says(
            PLATFORM_ENGINEER,
            "hire.platform.first",
            f"{signals.engineers} engineers, and nobody answers for the platform.",
            "One dedicated person comes before any SRE.",
        )
    if signals.platform_heads is None:
        return None
    low = SHARE_OF_PLATFORM[0]
    weak = signals.platform_score is not None and signals.platform_score < STRONG
    few = signals.engineers is not None and signals.platform_heads * 100 < low * signals.engineers
    if KEYS.index(advised) >= KEYS.index(TO_150) and few and weak:
        return _says(
            PLATFORM_ENGINEER,
            "hire.platform.too-few",
            f"{signals.platform_heads} people in platform are under {low}% of {signals.engineers} engineers.",
            f"The platform scores {signals.platform_score:.1f} of 10.",
        )
    return None


def _sre(signals: Signals, advised: str) -> Hiring | None:
    practised = signals.sre_share is not None and signals.sre_share >= HALF
    if advised == FROM_150 and (signals.consumer_scale or signals.contractual_uptime):
        need = " and ".join(
            said
            for said, holds in (
                ("consumer scale", signals.consumer_scale),
                ("contractual uptime", signals.contractual_uptime),
            )
            if holds
        )
        if practised:
            return _says(
                AN_SRE, "hire.sre.need", f"There is {need}.", f"{signals.sre_share:.0%} of the teams practise SRE."
            )
        share = "unknown" if signals.sre_share is None else f"{signals.sre_share:.0%}"
        return _says(
            NEITHER,
            "hire.sre.not-yet",
            f"There is {need}, but application teams that practise SRE: {share}.",
            "SREs would become where reliability is thrown to. Reach half of the teams first.",
        )
    if advised == TO_150 and practised and signals.strict_slos and not signals.sre_heads:
        return _says(
            AN_SRE,
            "hire.sre.coach",
            f"{signals.sre_share:.0%} of the application teams use budgets, and promises of 99.9% or more are kept.",
            "One SRE, who coaches the teams and is paged for none of their services alone.",
        )
    return None


def _neither(signals: Signals, advised: str) -> Hiring:
    if advised == TO_40:
        return _says(
            NEITHER,
            "hire.part-time-owner",
            f"At {signals.engineers} engineers an owner of the paved road, part of their time, is enough.",
        )
    reasons = []
    if signals.platform_heads is None and signals.platform_owned is None:
        return Hiring(None, "hire.unknown", "No data", ("Whether anybody works on the platform is unknown.",))
    if signals.platform_heads is None:
        reasons.append("The platform has an owner; how many people work on it is unknown.")
    elif advised == TO_80:
        reasons.append(f"{signals.platform_heads} in platform is what this size needs.")
    else:
        reasons.append(f"{signals.platform_heads} in platform, and no sign that they are too few.")
    reasons.append(
        "Application teams run their own objectives, budgets and reviews."
        if advised == TO_80
        else "Nothing here asks for SRE headcount."
    )
    return _says(NEITHER, "hire.neither", *reasons)
