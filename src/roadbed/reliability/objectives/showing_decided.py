"""What the gate decided by an objective's budget, as the pages draw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.urls import reverse

from roadbed.ground.gates.showing import OUTCOMES
from roadbed.ground.shell.components import Badge, Event, State
from roadbed.reliability.objectives.decided import DecidedView

DECIDED: Final[Mapping[str, tuple[State, str]]] = {
    "allow": ("good", "check"), "warn": ("warn", "alert-triangle"), "deny": ("bad", "ban"),
    "unknown": ("unknown", "help-hexagon"),
}  # fmt: skip


def badge(decision: DecidedView) -> Badge:
    """What the policy answered."""
    state, icon = DECIDED.get(decision.answer, DECIDED["unknown"])
    return Badge(state, OUTCOMES.get(decision.answer, OUTCOMES["unknown"])[1], icon, plain=True)


def events(decisions: Sequence[DecidedView]) -> tuple[Event, ...]:
    """The last decisions as a timeline."""
    return tuple(
        Event(
            one.asked_at,
            DECIDED.get(one.answer, DECIDED["unknown"])[1],
            f"{subject(one)} {word(one)}",
            f"{one.policy}/{one.policy_version}: {one.rule}" + ("" if one.own else ", for every objective"),
            url=reverse("gates:decision", args=[one.uid]),
            state=DECIDED.get(one.answer, DECIDED["unknown"])[0],
        )
        for one in decisions
    )


def subject(one: DecidedView) -> str:
    """What was asked about, in a few signs."""
    return f"{one.commit[:8]}, {one.kind}," if one.commit else f"A {one.kind} change"


def word(one: DecidedView) -> str:
    """What became of it."""
    if one.overridden:
        return "let out by an override"
    if one.answer == "unknown":
        return "passed, unknown" if one.passes else "refused, unknown"
    return {"allow": "passed", "warn": "warned", "deny": "refused"}.get(one.answer, "unknown")
