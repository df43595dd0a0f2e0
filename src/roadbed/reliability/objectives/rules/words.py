"""Objectives in sentences: what stands on top of a page, in a list, in a verdict."""

from __future__ import annotations

from roadbed.ground.ports.counts import WHOLE
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
from roadbed.reliability.objectives.rules.thresholds import MINUTE_PARTS, PAGE, SLICES, PairStanding
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
        where = f" in {whole.broken_minutes:,} of its minutes" if whole.broken_minutes else ""
        return f"The indicator counts more good events than events{where}, so nothing can be said. Mend its definition."
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
    elif evaluation.unit == MINUTE_PARTS:
        bad, total, allowed = (f"{number / WHOLE:,.6g}" for number in (left.bad, whole.total, left.allowed))
        text = (
            f"The budget of {span} is spent: {bad} bad minutes of {total}, and {allowed} are allowed."
            if left.remaining <= 0
            else f"{share(left.remaining)} of the budget is left: {bad} bad minutes of {total} over {span}."
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


def pair_words(pair: PairStanding) -> str:
    """A pair of windows in words, with what would clear it."""
    if not pair.reachable:
        return "Even a total loss would not burn that fast: the target is too low for this alert."
    if pair.short_burn is None or pair.long_burn is None:
        return "Quiet: nothing was counted in one of its windows."
    short, long = in_words(pair.short), in_words(pair.long)
    if pair.alone:
        return _alone_words(pair, pair.long_burn)
    within_short = _counted(pair.short_bad, pair.short_total, of=pair.unit)
    within_long = _counted(pair.bad, pair.total, pair.unit, of=pair.unit)
    burns = (
        f"{figure(pair.short_burn)} times too fast over {short}{within_short}, "
        f"{figure(pair.long_burn)} over {long}{within_long}"
    )
    if pair.firing:
        return f"It burns {burns}. Stops when the burn over {short} falls to {figure(pair.factor)}."
    if pair.held_back:
        return f"It burns {burns}, but: {pair.held_back}"
    return f"Quiet: {burns}; both must pass {figure(pair.factor)}."


def _alone_words(pair: PairStanding, burn: float) -> str:
    window, least = in_words(pair.long), f"{'reach' if pair.inclusive else 'pass'} {figure(pair.factor)}"
    burns = f"{figure(burn)} times too fast over {window}{_counted(pair.bad, pair.total, pair.unit, of=pair.unit)}"
    lasts = f" and do so for {in_words(pair.after)}" if pair.after else ""
    if pair.firing:
        below = "falls below" if pair.inclusive else "falls to"
        held = f", as for {in_words(pair.after)} before" if pair.after else ""
        return f"It burns {burns}{held}. Stops when that {below} {figure(pair.factor)}."
    if pair.held_back:
        return f"It burns {burns}, but: {pair.held_back}"
    return f"Quiet: {burns}; it must {least}{lasts}."


def _counted(bad: float, total: int, unit: str = "", *, of: str) -> str:
    if of == MINUTE_PARTS:
        return f" ({bad / WHOLE:,.6g} bad of {total / WHOLE:,.6g}{' minutes' * bool(unit)})" if total else ""
    return f" ({bad:,.6g} bad of {total:,}{' ' * bool(unit)}{unit})" if total else ""


def promise(target: Target, title: str, window: str) -> str:
    """The objective as one sentence."""
    return f"{target.percent()} over {window}: {title[:1].lower()}{title[1:]}."
