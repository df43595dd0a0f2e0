"""Questions that runbooks put to other rooms, and the one that other rooms put to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roadbed.ground.asks import Ask


@dataclass(frozen=True, slots=True)
class RunbooksFor(Ask["tuple[RunbookOffered, ...]"]):
    """Which runbooks serve a trouble of a service, the surest first. What is not known stays empty.

    Attributes:
        names: names of alerts.
        objectives: uids or names of objectives.
        address: the alert's runbook_url.
        incident: the uid of the incident from which somebody looks, so that runs are recorded on it.
    """

    service_uid: str
    names: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    fingerprint: str = ""
    address: str = ""
    incident: str = ""
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunbookOffered:
    """A runbook that serves: `by` says by which sign, `state` and `word` whether it can be trusted."""

    uid: str
    title: str
    url: str
    by: str
    state: str
    word: str
    steps: int


@dataclass(frozen=True, slots=True)
class RunsHere(Ask["Whereabouts | None"]):
    """Where a service runs on this machine in an environment; None where it does not."""

    service_uid: str
    environment: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The runtime's name of it, the release that serves and its commit."""

    workload: str
    version: str
    commit: str


@dataclass(frozen=True, slots=True)
class UnresolvedIncidents(Ask["tuple[UnresolvedIncident, ...]"]):
    """Incidents of a service that are not resolved, the severest first."""

    service_uid: str


@dataclass(frozen=True, slots=True)
class UnresolvedIncident:
    """One of them; the lead is empty where nobody leads it."""

    uid: str
    name: str
    title: str
    environment: str
    lead_uid: str
    lead: str


@dataclass(frozen=True, slots=True)
class Promises(Ask["tuple[Promised, ...]"]):
    """Every objective that stands, of one service or of all."""

    service_uid: str = ""


@dataclass(frozen=True, slots=True)
class Promised:
    """An objective by its uid, name and title."""

    service_uid: str
    uid: str
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class AlertsSeen(Ask["tuple[AlertSeen, ...]"]):
    """Alerts that opened since an instant, each name once, of one service or of all."""

    since: datetime
    service_uid: str = ""


@dataclass(frozen=True, slots=True)
class AlertSeen:
    """An alert's name and the objective that it is of, empty where it came from elsewhere."""

    service_uid: str
    name: str
    objective_uid: str


@dataclass(frozen=True, slots=True)
class DeploymentsSince(Ask[int]):
    """How often a service was deployed to production since an instant, by whatever CD."""

    service_uid: str
    since: datetime
