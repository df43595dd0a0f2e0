"""A service in one line: its state, what is left of its lowest budget, what serves and since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.shell.components import Badge, State
from roadbed.platform.releases.serving import serving_of
from roadbed.reliability.objectives.lowest import lowest_of
from roadbed.reliability.objectives.rules.evaluation import LOW_BUDGET
from roadbed.reliability.objectives.showing import STATES, badge

RUNNING: dict[str, Badge] = {
    "running": Badge("good", "Running"),
    "starting": Badge("info", "Starting", "player-play"),
    "failing": Badge("bad", "Failing"),
    "stopped": Badge("idle", "Stopped", "power"),
    "absent": Badge("bad", "Not running"),
    "unknown": Badge("unknown"),
}


@dataclass(frozen=True, slots=True)
class Glance:
    """A service as lists show it.

    Attributes:
        state: the standing of the objective that needs somebody most; None where the service promises nothing.
        left: what is left of that objective's budget; None where nothing was counted.
        version: what serves, empty where it was never deployed.
    """

    service: ServiceView
    url: str
    state: State | None
    badge: Badge | None
    left: float | None
    left_state: State
    coverage: float | None
    measured_at: datetime | None
    as_of: datetime | None
    version: str
    since: datetime | None
    running: Badge | None

    @property
    def needs_somebody(self) -> bool:
        return self.state in ("bad", "warn") or (self.running is not None and self.running.state == "bad")


def slug_of(service: ServiceView) -> str:
    """How the service is named in addresses: by its name, which is unique in the default namespace, else by its uid."""
    return service.name if service.namespace == "default" else service.uid


def glances(services: Iterable[ServiceView]) -> tuple[Glance, ...]:
    """Those services, whatever their number in the same few queries."""
    known = tuple(services)
    uids = [service.uid for service in known]
    lowest, serving = lowest_of(uids), serving_of(uids)
    found = []
    for service in known:
        low, runs = lowest.get(service.uid), serving.get(service.uid)
        state = STATES[low.standing] if low else None
        found.append(
            Glance(
                service=service,
                url=reverse("portal:service", args=[slug_of(service)]),
                state=state,
                badge=badge(low.standing) if low else None,
                left=low.remaining if low else None,
                left_state=_left_state(state, low.remaining if low else None),
                coverage=low.coverage if low else None,
                measured_at=low.measured_at if low else None,
                as_of=low.as_of if low else None,
                version=runs.version if runs else "",
                since=runs.since if runs else None,
                running=RUNNING[runs.state] if runs and runs.state in RUNNING else None,
            )
        )
    return tuple(found)


def _left_state(state: State | None, left: float | None) -> State:
    if left is None or state == "idle":
        return state or "unknown"
    if left <= 0:
        return "bad"
    return "warn" if left < LOW_BUDGET else "good"
