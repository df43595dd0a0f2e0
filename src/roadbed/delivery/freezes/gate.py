"""The answer of freezes to the question whether a change may go out."""

from __future__ import annotations

from datetime import datetime

from roadbed.delivery.freezes import queries, rules
from roadbed.ground.gates.rules import Question, Reason


def freeze(question: Question, now: datetime) -> tuple[Reason, ...]:
    """One reason for each freeze that holds the service now, or that there is none."""
    return rules.answer(question, queries.freezes_for(question, now=now))
