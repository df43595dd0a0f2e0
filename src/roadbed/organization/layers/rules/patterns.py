"""The anti-patterns: each tells from evidence, or says what would tell it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from roadbed.ground.asks.advice import AntiPattern, Signals, Undetermined
from roadbed.organization.layers.rules.layers import listed
from roadbed.organization.layers.rules.quadrant import PLATFORM_ALONE, SRE_ALONE, quadrant

HALF: Final = 0.5
BAD, WARN = "bad", "warn"
DEVOPS: Final = re.compile(r"\bdev[\s_-]?ops\b", re.IGNORECASE)
Found = AntiPattern | Undetermined | None

WALL, ELSEWHERE, TITLE, BREACH = (
    "wall.devops-team",
    "sre.someone-elses-problem",
    "title.devops",
    "boundary.paged-for-product",
)
IMBALANCE: Final = "imbalance.sre-and-platform"


def says_devops(name: str) -> bool:
    """Whether a team or a role is called DevOps."""
    return DEVOPS.search(name) is not None


def found(signals: Signals) -> tuple[tuple[AntiPattern, ...], tuple[Undetermined, ...]]:
    """Those that hold, the bad ones first, and those that nobody can tell."""
    told = [rule(signals) for rule in RULES]
    holds = [one for one in told if isinstance(one, AntiPattern)]
    return (
        tuple(sorted(holds, key=lambda one: one.state != BAD)),
        tuple(one for one in told if isinstance(one, Undetermined)),
    )


def _devops_teams(signals: Signals) -> tuple[str, ...] | None:
    """Teams that own delivery, by charter or by name; None where no names are known."""
    named = None if signals.team_names is None else [one for one in signals.team_names if says_devops(one)]
    if named is None and signals.delivery_teams is None:
        return None
    return tuple(dict.fromkeys((*(signals.delivery_teams or ()), *(named or ()))))


def _wall(signals: Signals) -> Found:
    """A DevOps team that owns pipelines while developers neither deploy nor hold on-call."""
    title = "The wall rebuilt: a DevOps team stands between those who write and production"
    teams = _devops_teams(signals)
    if teams is None:
        return Undetermined(WALL, title, "the names of the teams, or their charters")
    if not teams:
        return None
    lacks = [
        said
        for said, does in (("do not deploy", signals.teams_deploy), ("are not on call", signals.teams_on_call))
        if does is False
    ]
    remedy = "Give its members to the application teams or to the platform, and its pipelines to the golden path."
    if len(lacks) == len(("deploy", "on call")):
        return AntiPattern(WALL, BAD, title, f"{listed(teams)}; application teams {' and '.join(lacks)}", remedy)
    if lacks:
        return AntiPattern(WALL, WARN, title, f"{listed(teams)}; application teams {lacks[0]}", remedy)
    if signals.teams_deploy is None or signals.teams_on_call is None:
        return Undetermined(WALL, title, f"whether application teams deploy and are on call beside {listed(teams)}")
    said = f"{listed(teams)} is a name alone: application teams deploy and are on call"
    return AntiPattern(WALL, WARN, "A team is called DevOps, which is a goal of every team", said, remedy)


def _elsewhere(signals: Signals) -> Found:
    """An SRE team while under half of the application teams practise SRE."""
    title = "Someone else's problem: an SRE team, while few application teams practise SRE"
    if signals.sre_heads is None:
        return Undetermined(ELSEWHERE, title, "how many SREs there are")
    if signals.sre_heads == 0:
        return None
    if signals.sre_share is None:
        return Undetermined(ELSEWHERE, title, "how many application teams have an objective and a budget that counts")
    if signals.sre_share >= HALF:
        return None
    evidence = f"{signals.sre_heads} in SRE; {signals.sre_share:.0%} of the application teams practise it"
    return AntiPattern(ELSEWHERE, BAD, title, evidence, "Let the SREs coach: an objective and a budget in each team.")


def _title(signals: Signals) -> Found:
    """A DevOps engineer vacancy."""
    title = "A “DevOps engineer” is wanted, where a platform engineer is needed"
    if signals.open_roles is None:
        return Undetermined(TITLE, title, "the open roles; enter them on the page Layers")
    roles = [one for one in signals.open_roles if says_devops(one)]
    if not roles:
        return None
    said = listed([f"“{one}”" for one in roles])
    path = signals.golden_path
    if path is not None and path < HALF:
        evidence = f"Open: {said}; the golden path covers {path:.0%} of the services"
        return AntiPattern(TITLE, BAD, title, evidence, "Hire a platform engineer, whose product is the golden path.")
    covered = "unknown" if path is None else f"{path:.0%}"
    evidence = f"Open: {said}; services on the golden path: {covered}"
    name = "An open role is called DevOps engineer"
    return AntiPattern(TITLE, WARN, name, evidence, "Name the work, or candidates will expect operations.")


def _breach(signals: Signals) -> Found:
    """A platform team paged for a product service."""
    title = "Boundary breach: the platform team answers for a product service"
    if signals.platform_paged is None:
        return Undetermined(BREACH, title, "who is paged for what; a Roadbed that pages knows")
    if not signals.platform_paged:
        return None
    remedy = "Give the owner a rotation of its own: the platform answers for the platform."
    return AntiPattern(BREACH, BAD, title, listed(signals.platform_paged), remedy)


def _imbalance(signals: Signals) -> Found:
    """Strong SRE with weak platform, and the reverse."""
    stands = quadrant(signals)
    title = "One side is strong, the other weak"
    if stands.place is None:
        return Undetermined(IMBALANCE, title, "answers to the diagnostic, or figures of both sides")
    evidence = f"SRE {stands.sre:.1f}, platform {stands.platform:.1f} of 10"
    if stands.place == SRE_ALONE:
        remedy = "Put what the teams build twice into the golden path, before more SREs."
        return AntiPattern(f"{IMBALANCE}.weak-platform", WARN, "Strong SRE, weak platform", evidence, remedy)
    if stands.place == PLATFORM_ALONE:
        remedy = "Put objectives and budgets into the golden path, so that speed yields when a budget is spent."
        return AntiPattern(f"{IMBALANCE}.weak-sre", WARN, "Strong platform, weak SRE", evidence, remedy)
    return None


RULES: Final[Sequence[Callable[[Signals], Found]]] = (_wall, _elsewhere, _title, _breach, _imbalance)
