"""A journey in sentences: what stands on top of its page, in a list, in a page."""

from __future__ import annotations

from roadbed.reliability.objectives.rules.evaluation import BROKEN, Evaluation
from roadbed.reliability.objectives.rules.thresholds import PAGE
from roadbed.reliability.objectives.rules.windows import in_words
from roadbed.reliability.objectives.rules.words import NEARLY_ALL, pair_words, share


def top_line(evaluation: Evaluation, *, unit: str, span: str = "", worst: str = "") -> str:
    """What is, in one to three sentences; `worst` is the step that spent most."""
    whole, left = evaluation.period, evaluation.budget
    over = span or in_words(whole.minutes)
    if evaluation.standing == BROKEN:
        return "A step counts more good events than events, so nothing can be said. Mend its indicator."
    if whole.measured == 0:
        return f"No data: in no minute of {over} was every required step measured."
    if left.remaining is None:
        return (
            f"Idle: nothing was asked of the journey in the {share(whole.coverage or 0)} of {over} that was measured."
        )
    spent = f"{left.bad:,.0f} bad {unit} over {over}, and {left.allowed:,} are allowed."
    text = (
        f"The budget is spent: {spent}"
        if left.remaining <= 0
        else f"{share(left.remaining)} of the budget is left: {spent}"
    )
    if worst and left.bad:
        text += f" Most of it at {worst}."
    if evaluation.paging:
        firing = next(pair for pair in evaluation.pairs if pair.firing and pair.severity == PAGE)
        text += f" {said_of_pair(pair_words(firing), unit)}"
    if whole.coverage is not None and whole.coverage < NEARLY_ALL:
        text += f" Only {share(whole.coverage)} of that time was measured."
    return text


def said_of_pair(words: str, unit: str) -> str:
    """An alert's words, whose slices are minutes or weighted events here."""
    return words.replace("slices", unit)
