"""The decisions of releases: names, which release a rollback means, what it changes, how outcomes are told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from roadbed.ground.errors import Conflict, Invalid, Place

PRODUCTION: Final = "production"
ENVIRONMENT: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
WORKLOAD_LENGTH: Final = 63

DEPLOY, ROLLBACK, REPORT = "deploy", "rollback", "report"
VERBS: Final = (DEPLOY, ROLLBACK, REPORT)

REQUESTED, RUNNING, SUCCEEDED, REFUSED, FAILED = "requested", "running", "succeeded", "refused", "failed"
STATES: Final = (REQUESTED, RUNNING, SUCCEEDED, REFUSED, FAILED)
FINAL_STATES: Final = frozenset({SUCCEEDED, REFUSED, FAILED})

STEPS: Final = ("fetch", "gate", "build", "start", "ready", "switch", "drain")
STEPS_OF_ROLLBACK: Final = ("start", "ready", "switch", "drain")

BUILDING, GOOD, BROKEN, PRUNED = "building", "good", "failed", "pruned"
RELEASE_STATES: Final = (BUILDING, GOOD, BROKEN, PRUNED)

KEEP_GOOD: Final = 5
"""The newest good releases that are never pruned; the field's rollbacks go one or two back, five leaves room."""

CHANGE_KINDS: Final = ("feature", "fix", "reliability", "security", "config", "maintenance")
DERIVED: Final = ""
"""Declaring nothing: the kind is what the commits say."""
RESERVED_VARIABLES: Final = frozenset({"HOST", "PORT"})
RESERVED_SOURCES: Final = frozenset({"roadbed", "runtime"})

_OUTCOMES: Final = {
    "success": SUCCEEDED, "succeeded": SUCCEEDED, "pass": SUCCEEDED, "ok": SUCCEEDED,
    "failure": FAILED, "failed": FAILED, "error": FAILED, "cancelled": FAILED, "canceled": FAILED,
    "rolledback": ROLLBACK, "rollback": ROLLBACK,
}  # fmt: skip


def checked_environment(name: str) -> str:
    """The environment's name, refused where it cannot be part of a host name."""
    if not ENVIRONMENT.fullmatch(name):
        raise Invalid(
            f"{name!r} is not an environment.",
            remedy="Use 1 to 40 lower-case letters, digits and hyphens, like production or staging-2.",
            place=Place(field="environment"),
        )
    return name


def workload_name(service: str, environment: str) -> str:
    """The runtime's name: the service's own in production, `<service>-<environment>` elsewhere.

    Raises:
        Invalid: when the result is no DNS label, which a host name needs.
    """
    name = service.lower() if environment == PRODUCTION else f"{service.lower()}-{environment}"
    if len(name) > WORKLOAD_LENGTH or not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", name):
        raise Invalid(
            f"{name!r} cannot be a host name, which a service that runs here needs.",
            remedy=f"Use letters, digits and hyphens, at most {WORKLOAD_LENGTH} with the environment.",
            place=Place(field="service"),
        )
    return name


def checked_kind(kind: str) -> str:
    """The declared kind of a change; a rollback is never declared, it has its own command."""
    if kind != DERIVED and kind not in CHANGE_KINDS:
        remedy = "Use `roadbed rollback`." if kind == "rollback" else f"One of {', '.join(CHANGE_KINDS)}."
        raise Invalid(f"{kind!r} is not a kind of change to deploy.", remedy=remedy, place=Place(field="kind"))
    return kind


def version_of(number: int | None) -> str:
    """A release's number as people say it."""
    return "" if number is None else f"v{number}"


def number_of(version: str) -> int:
    """`v12` or `12` as a number.

    Raises:
        Invalid: for anything else.
    """
    digits = version.removeprefix("v")
    if not digits.isascii() or not digits.isdigit() or not 0 < int(digits) < 2**31:
        raise Invalid(
            f"{version!r} is not a release.",
            remedy="Name it like v12; `roadbed releases SERVICE` lists them.",
            place=Place(field="to"),
        )
    return int(digits)


def outcome_of(word: str) -> str:
    """Another CD's word for how it came out, as one of ours: succeeded, failed or rollback."""
    known = _OUTCOMES.get(word.strip().lower())
    if known is None:
        raise Invalid(
            f"{word!r} is not an outcome.",
            remedy="One of success, failure, cancelled, rolledback.",
            place=Place(field="outcome"),
        )
    return known


