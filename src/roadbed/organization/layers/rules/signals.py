"""The signals that advice rests on, out of records, figures and answers, each with where it comes from."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import Any, Final

from roadbed.ground.asks.advice import Signals
from roadbed.organization.layers.rules.known import Known
from roadbed.organization.layers.rules.layers import DELIVERY, PLATFORM, RELIABILITY, Team

TEN_DAYS: Final = 10 * 86400.0
HALF: Final = 0.5
FEWEST_DEPLOYMENTS: Final = 5
DAYS: Final = 28
BUSY, SLOW = 4.0, 4.0
"""Scores of the diagnostic up to which seniors are busy with repeats and a first deployment is slow."""

FASTEST, SLOWEST = 86400.0, 90 * 86400.0


def signals(known: Known) -> Signals:
    """What is known; None where it is not."""
    found: dict[str, tuple[Any, str]] = {
        "engineers": _engineers(known),
        "slow_first_deploy": _slow(known),
        "busy_seniors": _busy(known),
        "sre_share": _practice(known),
        "strict_slos": _strict(known),
        "golden_path": _path(known),
        "sre_score": _score(known, "sre"),
        "platform_score": _score(known, "platform"),
        "sre_heads": (_heads(known, RELIABILITY), "charters"),
        "platform_heads": (_heads(known, PLATFORM), "charters"),
        "platform_owned": (_heads(known, PLATFORM) > 0, "charters"),
        "team_names": (tuple(team.title for team in known.teams), "teams"),
        "delivery_teams": (tuple(team.title for team in known.teams if team.layer == DELIVERY), "charters"),
        "open_roles": _roles(known),
        "teams_deploy": _deploy(known),
        "teams_on_call": _on_call(known),
        "platform_paged": _breaches(known),
        "divergent_ci": (known.circumstances.divergent_ci, "as entered"),
        "consumer_scale": (known.circumstances.consumer_scale, "as entered"),
        "contractual_uptime": (known.circumstances.contractual_uptime, "as entered"),
    }
    values = {name: value for name, (value, _) in found.items()}
    sources = {name: source for name, (value, source) in found.items() if value is not None}
    return Signals(previous_stage=known.previous_stage, sources=sources, **values)


def _engineers(known: Known) -> tuple[int, str]:
    entered = known.circumstances.engineers
    return (entered, "as entered") if entered is not None else (len(known.people), "active people of this Roadbed")


def _heads(known: Known, layer: str) -> int:
    return len({uid for team in known.teams if team.layer == layer for uid in team.people})


def _answered(known: Known, key: str) -> float | None:
    return known.standing.questions.get(key) if known.standing else None


def _slow(known: Known) -> tuple[bool | None, str]:
    if known.made and known.made.seconds:
        return median(known.made.seconds) > TEN_DAYS, "measured from scaffolding to production"
    answered = _answered(known, "new_service")
    return (None, "") if answered is None else (answered <= SLOW, "question 17 of the diagnostic")


def _busy(known: Known) -> tuple[bool | None, str]:
    answered = _answered(known, "senior_hours")
    return (None, "") if answered is None else (answered <= BUSY, "question 19 of the diagnostic")


def _practises(known: Known, team: Team) -> bool:
    """An objective on one of its services, and somebody on call for it."""
    promised = set(known.relied.services) if known.relied else set()
    return team.name in (known.on_call or ()) and any(
        one.uid in promised for one in known.services if one.owner == team.name
    )


def _practice(known: Known) -> tuple[float | None, str]:
    application = [team for team in known.owners if team.layer not in (PLATFORM, RELIABILITY)]
    if known.relied is None or known.on_call is None or not application:
        return None, ""
    share = sum(_practises(known, team) for team in application) / len(application)
    return share, "owning teams with an objective and somebody on call"


def _strict(known: Known) -> tuple[bool | None, str]:
    return (None, "") if known.relied is None else (known.relied.strict > 0, "targets of objectives")


def _path(known: Known) -> tuple[float | None, str]:
    if known.made is None or not known.others:
        return None, ""
    share = sum(one.uid in known.made.services for one in known.others) / len(known.others)
    return share, "services that a golden path made"


def _score(known: Known, dimension: str) -> tuple[float | None, str]:
    if known.standing and known.standing.people and known.standing.scores.get(dimension) is not None:
        return known.standing.scores[dimension], f"diagnostic, {known.standing.people} people"
    value, evidence = strength(known, dimension)
    return value, f"measured: {'; '.join(evidence)}" if value is not None else ""


def strength(known: Known, dimension: str) -> tuple[float | None, tuple[str, ...]]:
    """A side from 0 to 10 by what is measured alone: the mean of its shares, with each in words; None where none is."""
    parts = _of_sre(known) if dimension == "sre" else _of_platform(known)
    if not parts:
        return None, ()
    return sum(value for value, _ in parts) / len(parts), tuple(said for _, said in parts)


def _of_sre(known: Known) -> list[tuple[float, str]]:
    found = []
    if known.relied is not None and known.services:
        with_one = sum(one.uid in known.relied.services for one in known.services)
        found.append((10 * with_one / len(known.services), f"{with_one} of {len(known.services)} services promise"))
    if known.on_call is not None and known.owners:
        there = sum(team.name in known.on_call for team in known.owners)
        found.append((10 * there / len(known.owners), f"{there} of {len(known.owners)} owning teams are on call"))
    if known.relied is not None and known.relied.told and known.relied.within is not None:
        within = known.relied.within
        found.append((10 * within / known.relied.told, f"{within} of {known.relied.told} objectives have budget left"))
    return found


def _of_platform(known: Known) -> list[tuple[float, str]]:
    found = []
    if known.made is not None and known.others:
        on = sum(one.uid in known.made.services for one in known.others)
        found.append((10 * on / len(known.others), f"{on} of {len(known.others)} services on a golden path"))
    if known.made is not None and known.made.seconds:
        took = median(known.made.seconds)
        share = 1 - min(1.0, max(0.0, (took - FASTEST) / (SLOWEST - FASTEST)))
        found.append((10 * share, f"a new service is in production after {took / 86400:.1f} days"))
    return found


def _roles(known: Known) -> tuple[tuple[str, ...] | None, str]:
    if known.roles is None:
        return None, ""
    return tuple(one.title for one in known.roles if one.closed_at is None), "open roles as entered"


def _deploy(known: Known) -> tuple[bool | None, str]:
    """Whether application teams deploy: by at least half of the deployments that a known person made."""
    teams_of = known.teams_of
    owner = {one.uid: one.owner for one in known.services}
    told = [(owner[uid], teams_of[actor]) for uid, actor in known.deployers if uid in owner and actor in teams_of]
    if len(told) < FEWEST_DEPLOYMENTS:
        return None, ""
    own = sum(team in teams for team, teams in told)
    return own / len(told) >= HALF, f"{own} of {len(told)} deployments by somebody of the owning team, {DAYS} days"


def _on_call(known: Known) -> tuple[bool | None, str]:
    if known.on_call is None or not known.owners:
        return None, ""
    there = sum(team.name in known.on_call for team in known.owners)
    return there / len(known.owners) >= HALF, f"{there} of {len(known.owners)} owning teams have a rotation"


def _breaches(known: Known) -> tuple[tuple[str, ...] | None, str]:
    """Services of other teams for which somebody was paged who is in the platform team and not in theirs."""
    if known.paged is None:
        return None, ""
    platform = {team.name for team in known.teams if team.layer == PLATFORM}
    teams_of = known.teams_of
    services = {one.uid: one for one in known.services}
    alerts: Counter[str] = Counter()
    for paged in known.paged:
        service = services.get(paged.service_uid)
        mine = teams_of.get(paged.person_uid, frozenset())
        if service is None or not mine & platform or service.owner in platform:
            continue
        if not mine & {service.owner, service.engaged}:
            alerts[service.uid] = max(alerts[service.uid], paged.alerts)
    lines = (
        f"{services[uid].name}, which {services[uid].owner} owns: {count} alerts in {DAYS} days"
        for uid, count in sorted(alerts.items(), key=lambda item: (-item[1], services[item[0]].name))
    )
    return tuple(lines), "alerts"
