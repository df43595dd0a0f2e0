"""A file of answers to fill in: every question with what it takes, all of them unanswered."""

from __future__ import annotations

import textwrap

from roadbed.organization.diagnostic.rules.about import FIELDS
from roadbed.organization.diagnostic.rules.questions import EDITION, QUESTIONS
from roadbed.organization.diagnostic.rules.values import STEPS, Question


def text() -> str:
    """YAML; null is “don't know”."""
    lines = [
        "# Roadbed's diagnostic. `roadbed diagnose --answers FILE` scores it; null is “don't know”.",
        f'edition: "{EDITION}"',
        "",
        "about:  # carries no score; delete what you do not know",
        *(f"  # {one.key}:  # {one.text}: {one.kind}" for one in FIELDS),
        "",
        "answers:",
    ]
    for one in QUESTIONS:
        lines += [*_comment(f"{one.number}. {one.text} {one.hint}"), *_options(one), f"  {one.key}: null", ""]
    return "\n".join(lines)


def _comment(said: str) -> list[str]:
    return [f"  # {line}" for line in textwrap.wrap(said, 100)]


def _options(question: Question) -> list[str]:
    if question.kind != STEPS:
        return ["  #   a percentage, 0 to 100"]
    return [f"  #   {one.key}: {one.text}" for one in question.options]
