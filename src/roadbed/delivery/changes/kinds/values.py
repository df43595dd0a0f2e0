"""What is known of a change, and the kind derived from it with the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FEATURE: Final = "feature"
RELIABILITY: Final = "reliability"
SECURITY: Final = "security"
ROLLBACK: Final = "rollback"
MAINTENANCE: Final = "maintenance"
KINDS: Final = (FEATURE, RELIABILITY, SECURITY, ROLLBACK, MAINTENANCE)


@dataclass(frozen=True, slots=True)
class Change:
    """A pull request or commit as its host tells it; what is not known stays empty."""

    title: str
    body: str = ""
    labels: tuple[str, ...] = ()
    branch: str = ""
    paths: tuple[str, ...] = ()
    additions: int | None = None
    deletions: int | None = None
    author_is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One cue that was found: where, the words, what it speaks for and how loudly."""

    cue: str
    where: str
    words: str
    kind: str
    points: float


@dataclass(frozen=True, slots=True)
class Derived:
    """The kind of a change.

    Attributes:
        confidence: from 0 to 1; how far the kind leads the next one, as a share of all points.
        evidence: the cues that speak for the kind, the loudest first.
    """

    kind: str
    confidence: float
    evidence: tuple[Evidence, ...]
