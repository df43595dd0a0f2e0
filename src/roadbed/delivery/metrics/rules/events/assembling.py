"""The services of a file with their histories, judged: what each deployment was, and which incidents it caused."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from roadbed.delivery.metrics.rules import reading
from roadbed.delivery.metrics.rules.blaming import blamed
from roadbed.delivery.metrics.rules.causes import WITHIN
from roadbed.delivery.metrics.rules.events.environments import is_production
from roadbed.delivery.metrics.rules.events.linking import Known, known_of, linked
from roadbed.delivery.metrics.rules.events.telling import as_text
from roadbed.delivery.metrics.rules.events.values import Heard
from roadbed.delivery.metrics.rules.judging import judge
from roadbed.delivery.metrics.rules.reading import Line
from roadbed.delivery.metrics.rules.values import PRODUCTION, Deployment, Incident, Judged


@dataclass(frozen=True, slots=True)
class Owned:
    """Whose a service is; empty where nobody says."""

    team: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """One service. `first` is its first deployment to production; None where there was none."""

    uid: str
    name: str
    owned: Owned
    judged: tuple[Judged, ...]
    incidents: tuple[Incident, ...]
    first: datetime | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """All histories of a file.

    Attributes:
        histories: by name; incidents that name no service are in `homeless`.
        elsewhere: deployments to other environments by the environment's name; they count for nothing.
        begin, end: the first and the last instant that was told of anything that counts; None of nothing.
    """

    histories: tuple[History, ...]
    homeless: tuple[Incident, ...]
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    begin: datetime | None = None
    end: datetime | None = None


def gather(
    heard: Sequence[Heard],
    *,
    environments: Sequence[str] = (),
    within: timedelta = WITHIN,
    owners: Mapping[str, Owned] | None = None,
) -> Gathered:
    """Put the events of a file together.

    Args:
        heard: each event once, in the order of their instants.
        environments: which are production, as patterns; without any those that are called so.
        within: how long before an incident a deployment may have finished to be blamed by time alone.
        owners: teams and systems by service, which outweigh what events say.
    """
    lines = _standing(heard, environments)
    told: dict[str, list[Heard]] = defaultdict(list)
    for one in heard:
        if one.line is not None and one.line.kind in reading.DEPLOYED:
            told[one.line.key].append(one)
    deployments = _linked(reading.deployments_of(lines), told, known_of(heard))
    incidents = blamed(lines, deployments, within=within)
    histories = _histories(deployments, incidents, _names(lines), _owners(heard, owners or {}))
    instants = [line.occurred_at for line in lines if _counts(line)]
    return Gathered(
        histories=histories,
        homeless=tuple(one for one in incidents if not one.service_uid),
        elsewhere=_elsewhere(heard, lines),
        begin=min((*instants, *(one.started_at for one in incidents)), default=None),
        end=max(instants, default=None),
    )


def _counts(line: Line) -> bool:
    return line.environment in ("", PRODUCTION) and (line.kind not in reading.DEPLOYED or bool(line.environment))


def _standing(heard: Sequence[Heard], environments: Sequence[str]) -> tuple[Line, ...]:
    lines = [one.line for one in heard if one.line is not None]
    corrected = {line.supersedes for line in lines if line.supersedes}
    placed = []
    for line in reading.standing(lines, corrected):
        unnamed_incident = not line.environment and line.kind not in reading.DEPLOYED
        meant = unnamed_incident or is_production(line.environment, environments)
        environment = PRODUCTION if meant else f"not {line.environment}"
        data = {**line.data, reading.PLACE: line.environment.lower()}
        placed.append(replace(line, environment=environment, data=data))
    return tuple(placed)


def _elsewhere(heard: Sequence[Heard], lines: Sequence[Line]) -> dict[str, int]:
    apart = {line.key for line in lines if line.kind in reading.DEPLOYED and line.environment != PRODUCTION}
    names = {(one.line.key, one.environment) for one in heard if one.line is not None and one.line.key in apart}
    return dict(sorted(Counter(environment for _, environment in names).items()))


def _linked(deployments: Sequence[Deployment], told: Mapping[str, Sequence[Heard]], known: Known) -> list[Deployment]:
    by_service: dict[str, list[Deployment]] = defaultdict(list)
    for one in sorted(deployments, key=lambda one: (one.at, one.uid)):
        by_service[one.service_uid].append(one)
    return [one for of in by_service.values() for one in linked(of, told, known)]


def _names(lines: Sequence[Line]) -> dict[str, str]:
    names: dict[str, str] = {}
    for line in lines:
        named = as_text(line.data.get("service"))
        if line.service_uid:
            names[line.service_uid] = named or names.get(line.service_uid, "")
    return {uid: name or uid for uid, name in names.items()}


def _owners(heard: Sequence[Heard], owners: Mapping[str, Owned]) -> dict[str, Owned]:
    found: dict[str, Owned] = {}
    for one in heard:
        if one.line is None or not one.line.service_uid:
            continue
        before = found.get(one.line.service_uid, Owned())
        found[one.line.service_uid] = Owned(one.team or before.team, one.system or before.system)
    return found | dict(owners)


def _histories(
    deployments: Sequence[Deployment],
    incidents: Sequence[Incident],
    names: Mapping[str, str],
    owners: Mapping[str, Owned],
) -> tuple[History, ...]:
    by_service: dict[str, list[Deployment]] = defaultdict(list)
    for one in deployments:
        by_service[one.service_uid].append(one)
    uids = {**dict.fromkeys(by_service), **{one.service_uid: None for one in incidents if one.service_uid}}
    caused: dict[str, list[Incident]] = defaultdict(list)
    of = {one.uid: one.service_uid for one in deployments}
    for incident in incidents:
        # Of another service's incident the cause may be here.
        for uid in {incident.service_uid, of.get(incident.deployment, incident.service_uid)} - {""}:
            caused[uid].append(incident)
    found = []
    for uid in uids:
        judged = judge(by_service[uid], caused[uid])
        name = names.get(uid, uid)
        found.append(
            History(
                uid=uid,
                name=name,
                owned=owners.get(name) or owners.get(uid) or Owned(),
                judged=judged,
                incidents=tuple(one for one in caused[uid] if one.service_uid == uid),
                first=judged[0].at if judged else None,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.name, one.uid)))
