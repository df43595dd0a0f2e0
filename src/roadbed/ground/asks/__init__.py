"""Typed questions and requests that one room puts to another; config says who answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from roadbed.ground.errors import Unavailable
from roadbed.ground.people.rules import Caller

A = TypeVar("A")


class Ask(Generic[A]):
    """A question whose answer has type A. A frozen dataclass derives from it and names its fields."""

    __slots__ = ()


_answerers: dict[type[Ask[Any]], Callable[[Any], Any]] = {}


def answer_with(question: type[Ask[A]], answerer: Callable[[Any], A]) -> None:
    """Say who answers questions of a type; called by wiring. The last one wins, so that tests can stand in."""
    _answerers[question] = answerer


def answerer_of(question: type[Ask[A]]) -> Callable[[Any], A]:
    """Who answers now, for wiring that adds to an answer."""
    return _answerers[question]


def put(question: Ask[A]) -> A:
    """Put a question and take its answer.

    Raises:
        Unavailable: when no room answers questions of this type.
    """
    answerer = _answerers.get(type(question))
    if answerer is None:
        raise Unavailable(f"no room answers {type(question).__name__}")
    answered: A = answerer(question)
    return answered


@dataclass(frozen=True, slots=True)
class ResolveSecrets(Ask["SecretsResolved"]):
    """The values of a service's secrets in an environment, for the release that starts now."""

    service_uid: str
    environment: str
    names: tuple[str, ...]
    asked_by: Caller
    now: datetime


@dataclass(frozen=True, slots=True)
class SecretsResolved:
    """Values by name, and the names that have none. Values are for the runtime alone and are never logged."""

    values: dict[str, str]
    missing: tuple[str, ...]
    versions: dict[str, int]


@dataclass(frozen=True, slots=True)
class Seal(Ask[bytes]):
    """Encrypt a small secret to the installation's master key; `belongs` names its one place and is sealed with it."""

    value: str
    belongs: str


@dataclass(frozen=True, slots=True)
class Unseal(Ask[str]):
    """Open what was sealed for this place. Raises Unavailable where the key is gone or it was sealed for another."""

    sealed: bytes
    belongs: str


@dataclass(frozen=True, slots=True)
class ReportDeployment(Ask["DeploymentReported"]):
    """Take another CD's word for a deployment that ended, once per (source, source_id).

    Attributes:
        outcome: success, failure or rolledback.
        artifact: what was deployed, where the CD tells no commit.
        uid: under which its start was told already; empty for a new one.
    """

    caller: Caller
    service_uid: str
    environment: str
    outcome: str
    commit: str
    artifact: str
    version: str
    source: str
    source_id: str
    started_at: datetime | None
    finished_at: datetime
    url: str
    by: str
    repository: str
    now: datetime
    uid: str = ""


@dataclass(frozen=True, slots=True)
class DeploymentReported:
    """The deployment's uid; `known` where it was on record already and nothing was added."""

    deployment: str
    known: bool


@dataclass(frozen=True, slots=True)
class MeasuredWorkloads(Ask["tuple[MeasuredWorkload, ...]"]):
    """Which workloads the edge counts, and for which service each counts."""


@dataclass(frozen=True, slots=True)
class MeasuredWorkload:
    """One workload at the edge. `since` is when traffic could first reach it."""

    workload: str
    service_uid: str
    environment: str
    since: datetime
    scrape: tuple[str, int, str] | None


@dataclass(frozen=True, slots=True)
class DeriveKind(Ask["DerivedKind | None"]):
    """What kind of change this is, from its commits or its pull request; what is not known stays empty."""

    commits: tuple[tuple[str, str], ...]
    labels: tuple[str, ...] = ()
    branch: str = ""
    paths: tuple[str, ...] = ()
    author_is_bot: bool = False


@dataclass(frozen=True, slots=True)
class DerivedKind:
    """The kind, how far it leads the next one from 0 to 1, and the evidence in words, the loudest first."""

    kind: str
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhoIsOnCall(Ask["OnCall | None"]):
    """Who of a team answers at an instant; None where the team has no rotation or nobody in it."""

    team: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OnCall:
    """The person on call. `until` is when the next one takes over; None where nobody does."""

    person_uid: str
    name: str
    team: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class RollBack(Ask[str]):
    """Bring a service's last good release back; answers the uid of the rollback that now runs."""

    service_uid: str
    environment: str
    reason: str
    asked_by: Caller
    now: datetime


@dataclass(frozen=True, slots=True)
class BudgetSpent(Ask["tuple[SpentBudget, ...]"]):
    """What each objective of a service spent between two instants."""

    service_uid: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class SpentBudget:
    """Bad and all events of the span, and the share of the whole window's budget that they are; None where unknown."""

    objective_uid: str
    title: str
    bad: int
    total: int
    share: float | None
    bad_minutes: int
    measured_minutes: int


@dataclass(frozen=True, slots=True)
class TellIncident(Ask["IncidentTold | None"]):
    """What an incident was and what happened in it, for whoever writes about it later; None where there is none."""

    incident_uid: str


@dataclass(frozen=True, slots=True)
class IncidentTold:
    """An incident as a record. `started_at` is when customers began to be harmed, apart from when it was seen."""

    uid: str
    number: int
    title: str
    service_uid: str
    service: str
    owner: str
    environment: str
    severity: int
    started_at: datetime
    detected_at: datetime
    acknowledged_at: datetime | None
    mitigated_at: datetime | None
    resolved_at: datetime | None
    lead: str
    entries: tuple[ToldEntry, ...]


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """One line of an incident's timeline, with the fact it rests on and when that became known."""

    at: datetime
    known_at: datetime
    title: str
    detail: str
    fact: str
