"""Incidents with the deployments that caused them: what was said stands, and the rest is looked for, never forced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from roadbed.delivery.metrics.rules import reading
from roadbed.delivery.metrics.rules.causes import WITHIN, Asked, Suspects, cause_of, suspects_of
from roadbed.delivery.metrics.rules.reading import Line
from roadbed.delivery.metrics.rules.values import Deployment, Incident

NEVER = timedelta(seconds=-1)


def blamed(
    lines: Iterable[Line],
    deployments: Sequence[Deployment],
    *,
    burns: Mapping[str, Sequence[datetime]] | None = None,
    within: timedelta = WITHIN,
) -> tuple[Incident, ...]:
    """The incidents that lines tell, by when they began.

    Args:
        lines: facts that stand.
        deployments: to production, with their commits as far as those are known.
        burns: when error budgets began to burn, by service.
        within: how long before an incident a deployment may have finished to be blamed by time alone.
    """
    lines = tuple(lines)
    of: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.kind in reading.DETECTED or line.kind == reading.RESOLVED:
            of[line.key].append(line)
    # Most incidents say their cause, and then nothing has to be known of the deployments.
    suspects = cache(lambda: suspects_of(deployments))
    services = cache(lambda: {one.uid: one.service_uid for one in deployments})
    found = []
    for one in reading.incidents_of(lines):
        told = sorted(of[one.uid], key=lambda line: (line.occurred_at, line.uid))
        incident = one
        if reading.unsaid(told):
            # Time alone blames nobody where it is not even known which service suffered.
            near = within if one.service_uid or len(set(services().values())) == 1 else NEVER
            incident = _looked_for(one, told, suspects(), (burns or {}).get(one.service_uid, ()), near)
        if not incident.service_uid:
            incident = replace(incident, service_uid=services().get(incident.deployment, ""))
        found.append(incident)
    return tuple(sorted(found, key=lambda one: (one.started_at, one.uid)))


def _looked_for(
    one: Incident,
    told: Sequence[Line],
    suspects: Suspects,
    burns: Sequence[datetime],
    within: timedelta,
) -> Incident:
    asked = Asked(
        started_at=one.started_at,
        service_uid=one.service_uid,
        text=_said(reversed(told), "title"),
        cause=_said(reversed(told), "cause"),
        artifact=_said(told, "artifact"),
    )
    cause = cause_of(asked, suspects, burns=burns, within=within)
    return replace(one, deployment=cause.deployment, why=cause.why, elsewhere=cause.elsewhere or cause.flag)


def _said(told: Iterable[Line], name: str) -> str:
    return next((text for line in told if isinstance(text := line.data.get(name), str) and text), "")
