"""What a fact means to whoever is paged: one key per trouble, a title, figures, how bad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

BURN_BEGAN, BURN_ENDED = "budget.burn.started", "budget.burn.stopped"
LOST, REGAINED = "measurement.lost", "measurement.regained"
MISSED, RESUMED = "heartbeat.missed", "heartbeat.resumed"
REMOVED: Final = "objective.removed"
BEGINNINGS: Final = frozenset({BURN_BEGAN, LOST, MISSED})
ENDINGS: Final = frozenset({BURN_ENDED, REGAINED, REMOVED, RESUMED})

_FIGURES: Final = ("remaining", "good", "total", "coverage", "pairs", "text", "journey")
SEVERITY_BURN: Final = 2
SEVERITY_LOST: Final = 3


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong. `what` is the same in the fact that begins it and in the one that ends it."""

    what: str
    title: str
    severity: int
    objective_uid: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)


def key_of(kind: str, data: Mapping[str, Any]) -> str:
    """What a fact is about, apart from its service."""
    if kind in {LOST, REGAINED}:
        return f"measurement:{data.get('source', '')}"[:200]
    if kind in {MISSED, RESUMED}:
        return f"heartbeat:{data.get('heartbeat', '')}"[:200]
    return f"burn:{data.get('objective') or data.get('uid') or ''}"[:200]


def trouble_of(kind: str, data: Mapping[str, Any], *, service: str) -> Trouble:
    """The trouble that a beginning tells of."""
    if kind == LOST:
        reason = str(data.get("reason") or "its source is silent")
        return Trouble(
            what=key_of(kind, data),
            title=f"{service} is not measured: {reason}"[:200],
            severity=SEVERITY_LOST,
            figures={name: data[name] for name in ("source", "since", "reason") if name in data},
        )
    if kind == MISSED:
        severity = data.get("severity")
        reason = str(data.get("reason") or "it is late")
        return Trouble(
            what=key_of(kind, data),
            title=f"{service} is not heard of: the heartbeat {data.get('name', '')} is late"[:200],
            severity=severity if isinstance(severity, int) else SEVERITY_BURN,
            figures={"text": f"The heartbeat {data.get('name', '')} of {service} is late: {reason}."},
        )
    pairs = data.get("pairs") or []
    fastest = max((pair["short_burn"] for pair in pairs if pair.get("short_burn") is not None), default=None)
    speed = "too fast" if fastest is None else f"{fastest:.{0 if fastest >= 100 else 1}f} times too fast"  # noqa: PLR2004
    promise = str(data.get("title") or data.get("name") or "an objective")
    title = f"{service} spends its error budget {speed}: {promise}"
    if data.get("journey"):
        title = f"The journey {promise} spends its error budget {speed}, most of it at {service}"
    return Trouble(
        what=key_of(kind, data),
        title=title[:200],
        severity=SEVERITY_BURN,
        objective_uid=str(data.get("objective", "")),
        figures={name: data[name] for name in _FIGURES if name in data},
    )
