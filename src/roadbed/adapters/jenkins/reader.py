"""Reads the Notification plugin of Jenkins: builds that began and ended, and those of jobs that deploy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any, Final

from roadbed.ground.ports import events, payloads, proofs
from roadbed.ground.ports.events import Delivery, Event, Manner

_OUTCOMES: Final = {"SUCCESS": "success", "FAILURE": "failure", "UNSTABLE": "failure", "ABORTED": "cancelled"}
_ENVIRONMENTS: Final = ("ENVIRONMENT", "ENV", "DEPLOY_ENV", "environment")
LONGEST: Final = 7 * 24 * 3600 * 1000
"""A run that took longer than a week did not; nothing is reckoned from it."""
_SERVICES: Final = ("SERVICE", "APP", "service")


class JenkinsNotifications:
    """Implements the port `EventReader`."""

    def proves(self, delivery: Delivery, secret: str, *, now: float) -> bool:
        del now
        return proofs.signed_or_bearer(delivery, secret)

    def identity(self, delivery: Delivery) -> str:
        del delivery
        return ""

    def read(self, delivery: Delivery, manner: Manner) -> tuple[Event, ...]:
        payload = payloads.mapping(payloads.parsed(delivery.body))
        build = payloads.mapping(payload.get("build"), "build")
        phase = payloads.needed(build, "phase", most=40).upper()
        name = payloads.needed(payload, "name", most=200)
        if phase == "STARTED":
            return _began(name, build, manner)
        # COMPLETED comes before the post-build steps; FINALIZED is the last word.
        return _ended(name, build, manner) if phase == "FINALIZED" else ()


def _run(name: str, build: Mapping[str, Any], url: str) -> str:
    return f"{url.rpartition('/job/')[0]}:{name}:{payloads.needed(build, 'number', most=40)}"


def _url(build: Mapping[str, Any]) -> str:
    return payloads.text(build, "full_url", most=500) or payloads.text(build, "url", most=500)


def _deploys(name: str, manner: Manner) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in manner.deploys)


def _began(name: str, build: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    """A run that began. Its timestamp is the begin, which its end can only reckon from how long it took."""
    url, at = _url(build), payloads.moment(build, "timestamp")
    run, repository = _run(name, build, url), payloads.repository_name(payloads.text(build, "scm.url", most=500))
    began = events.BuildBegan(key=f"{run}:started", at=at, repository=repository, name=name, run=run)
    if not _deploys(name, manner):
        return (began,)
    parameters = payloads.at(build, "parameters")
    return began, events.Deployment(
        key=f"{run}:started", at=at, outcome=events.STARTED,
        environment=_first(parameters, _ENVIRONMENTS) or manner.environment, repository=repository,
        commit=payloads.commit(build, "scm.commit"), service=_first(parameters, _SERVICES), url=url, run=run,
    )  # fmt: skip


def _ended(name: str, build: Mapping[str, Any], manner: Manner) -> tuple[Event, ...]:
    url = _url(build)
    run = _run(name, build, url)
    # Milliseconds since 1970, or ISO 8601 of older versions; the duration is in milliseconds.
    at = payloads.moment(build, "timestamp")
    took = payloads.at(build, "duration")
    known = isinstance(took, int) and not isinstance(took, bool) and 0 < took < LONGEST
    began = at - timedelta(milliseconds=took) if known else None
    repository = payloads.repository_name(payloads.text(build, "scm.url", most=500))
    said = payloads.needed(build, "status", most=40).upper()
    outcome = _OUTCOMES.get(said, said.lower())
    ran = events.Build(
        key=run, at=at, repository=repository, name=name,
        commit=payloads.commit(build, "scm.commit"), outcome=outcome, branch=payloads.text(build, "scm.branch"),
        started_at=began, url=url, run=run,
    )  # fmt: skip
    ended = {"success": events.SUCCEEDED, "failure": events.FAILED}.get(outcome)
    if ended is None or not _deploys(name, manner):
        return (ran,)
    parameters = payloads.at(build, "parameters")
    deployed = events.Deployment(
        key=ran.key, at=at, outcome=ended, environment=_first(parameters, _ENVIRONMENTS) or manner.environment,
        repository=repository, commit=ran.commit, service=_first(parameters, _SERVICES),
        version=_first(parameters, ("VERSION", "version"))[:120],
        artifacts=tuple(filter(None, (_first(parameters, ("IMAGE", "image")),))), started_at=began, url=url, run=run,
    )  # fmt: skip
    return ran, deployed


def _first(parameters: object, names: tuple[str, ...]) -> str:
    return next((found for name in names if (found := payloads.text(parameters, name, most=300))), "")
