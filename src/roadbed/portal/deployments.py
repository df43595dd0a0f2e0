"""Deployments as the pages say them: a state as a badge, steps in words, the gate's answer as a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from roadbed.ground.shell.components import Badge, Reason, State, Verdict
from roadbed.platform.releases.values import DeploymentView, StepView

STEP_WORDS: Final = {
    "fetch": "Fetch the code",
    "gate": "Ask the gate",
    "build": "Build",
    "start": "Start beside what serves",
    "ready": "Wait until it is ready",
    "switch": "Switch traffic",
    "drain": "Drain the former one",
}
STEP_BADGES: Final[Mapping[str, Badge]] = {
    "done": Badge("good", "Done", "check", plain=True),
    "running": Badge("info", "Now", "player-play", plain=True),
    "failed": Badge("bad", "Failed", plain=True),
    "waiting": Badge("idle", "Waiting", "circle-dashed", plain=True),
}
REFUSED: Final = Badge("bad", "Refused", "ban", plain=True)
NOT_NEEDED: Final = Badge("idle", "Not needed", "circle-off", plain=True)
NOT_BEGUN: Final = Badge("idle", "Not begun", "circle-dashed", plain=True)
OUTCOMES: Final[Mapping[str, tuple[State, str]]] = {
    "allow": ("good", "Allowed"),
    "warn": ("warn", "Warned"),
    "deny": ("bad", "Refused"),
    "unknown": ("unknown", "Unknown"),
}
ANSWERS: Final = {
    "allow": "Yes",
    "warn": "Yes, with a warning",
    "deny": "No. This change is refused",
    "unknown": "Nobody can tell",
}


def is_under_way(shown: DeploymentView) -> bool:
    """Whether it still goes on, so that the page asks again."""
    return shown.state in ("requested", "running")


def badge_of(shown: DeploymentView) -> Badge:
    """How a deployment came out, or how far it is."""
    if shown.state == "requested":
        return Badge("info", "Waiting", "history")
    if shown.state == "running":
        return Badge("info", "Under way", "player-play")
    if shown.state == "refused":
        return Badge("bad", "Refused", "ban")
    if shown.state == "failed":
        return Badge("bad", "Failed")
    if shown.kind == "rollback":
        return Badge("good", "Rolled back", "arrow-back-up")
    return Badge("good", "Succeeded")


def title_of(shown: DeploymentView) -> str:
    """A deployment as a headline."""
    version = shown.version or shown.commit[:8] or shown.ref
    if shown.verb == "report":
        return f"{shown.service} {version}, reported by {shown.source or 'another CD'}"
    if shown.kind == "rollback":
        return f"Roll {shown.service} back to {version}" if version else f"Roll {shown.service} back"
    return f"Deploy {shown.service} {version}".strip()


def gate_badge(shown: DeploymentView) -> Badge | None:
    """The gate's answer in a list; None where nobody asked it."""
    if shown.kind == "rollback":
        return Badge("info", "Exempt", "arrow-back-up", plain=True)
    if shown.verdict is None:
        return None
    state, word = OUTCOMES.get(str(shown.verdict.get("outcome")), OUTCOMES["unknown"])
    return Badge(state, word, "check" if state == "good" else "", plain=True)


def verdict_of(data: Mapping[str, Any] | None) -> Verdict | None:
    """The gate's answer as it was given then, with every rule's part in it."""
    if data is None:
        return None
    outcome = str(data.get("outcome"))
    state = OUTCOMES.get(outcome, OUTCOMES["unknown"])[0]
    word, sentence = ANSWERS.get(outcome, ANSWERS["unknown"]), ""
    if outcome == "unknown":
        passes = bool(data.get("passes"))
        word += ", and it passes" if passes else ", so it is refused"
        sentence = f"Data is missing, and the service's entry lets that {'pass' if passes else 'stop a change'}."
    return Verdict(state, word, sentence, tuple(_reason(reason) for reason in data.get("reasons", ())))


def _reason(data: Mapping[str, Any]) -> Reason:
    state, word = OUTCOMES.get(str(data.get("outcome")), OUTCOMES["unknown"])
    # “Requests answered: 12% of the budget is left.” reads better with what it is about as its head.
    about, _, rest = str(data.get("text", "")).partition(": ")
    said = f"{rest[:1].upper()}{rest[1:]}"
    return Reason(Badge(state, word), about, said, str(data.get("clears", "")), str(data.get("rule", "")))


def steps_of(shown: DeploymentView) -> tuple[tuple[StepView, str, Badge], ...]:
    """Each step with its words and its state."""
    left_out = NOT_NEEDED if shown.state == "succeeded" else NOT_BEGUN
    badges = dict(STEP_BADGES) if is_under_way(shown) else {**STEP_BADGES, "waiting": left_out}
    if shown.state == "refused":
        badges["failed"] = REFUSED
    return tuple((step, STEP_WORDS.get(step.name, step.name), badges[step.state]) for step in shown.steps)


def progress_of(shown: DeploymentView) -> tuple[int, int]:
    """Steps done, and steps there are; what was not needed is not counted."""
    done = sum(step.state == "done" for step in shown.steps)
    return done, done if shown.state == "succeeded" else len(shown.steps)
