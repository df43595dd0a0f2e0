"""What a review must say: its sections, the kinds of factors, the levers of actions, what it lacks; pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from roadbed.ground.errors import Invalid, Place

SECTIONS: Final = {
    "impact": ("Who was harmed", "Which customers, what they could not do, how many"),
    "sense": ("How it made sense at the time", "What people saw, expected and weighed up"),
    "limited": ("What limited harm", "What worked, and where there was luck"),
    "detection": ("Detection and response", "What told of it, what would have told sooner, what slowed the answer"),
    "questions": ("Open questions", "One a line; answer it or make it an action"),
}
NEEDED: Final = ("impact", "sense", "limited", "detection")
KINDS: Final = {
    "change": "Change",
    "latent-design": "Latent design",
    "dependency": "Dependency",
    "capacity": "Capacity",
    "observability": "Observability",
    "tooling": "Tooling",
    "knowledge": "Knowledge",
    "staffing": "Staffing, load",
    "process": "Process",
    "incentive": "Incentive",
    "external": "External",
}
ROLES: Final = {"contributed": "Contributed", "limited": "Limited harm", "luck": "Luck"}
"""What a factor did: without the first it would have gone otherwise, without the others worse."""

LEVERS: Final = {
    "remove": "Remove",
    "less-likely": "Less likely",
    "detect-sooner": "Detect sooner",
    "smaller-blast": "Smaller blast",
    "faster-recovery": "Faster recovery",
}
SEVERE: Final = 2
DAYS_TO_WRITE: Final = 7
LOOKED_BACK: Final = timedelta(days=366)
FEWEST_FACTORS: Final = 2
LONGEST: Final = {"text": 400, "evidence": 500, "section": 20_000, "entry": 500}
SHORTEST: Final = 8

_HOPE: Final = re.compile(
    r"^(?:everyone |everybody |all (?:engineers|developers) |we |the team )?"
    r"(?:(?:must|should|will|to|need to) )?"
    r"(?:always |carefully )?"
    r"(?:be (?:more )?(?:careful|aware|mindful|vigilant)|take (?:more )?care|pay (?:more |closer )?attention|remember|"
    r"remind|double[- ]?check|try (?:harder|to)|train\b|retrain|hold a (?:training|workshop)|"
    r"(?:raise|improve) awareness|communicate better|follow the (?:process|runbook|checklist))",
    re.IGNORECASE,
)
_STUDY: Final = re.compile(
    r"^(?:investigate|look (?:into|at)|analy[sz]e|research|explore|discuss|think about|consider|evaluate|"
    r"understand|find out|deep[- ]dive|review why)\b",
    re.IGNORECASE,
)
_VAGUE: Final = re.compile(
    r"^(?:improve|better|enhance|optimi[sz]e|strengthen|fix|harden|increase)\b(?:\W+\w+){0,3}\W*$", re.IGNORECASE
)
_MECHANISM: Final = re.compile(r"\d|;|:|\bso that\b|\bby \w+ing\b|\bfails?\b|\brefus|\bblock|\balert", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Readiness:
    """What the rules of publishing look at.

    Attributes:
        factors: how many contributed; what limited harm is not counted.
        accepted: whether the risk is accepted, signed and not expired.
        gaps: where a rewrite's gap is not filled in.
    """

    severity: int
    sections: Mapping[str, str]
    factors: int
    actions: int
    accepted: bool = False
    gaps: tuple[str, ...] = ()


def impact_minutes(started_at: datetime, ended_at: datetime) -> int:
    """Whole minutes of harm, a begun one counted."""
    return max(0, math.ceil((ended_at - started_at).total_seconds() / 60))


def due_of(drafted_at: datetime) -> date:
    """The day by which it should be published."""
    return (drafted_at + timedelta(days=DAYS_TO_WRITE)).date()


def missing(said: Readiness) -> tuple[str, ...]:
    """What stands between a draft and its publication, in words; empty when nothing does."""
    lacks = [f"“{SECTIONS[name][0]}” is empty." for name in NEEDED if not said.sections.get(name, "").strip()]
    if said.factors < FEWEST_FACTORS:
        lacks.append(f"It names {said.factors} of at least {FEWEST_FACTORS} contributing factors.")
    if said.severity <= SEVERE and not said.actions and not said.accepted:
        lacks.append(f"Severity {said.severity} needs one action with a lever, or a signed risk that expires.")
    lacks += [f"{where} still has a gap to fill in." for where in said.gaps]
    open_questions = [line for line in said.sections.get("questions", "").splitlines() if line.strip()]
    if open_questions:
        lacks.append(f"{len(open_questions)} open question{'s' if len(open_questions) > 1 else ''}.")
    return tuple(lacks)


def no_action(text: str) -> str:
    """Why a text is no action yet; empty where it names something that changes."""
    said = " ".join(text.split())
    if len(said) < SHORTEST:
        return "It names no mechanism: what will be different?"
    if _MECHANISM.search(said):
        return ""
    if _HOPE.search(said):
        return "It asks people to be better. What would stop the next one if everybody were tired?"
    if _STUDY.search(said):
        return "It ends in a finding. Write the question under open questions, and the change here."
    return "It names no mechanism: what will be different?" if _VAGUE.search(said) else ""


def checked_action(text: str) -> str:
    """An action that names what will be different, in one line."""
    said = checked_text(text, "text")
    if why := no_action(said):
        raise Invalid(f"Not an action yet: “{said[:120]}”. {why}", place=Place(field="text"))
    return said


def checked_text(text: str, field: str, *, longest: int | None = None, needed: bool = True) -> str:
    """One line that says something."""
    said = " ".join(text.split())
    limit = longest or LONGEST[field]
    if (needed and not said) or len(said) > limit or "\x00" in said:
        raise Invalid(f"The {field} has {len(said)} characters.", remedy=f"1 to {limit}.", place=Place(field=field))
    return said


def checked_sections(given: Mapping[str, str]) -> dict[str, str]:
    """Sections by name."""
    for name, text in given.items():
        if name not in SECTIONS:
            raise Invalid(
                f"{name[:40]!r} is not a section.",
                remedy=f"One of {', '.join(SECTIONS)}.",
                place=Place(field=name[:40]),
            )
        if len(text) > LONGEST["section"] or "\x00" in text:
            raise Invalid(
                f"{SECTIONS[name][0]} is too long.",
                remedy=f"At most {LONGEST['section']} characters.",
                place=Place(field=name),
            )
    return {name: text.replace("\r\n", "\n").strip() for name, text in given.items()}


def checked_choice(value: str, choices: Iterable[str], field: str) -> str:
    """One of the names that a field may have."""
    known = tuple(choices)
    if value not in known:
        raise Invalid(
            f"{value[:40]!r} is not a {field}.", remedy=f"One of {', '.join(known)}.", place=Place(field=field)
        )
    return value


def checked_due(due: date, *, today: date) -> date:
    """A day that has not passed."""
    if due < today:
        raise Invalid(f"{due.isoformat()} has passed.", remedy="Give a day from today on.", place=Place(field="due"))
    return due


def checked_instant(at: datetime, *, started_at: datetime, now: datetime) -> datetime:
    """An instant that belongs on the timeline: in the year before harm began, or since then until now."""
    if not started_at - LOOKED_BACK <= at <= now:
        raise Invalid(
            f"{at.isoformat()} is not on this timeline.",
            remedy="Give an instant in the year before harm began, or since then.",
            place=Place(field="at"),
        )
    return at
