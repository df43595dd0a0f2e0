"""What spent a budget: each bad event of a window given to one incident, one deployment, or nobody, adding up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

INCIDENT: Final = "incident"
DEPLOYMENT: Final = "deployment"
SUSPECT_MINUTES: Final = 60
"""So long what fails after a deployment is given to it, unless an incident was open or another deployment followed."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that may have spent budget, from its first minute up to, not including, `until`.

    Attributes:
        uid: the incident's, or the deployment's fact's.
    """

    kind: str
    uid: str
    title: str
    first: int
    until: int


@dataclass(frozen=True, slots=True)
class Share:
    """What is given to one cause: bad events in so many of its minutes."""

    cause: Cause
    bad: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Attribution:
    """All that was spent. `shares` and `unattributed` add up to `bad`, exactly."""

    bad: int
    shares: tuple[Share, ...]
    unattributed: int


def deployments(live: Iterable[tuple[str, str, int]], *, minutes: int = SUSPECT_MINUTES) -> tuple[Cause, ...]:
    """Deployments as causes, from (uid, title, minute): each until the next one, and for a while at most."""
    ordered = sorted(live, key=lambda one: one[2])
    ends = [one[2] for one in ordered[1:]]
    return tuple(
        Cause(DEPLOYMENT, uid, title, minute, min([minute + minutes, *ends[place : place + 1]]))
        for place, (uid, title, minute) in enumerate(ordered)
    )


def attribute(
    causes: Iterable[Cause], *, first: int, until: int, bad_between: Callable[[int, int], int]
) -> Attribution:
    """Give what was spent from a minute up to another to its causes.

    A minute belongs to the incident that was open in it, the one that began last where there are several; else to the
    deployment that went out shortly before; else to nobody.

    Args:
        causes: what may have spent it.
        first: the first minute.
        until: the minute after the last.
        bad_between: bad events from a minute up to, not including, another.
    """
    clipped = [(max(one.first, first), min(one.until, until), one) for one in causes]
    lasting = [held for held in clipped if held[0] < held[1]]
    edges = sorted({first, until, *(edge for held in lasting for edge in held[:2])})
    given: dict[Cause, tuple[int, int]] = {}
    whole = unattributed = 0
    for start, end in pairwise(edges):
        bad = bad_between(start, end)
        whole += bad
        there = [held[2] for held in lasting if held[0] <= start and end <= held[1]]
        if not there:
            unattributed += bad
            continue
        cause = max(there, key=lambda one: (one.kind == INCIDENT, one.first, one.uid))
        before = given.get(cause, (0, 0))
        given[cause] = before[0] + bad, before[1] + end - start
    shares = [Share(cause, bad, minutes) for cause, (bad, minutes) in given.items()]
    ranked = sorted(shares, key=lambda one: (-one.bad, one.cause.first, one.cause.uid))
    return Attribution(whole, tuple(ranked), unattributed)
