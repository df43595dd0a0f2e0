"""Objectives in sentences: what stands on top of a page, in a list, in a verdict."""

from __future__ import annotations

from collections.abc import Mapping

from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.evaluation import (
    AT_RISK,
    BROKEN,
    BURNING,
    IDLE,
    SPENT,
    UNMEASURED,
    Evaluation,
)
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.thresholds import PAGE, SLICES, PairStanding
from roadbed.reliability.objectives.rules.windows import in_words

NEARLY_ALL = 0.995

STANDING_WORDS = {
    "within": "Within budget",
    AT_RISK: "At risk",
    BURNING: "Burning",
    SPENT: "Budget spent",
    IDLE: "Idle",
    UNMEASURED: "No data",
    BROKEN: "Broken indicator",
}


def figure(value: float) -> str:
    """A rate with as many digits as matter."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"  # noqa: PLR2004 - a tenth says nothing there


def share(value: float) -> str:
    """A share as a percentage that rounds neither up to all nor down to nothing."""
    percent = value * 100
    text = f"{percent:.1f}"
    if text == "100.0" and percent < 100:  # noqa: PLR2004 - the whole
        text = f"{percent:.3f}" if percent < 99.9995 else "99.999"  # noqa: PLR2004
    if text in ("0.0", "-0.0") and percent != 0:
        text = "<0.1" if percent > 0 else ">-0.1"
    return text.replace("-", "−").removesuffix(".0") + "%"


def top_line(evaluation: Evaluation, *, span: str = "") -> str:
    """What is, in one or two sentences; `span` names the window where its length in minutes does not."""
    whole, left = evaluation.period, evaluation.budget
    since = span or f"the last {in_words(whole.minutes)}"
    span = span or in_words(whole.minutes)
    if evaluation.standing == BROKEN:
        return "The indicator counts more good events than events, so nothing can be said. Mend its definition."
    if whole.measured == 0:
        return f"No data: none of {since} was measured."
    if left.remaining is None and whole.before:
        return f"Idle: nothing was asked so far.{_qualified(evaluation)}"
    if left.remaining is None:
        return f"Idle: nothing was asked in the {share(whole.coverage or 0)} of {span} that was measured."
    if evaluation.unit == SLICES:
        spent = f"{left.bad:,.6g} bad slices over {span}, and {left.allowed:,} are allowed."
        text = (
            f"The budget is spent: {spent}"
            if left.remaining <= 0
            else f"{share(left.remaining)} of the budget is left: {spent}"
        )
    elif left.remaining <= 0:
        text = f"The budget of {span} is spent: {left.bad:,} bad of {whole.total:,}, and {left.allowed:,} are allowed."
    else:
        text = f"{share(left.remaining)} of the budget is left: {left.bad:,} bad of {whole.total:,} over {span}."
    if evaluation.paging:
        text += f" {pair_words(next(p for p in evaluation.pairs if p.firing and p.severity == PAGE))}"
    return text + _qualified(evaluation)


def _qualified(evaluation: Evaluation) -> str:
    whole = evaluation.period
    began = f" It began {_ago(whole.minutes - whole.before)} ago." if whole.before else ""
    if whole.coverage is None or whole.coverage >= NEARLY_ALL:
        return began
    return f"{began} Only {share(whole.coverage)} of {'the time since' if began else 'that time'} was measured."


def _ago(minutes: int) -> str:
    whole = next((length for length in (1440, 60) if minutes >= 2 * length), 1)
    return in_words(minutes // whole * whole)


def pair_words(pair: PairStanding, windows: Mapping[int, Counts] | None = None) -> str:
    """A pair of windows in words: which windows, which figures, and what would clear it, or make it fire.

    Args:
        pair: how it stands.
        windows: the counts of its windows, which tell a silent one that nobody asked from one that nobody measured.
    """
    if not pair.reachable:
        return "Even a total loss would not burn that fast: the target is too low for this alert."
    for minutes, rate in ((pair.short, pair.short_burn), (pair.long, pair.long_burn)):
        if rate is None:
            return _silent(minutes, (windows or {}).get(minutes))
    short, long, factor = in_words(pair.short), in_words(pair.long), figure(pair.factor)
    if pair.bad == 0 and pair.short_bad == 0:
        return f"Quiet: nothing of {pair.total:,} {pair.unit} was bad over {long}, so nothing burns."
    burns = (
        f"{_rate(pair.short_burn)} over {short}{_counted(pair.short_bad, pair.short_total)}, "
        f"{figure(pair.long_burn or 0)} over {long}{_counted(pair.bad, pair.total, pair.unit)}"
    )
    if pair.firing:
        return f"It burns {burns}. Stops when the burn over {short} falls to {factor}."
    if pair.held_back:
        return (
            f"It burns {burns}, but nobody is told yet: {pair.held_back} It fires when more of them fail, and is "
            f"quiet when the burn over {short} falls to {factor}."
        )
    passing = [name for name, rate in ((short, pair.short_burn), (long, pair.long_burn)) if (rate or 0) > pair.factor]
    alone = f", and only that over {passing[0]} does" if passing else ""
    return f"Quiet: it burns {burns}; both must pass {factor}{alone}."


def _silent(minutes: int, counts: Counts | None) -> str:
    window = f"the last {in_words(minutes)}"
    if counts is None:
        return f"Quiet: nothing was counted in {window}."
    if counts.broken:
        return f"Nothing can be told: in {window} more good events than events were counted."
    if counts.counting == 0:
        return f"Quiet: all of {window} is excluded."
    if counts.measured == 0:
        return f"Nobody can tell: none of {window} was measured. It watches again a minute after its counts are back."
    return f"Quiet: nothing was asked in {window}, so nothing burns."


def _rate(rate: float | None) -> str:
    return f"{figure(rate or 0)} times too fast" if (rate or 0) > 1 else f"{figure(rate or 0)} times as fast as allowed"


def _counted(bad: float, total: int, unit: str = "") -> str:
    return f" ({bad:,.6g} bad of {total:,}{' ' * bool(unit)}{unit})" if total else ""


def promise(target: Target, title: str, window: str) -> str:
    """The objective as one sentence."""
    return f"{target.percent()} over {window}: {title[:1].lower()}{title[1:]}."
