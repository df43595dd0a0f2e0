"""What a gate answers, and how several answers become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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

FEATURE, RELIABILITY, SECURITY, ROLLBACK, MAINTENANCE = "feature", "reliability", "security", "rollback", "maintenance"
KINDS: Final = (FEATURE, RELIABILITY, SECURITY, ROLLBACK, MAINTENANCE)
"""What a change can be. Only these are derived."""

SYNONYMS: Final = {"fix": RELIABILITY, "config": MAINTENANCE}
"""What people may declare besides, and what it means to the gates."""

CHANGE_KINDS: Final = ("feature", "fix", "reliability", "security", "config", "maintenance", "rollback")

_MILDNESS: Final = {FEATURE: 0, MAINTENANCE: 1, RELIABILITY: 2, SECURITY: 2, ROLLBACK: 3}
"""How much a kind is let through: features and maintenance are held, repairs pass a spent budget, rollbacks all."""

LONGEST_OVERRIDE: Final = timedelta(hours=4)
SHORTEST_REASON: Final = 20
SHORTEST_COMMIT: Final = 7
KIND_RULE: Final = "kind-of-change/1"
OVERRIDE_RULE: Final = "override/1"


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
class Subject:
    """What the catalogue says of the service, as far as an answer may depend on it."""

    owner: str = ""
    tier: str = ""
    lifecycle: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """May this change go out?

    Attributes:
        subject: what the catalogue says of the service; None where whoever asks has not looked.
        kind: the one that the gates judge by; `settled` finds it from the next two.
        declared_kind: what somebody says it is; empty where nobody does.
        derived_kind: what its commits, labels and paths say; empty where there was nothing to derive it from.
    """

    service_uid: str
    service_name: str
    environment: str
    kind: str
    commit: str = ""
    declared_kind: str = ""
    derived_kind: str = ""
    confidence: float | None = None
    evidence: tuple[str, ...] = ()
    subject: Subject | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of all gates together. `passes` is what the policy makes of it."""

    outcome: str
    passes: bool
    reasons: tuple[Reason, ...]
    asked_at: datetime
    overridden: Mapping[str, str] | None = None

    @property
    def exit_code(self) -> int:
        if self.passes:
            return EXIT_CODES["pass"]
        return EXIT_CODES["deny"] if self.outcome == DENY else EXIT_CODES["unknown"]


def unknown_passes(annotations: Mapping[str, str]) -> bool:
    """Whether an unknown answer lets this service's changes through: only an explicit `refuse` stops them."""
    return annotations.get(UNKNOWN_POLICY, "pass").strip() != "refuse"


def canonical(kind: str) -> str:
    """The kind behind a synonym."""
    return SYNONYMS.get(kind, kind)


def needs_second_person(declared: str, derived: str) -> bool:
    """Whether the declared kind would be let through more easily than the derived one."""
    if not declared or not derived:
        return False
    return _MILDNESS[canonical(declared)] > _MILDNESS[derived]


def same_commit(one: str, other: str) -> bool:
    """Whether two names mean one commit: equal, or one is the other's beginning of at least seven digits."""
    shorter, longer = sorted((one, other), key=len)
    return bool(shorter) and (shorter == longer or (len(shorter) >= SHORTEST_COMMIT and longer.startswith(shorter)))


def disagrees(declared: str, derived: str) -> bool:
    """Whether the two name different kinds at all; counted, also where the declared one is the severer."""
    return bool(declared and derived) and canonical(declared) != derived


def settled(question: Question, *, confirmed: bool) -> Question:
    """The question with the kind to judge by: the declared one, unless it is milder and nobody confirmed it."""
    declared, derived = question.declared_kind, question.derived_kind
    if not declared:
        return replace(question, kind=derived or question.kind or FEATURE)
    if needs_second_person(declared, derived) and not confirmed:
        return replace(question, kind=derived)
    return replace(question, kind=declared)


def dispute(question: Question, *, now: datetime) -> Reason:
    """Why a declared kind does not count yet, and who can make it count."""
    why = f" ({'; '.join(question.evidence[:3])})" if question.evidence else ""
    clears = (
        f"Another person confirms it: `roadbed gate confirm {question.service_name} --commit {question.commit} "
        f"--kind {question.declared_kind}`."
        if question.commit
        else "Ask with the commit, so that another person can confirm it."
    )
    text = f"Declared {question.declared_kind}, but it reads as {question.derived_kind}{why}; the severer rule applies."
    figures = {"confidence": question.confidence}
    return Reason(rule=KIND_RULE, outcome=WARN, text=text, figures=figures, as_of=now, clears=clears)


def overridden(verdict: Verdict, by: Mapping[str, str]) -> Verdict:
    """The verdict with a person's word beside it: it passes, and nobody can miss why."""
    text = f"Overridden by {by['person']} until {by['until']}: “{by['reason']}”"
    reason = Reason(rule=OVERRIDE_RULE, outcome=WARN, text=text, clears="It runs out by itself.")
    return replace(verdict, outcome=WARN, passes=True, reasons=(reason, *verdict.reasons), overridden=by)


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
