"""Which stage a head count is in, with hysteresis at its edges, and what that stage advises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from roadbed.ground.asks.advice import Signals, StageAdvice


@dataclass(frozen=True, slots=True)
class Stage:
    """A range of head counts. `ends` is the first head count past it; None for the last.

    Attributes:
        name: as sentences call it.
        interpolated: the source has a gap here, which was filled in between its neighbours.
    """

    key: str
    name: str
    starts: int
    ends: int | None
    interpolated: bool


STAGES: Final = (
    Stage("under-15", "Under 15", 0, 15, interpolated=False),
    Stage("15-40", "15–40", 15, 40, interpolated=True),
    Stage("40-80", "40–80", 40, 80, interpolated=False),
    Stage("80-150", "80–150", 80, 150, interpolated=True),
    Stage("150-up", "150 and more", 150, None, interpolated=False),
)
KEYS: Final = tuple(one.key for one in STAGES)
UNDER_15, TO_40, TO_80, TO_150, FROM_150 = KEYS
HYSTERESIS: Final = 10
"""Percent of an edge that a head count has to pass it by, before a stage that was advised already is left."""

HALF: Final = 0.5
TWO_HOLD, ALL_HOLD = 2, 3
SHARE_OF_PLATFORM: Final = (5, 7)
"""Percent of engineers in the platform team at 80 to 150 people."""


def stage_of(engineers: int, previous: str = "") -> tuple[str, bool]:
    """The stage of a head count, and whether the hysteresis held the previous one, or one between.

    A stage that was advised before is left upwards at its edge plus 10%, downwards below its edge less 10%.
    """
    plain = _plain(engineers)
    if previous not in KEYS:
        return KEYS[plain], False
    at = KEYS.index(previous)
    while at < plain and engineers * 100 >= STAGES[at + 1].starts * (100 + HYSTERESIS):
        at += 1
    while at > plain and engineers * 100 < STAGES[at].starts * (100 - HYSTERESIS):
        at -= 1
    return KEYS[at], at != plain


def _plain(engineers: int) -> int:
    return max(at for at, one in enumerate(STAGES) if engineers >= one.starts)


def stage(key: str) -> Stage:
    """A stage by its key."""
    return STAGES[KEYS.index(key)]


def paved_road(signals: Signals) -> tuple[tuple[str, bool | None], ...]:
    """The three signals that a paved road is missed, in words, with whether each holds."""
    return (
        ("teams build and deploy each in their own way", signals.divergent_ci),
        ("a new service takes more than 10 days into production", signals.slow_first_deploy),
        ("seniors spend more than 3 h a week on repeated answers", signals.busy_seniors),
    )


def advise(signals: Signals) -> StageAdvice | None:
    """What the size advises; None where the head count is unknown."""
    if signals.engineers is None:
        return None
    found, held = stage_of(signals.engineers, signals.previous_stage)
    shift = _shift(found, signals)
    advised = KEYS[KEYS.index(found) + 1] if shift else found
    says, more = _says(advised, signals)
    evidence = [_counted(signals, found, held=held), *shift, *more]
    return StageAdvice(
        stage=found,
        advised=advised,
        rule=f"stage.{advised}" + (".shifted" if shift else ""),
        says=says,
        evidence=tuple(evidence),
        held=held,
        interpolated=stage(advised).interpolated,
        next=_next(found),
    )


def _counted(signals: Signals, found: str, *, held: bool) -> str:
    said = f"{signals.engineers} engineers"
    if held:
        return f"{said}; within {HYSTERESIS}% of an edge, so the stage stays {stage(found).name} as before"
    return f"{said}: {stage(found).name}"


def _shift(found: str, signals: Signals) -> tuple[str, ...]:
    """Why strong signals move the advice one stage up; nothing where they do not."""
    held = [said for said, holds in paved_road(signals) if holds]
    if found in (UNDER_15, TO_40) and len(held) >= ALL_HOLD:
        return (f"One stage up, since all three signals hold: {'; '.join(held)}",)
    promised = bool(signals.contractual_uptime) and bool(signals.consumer_scale)
    if found == TO_150 and promised and signals.strict_slos:
        return ("One stage up, since uptime is in contracts, at consumer scale, with promises of 99.9% or more",)
    return ()


def _says(key: str, signals: Signals) -> tuple[str, list[str]]:
    if key == UNDER_15:
        return (
            (
                "Nobody needs these titles yet. Work on one main branch, deploy automatically, share incidents, "
                "and hold regular retrospectives."
            ),
            [],
        )
    if key == TO_40:
        return _to_40(signals)
    if key == TO_80:
        return (
            (
                "Have one dedicated platform person or a small team. Let the application teams run SLOs, budgets and "
                "blameless reviews. Hire no SREs yet."
            ),
            [_platform_now(signals)],
        )
    return _to_150(signals) if key == TO_150 else _from_150(signals)


def _to_40(signals: Signals) -> tuple[str, list[str]]:
    road = paved_road(signals)
    held = [said for said, holds in road if holds]
    unknown = [said for said, holds in road if holds is None]
    evidence = [f"{len(held)} of 3 signals hold" + (f": {'; '.join(held)}" if held else "")]
    if len(held) >= TWO_HOLD:
        return "No team. One person owns the paved road, part of their time.", evidence
    if unknown:
        evidence.append(f"Unknown: {'; '.join(unknown)}")
    return "No team and no titles. Name an owner of the paved road once two of its three signals hold.", evidence


def _to_150(signals: Signals) -> tuple[str, list[str]]:
    low, high = SHARE_OF_PLATFORM
    says = f"Have a platform team of {low}–{high}% of the engineers. "
    share = signals.sre_share
    evidence = [_platform_now(signals), _budgets_now(share)]
    if share is not None and share >= HALF and signals.strict_slos:
        return says + "An SRE who coaches can pay now.", [*evidence, "Promises of 99.9% or more are kept"]
    evidence.append(
        {True: "Promises of 99.9% or more are kept", False: "No promise of 99.9% or more", None: "Promises unknown"}[
            signals.strict_slos
        ]
    )
    return says + "An SRE coach only once half the application teams use budgets and strict SLOs exist.", evidence


def _from_150(signals: Signals) -> tuple[str, list[str]]:
    reasons = [
        said
        for said, holds in (
            ("consumer scale", signals.consumer_scale),
            ("contractual uptime", signals.contractual_uptime),
        )
        if holds
    ]
    if reasons:
        return "Have a platform team, and SREs for the services that need them.", [f"SREs for {' and '.join(reasons)}"]
    unknown = signals.consumer_scale is None or signals.contractual_uptime is None
    said = (
        "Unknown: consumer scale or contractual uptime" if unknown else "Neither consumer scale nor contractual uptime"
    )
    return "Have a platform team. SRE headcount only for consumer scale or contractual uptime.", [said]


def _platform_now(signals: Signals) -> str:
    if signals.platform_heads is None or not signals.engineers:
        return "People in platform: unknown"
    share = 100 * signals.platform_heads / signals.engineers
    return f"{signals.platform_heads} people in platform, {share:.1f}% of {signals.engineers}"


def _budgets_now(share: float | None) -> str:
    return (
        "Application teams that use budgets: unknown"
        if share is None
        else (f"{share:.0%} of the application teams use budgets")
    )


def _next(found: str) -> str:
    ends = stage(found).ends
    if ends is None:
        return ""
    # Rounded up without a float: the first whole head count at or past the edge with its hysteresis.
    past = -(-ends * (100 + HYSTERESIS) // 100)
    after = stage(KEYS[KEYS.index(found) + 1]).name
    return f"From {past} engineers, the edge of {ends} with its {HYSTERESIS}%, the advice is that of {after}"
