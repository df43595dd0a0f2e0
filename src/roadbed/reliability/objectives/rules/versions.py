"""What changed from one version of an objective to the next, in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promised:
    """What one version promised, each part as people read it."""

    title: str
    target: str
    window: str
    budgeting: str
    alerts: str
    measured_by: str


def changes(before: Promised, after: Promised) -> tuple[str, ...]:
    """Each part that is otherwise than before; where none is, what changed is its description."""
    found = []
    for word, was, is_now in (
        ("Target", before.target, after.target),
        ("Window", before.window, after.window),
        ("Alerts", before.alerts, after.alerts),
    ):
        if was != is_now:
            found.append(f"{word} from {was} to {is_now}.")
    if before.budgeting != after.budgeting:
        found.append(f"{after.budgeting} Before: {_lower(before.budgeting)}")
    if before.measured_by != after.measured_by:
        found.append(f"{after.measured_by} Before: {_lower(before.measured_by)} Its counts began anew.")
    if before.title != after.title:
        found.append(f"Called “{after.title}”, before “{before.title}”.")
    return tuple(found) or ("Its description.",)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