def rollback_target(*, serving: int | None, good: Iterable[int], withdrawn: Iterable[int], to: int | None) -> int:
    """Which release a rollback brings back, as the runtime chooses too when Roadbed is not there to ask.

    Args:
        serving: what serves now; None after a stop.
        good: what the runtime can still start, the serving one included.
        withdrawn: those of them that a rollback took out of service; only naming one brings it back.
        to: what was asked for; None is the last good one before the one that serves.

    Raises:
        Conflict: when there is none, with what there is.
    """
    kept = sorted(set(good), reverse=True)
    listed = ", ".join(version_of(number) for number in kept if number != serving) or "none"
    if to is not None:
        if to == serving:
            raise Conflict(f"{version_of(to)} serves already.", remedy=f"Kept releases: {listed}.")
        if to not in kept:
            raise Conflict(f"{version_of(to)} is not kept.", remedy=f"Kept releases: {listed}.")
        return to
    sound = set(kept) - set(withdrawn)
    earlier = [number for number in kept if number in sound and (serving is None or number < serving)]
    if not earlier:
        raise Conflict(
            f"There is no good release before {version_of(serving) or 'the first'}.",
            remedy=f"Kept releases: {listed}. Deploy a commit that works instead, with `roadbed deploy`.",
        )
    return earlier[0]


@dataclass(frozen=True, slots=True)
class KeyChange:
    """One configuration key that a change of release changes. `how` is added, removed or changed."""

    key: str
    how: str


def configuration_changes(now: Mapping[str, str], then: Mapping[str, str]) -> tuple[KeyChange, ...]:
    """What differs when `then` takes the place of `now`, by key."""
    found = []
    for key in sorted(now.keys() | then.keys()):
        if key not in now:
            found.append(KeyChange(key, "added"))
        elif key not in then:
            found.append(KeyChange(key, "removed"))
        elif now[key] != then[key]:
            found.append(KeyChange(key, "changed"))
    return tuple(found)


def environment_of(
    configuration: Mapping[str, str], secrets: Mapping[str, str], *, place: Place, about: Mapping[str, str]
) -> dict[str, str]:
    """Everything a release runs with.

    Raises:
        Invalid: when a name is taken twice, or is Roadbed's to set.
    """
    for name in sorted(configuration.keys() | secrets.keys()):
        if name in RESERVED_VARIABLES or name.startswith("ROADBED_"):
            raise Invalid(
                f"{name} is set by Roadbed.",
                remedy=f"Remove {name} from spec.environment and the secrets manifest, and use the one that is given.",
                place=place,
            )
    for name in sorted(configuration.keys() & secrets.keys()):
        raise Invalid(
            f"{name} is both plain configuration and a secret.",
            remedy="Keep it in one of spec.environment and the secrets manifest.",
            place=place,
        )
    return {**about, **configuration, **secrets}


def mark_step(
    steps: list[dict[str, Any]], step: str, *, now: datetime, order: tuple[str, ...] = STEPS
) -> list[dict[str, Any]]:
    """The steps with `step` begun and those before it ended; going back to an earlier step begins again from there."""
    rank = {name: index for index, name in enumerate(order)}
    if steps and steps[-1]["step"] == step and steps[-1]["ended_at"] is None:
        return [dict(known) for known in steps]
    kept = [dict(known) for known in steps if rank.get(known["step"], -1) < rank.get(step, 0)]
    for known in kept:
        known["ended_at"] = known["ended_at"] or now.isoformat()
    return [*kept, {"step": step, "began_at": now.isoformat(), "ended_at": None, "failed": False}]


def end_steps(steps: list[dict[str, Any]], *, now: datetime, failed: bool) -> list[dict[str, Any]]:
    """The steps with the last one ended."""
    ended = [dict(known) for known in steps]
    if ended:
        last = ended[-1]
        last["ended_at"] = last["ended_at"] or now.isoformat()
        last["failed"] = failed
    return ended


def exit_code_of(state: str, verdict: Mapping[str, Any] | None) -> int | None:
    """What `roadbed deploy` exits with: 0 live, 1 failed, 10 denied, 11 unknown and refused; None while it goes on."""
    if state not in FINAL_STATES:
        return None
    if state == SUCCEEDED:
        return 0
    if state == REFUSED and verdict and not verdict.get("passes", True):
        return int(verdict.get("exit_code", 10))
    return 1


def is_up(state: str) -> bool | None:
    """Whether a workload's state is up, down, or (starting) neither yet."""
    return None if state == "starting" else state == "running"
