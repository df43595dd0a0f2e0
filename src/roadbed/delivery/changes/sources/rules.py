"""What a source may be called, which kinds there are, what each posts where, and when one has fallen silent."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.ground.errors import Invalid, Place

NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
ENVIRONMENT: Final = NAME
PATTERN: Final = re.compile(r"[^\x00-\x1f]{1,100}")
MOST_PATTERNS: Final = 20
LEAST_SECRET, MOST_SECRET = 16, 300
LONGEST_OVERLAP: Final = timedelta(days=7)
BRISK: Final = 10
"""How many usual pauses without a delivery are silence."""
LEAST_SILENCE: Final = timedelta(days=1)
MOST_SILENCE: Final = timedelta(days=14)
SKEWED: Final = timedelta(seconds=60)
"""A sender whose clock is ahead by more than this is told of."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source: how people call it, what proves its deliveries, and what to set at the sender."""

    title: str
    proof: str
    setting: str


KINDS: Final[Mapping[str, Kind]] = {
    "github": Kind(
        "GitHub",
        "X-Hub-Signature-256",
        "Settings, Webhooks, Add webhook: this address, content type application/json, this secret, and the events "
        "Pushes, Pull requests, Pull request reviews, Workflow runs, Deployment statuses, Releases.",
    ),
    "gitlab": Kind(
        "GitLab",
        "webhook-signature or X-Gitlab-Token",
        "Settings, Webhooks: this address, this secret as signing token or else as secret token, and the triggers "
        "Push, Merge request, Pipeline, Deployment and Releases events.",
    ),
    "cdevents": Kind(
        "CDEvents",
        "Authorization: Bearer, X-Roadbed-Signature or webhook-signature",
        "Post CloudEvents to this address in structured, binary or batch mode with `Authorization: Bearer` and this "
        "secret, or with `X-Roadbed-Signature: sha256=` and the HMAC of the body.",
    ),
    "argocd": Kind(
        "Argo CD",
        "Authorization: Bearer or X-Roadbed-Signature",
        "A webhook service in argocd-notifications-cm with this address and `Authorization: Bearer` and this secret, "
        "and a template whose body is the application.",
    ),
    "jenkins": Kind(
        "Jenkins",
        "Authorization: Basic, Bearer or X-Roadbed-Signature",
        "The Notification plugin with protocol HTTP, format JSON, event Job Finalized, and as URL this address with "
        "`roadbed:` and this secret before the host, kept as a credential: https://roadbed:SECRET@host/in/name.",
    ),
    "plain": Kind(
        "Plain events",
        "Authorization: Bearer or X-Roadbed-Signature",
        "Post JSON to this address with `Authorization: Bearer` and this secret.",
    ),
}


def checked_name(name: str) -> str:
    """The name, refused where it cannot stand in an address."""
    if not NAME.fullmatch(name):
        raise Invalid(
            f"{name[:60]!r} is no name of a source.",
            remedy="Lower-case letters, digits and hyphens, 40 at most.",
            place=Place(field="name"),
        )
    return name


def checked_kind(kind: str) -> str:
    """The kind, refused where there is no such one."""
    if kind not in KINDS:
        raise Invalid(f"{kind[:40]!r} is no kind of source.", remedy=f"{', '.join(KINDS)}.", place=Place(field="kind"))
    return kind


def checked_environment(name: str) -> str:
    """The environment that deploying pipelines deploy to."""
    if not ENVIRONMENT.fullmatch(name):
        raise Invalid(
            f"{name[:60]!r} is no environment.",
            remedy="Lower-case letters, digits and hyphens, like production.",
            place=Place(field="environment"),
        )
    return name


def checked_patterns(patterns: Sequence[str]) -> list[str]:
    """Names of pipelines that deploy, with `*` and `?`."""
    kept = list(dict.fromkeys(" ".join(one.split()) for one in patterns if one.strip()))
    wrong = [one for one in kept if not PATTERN.fullmatch(one)]
    if wrong or len(kept) > MOST_PATTERNS:
        raise Invalid(
            f"{wrong[0][:100]!r} is no name of a pipeline." if wrong else f"More than {MOST_PATTERNS} patterns.",
            remedy="Up to 100 characters each, * for any of them, like 'deploy *'.",
            place=Place(field="deploys"),
        )
    return kept


def checked_secret(secret: str) -> str:
    """A secret that the sender chose. No message repeats any part of it."""
    if not LEAST_SECRET <= len(secret) <= MOST_SECRET or not secret.isascii() or not secret.isprintable():
        raise Invalid(
            f"The secret is not between {LEAST_SECRET} and {MOST_SECRET} printable ASCII characters.",
            remedy="Leave it out, and Roadbed makes one.",
            place=Place(field="secret"),
        )
    return secret


def checked_overlap(overlap: timedelta) -> timedelta:
    """How long a former secret still opens the door."""
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise Invalid(
            "An overlap lasts from nothing to 7 days.",
            remedy="0 ends the former secret at once.",
            place=Place(field="overlap_hours"),
        )
    return overlap


def silent_since(arrivals: Sequence[datetime], *, now: datetime) -> datetime | None:
    """Since when a source has been silent, None where it is not: ten times its usual pause, at least a day.

    Args:
        arrivals: its newest deliveries in any order. One that never delivered anything has not fallen silent.
        now: as of when.
    """
    ordered = sorted(arrivals)
    if not ordered:
        return None
    pauses = sorted(later - former for former, later in itertools.pairwise(ordered))
    usual = pauses[len(pauses) // 2] if pauses else LEAST_SILENCE
    allowed = min(MOST_SILENCE, max(LEAST_SILENCE, usual * BRISK))
    return ordered[-1] if now - ordered[-1] > allowed else None
