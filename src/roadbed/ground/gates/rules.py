"""What a gate answers, and how several answers become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

ALLOW: Final = "allow"
WARN: Final = "warn"
DENY: Final = "deny"
UNKNOWN: Final = "unknown"

SEVERITY: Final = {ALLOW: 0, WARN: 1, UNKNOWN: 2, DENY: 3}

EXIT_CODES: Final = {"pass": 0, "deny": 10, "unknown": 11, "unreachable": 12}
"""What `roadbed gate check` exits with; 2 stays the usage error."""

UNKNOWN_POLICY: Final = "roadbed.dev/gate-unknown"
"""The annotation by which a service says what an unknown answer does: pass (the default) or refuse."""

CHANGE_KINDS: Final = ("feature", "fix", "reliability", "security", "config", "rollback")


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's answer.

    Attributes:
        rule: the rule's name and version, as its policy states it.
        outcome: allow, warn, deny or unknown.
        text: the answer in words, with its figures.
        figures: the numbers it rests on, by name.
        as_of: how fresh those numbers are; None when there are none.
        clears: what would clear it, in words.
    """

    rule: str
    outcome: str
    text: str
    figures: Mapping[str, float | int | str | None] = field(default_factory=dict)
    as_of: datetime | None = None
    clears: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """May this change go out?"""

    service_uid: str
    service_name: str
    environment: str
    kind: str
    commit: str = ""
    declared_kind: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of all gates together. `passes` is what the policy makes of it."""

    outcome: str
    passes: bool
    reasons: tuple[Reason, ...]
    asked_at: datetime

    @property
    def exit_code(self) -> int:
        if self.passes:
            return EXIT_CODES["pass"]
        return EXIT_CODES["deny"] if self.outcome == DENY else EXIT_CODES["unknown"]


def unknown_passes(annotations: Mapping[str, str]) -> bool:
    """Whether an unknown answer lets this service's changes through: only an explicit `refuse` stops them."""
    return annotations.get(UNKNOWN_POLICY, "pass").strip() != "refuse"


def stale(as_of: datetime | None, *, interval: timedelta, now: datetime) -> bool:
    """Whether data is too old to answer with: older than two evaluation intervals, or missing."""
    return as_of is None or now - as_of > 2 * interval


def combine(question: Question, reasons: tuple[Reason, ...], *, unknown_passes: bool, now: datetime) -> Verdict:
    """The severest reason decides; rollbacks are exempt; whether unknown passes is the policy's, never a silent yes."""
    if question.kind == "rollback":
        exempt = Reason(rule="rollback-exempt/1", outcome=ALLOW, text="Rollbacks are exempt from every gate.")
        return Verdict(outcome=ALLOW, passes=True, reasons=(exempt, *reasons), asked_at=now)
    outcome = max((reason.outcome for reason in reasons), key=SEVERITY.__getitem__, default=UNKNOWN)
    if not reasons:
        nobody = Reason(rule="no-gates/1", outcome=UNKNOWN, text="No gate is registered, so nothing vouches for this.")
        reasons = (nobody,)
    passes = outcome in (ALLOW, WARN) or (outcome == UNKNOWN and unknown_passes)
    return Verdict(outcome=outcome, passes=passes, reasons=reasons, asked_at=now)
