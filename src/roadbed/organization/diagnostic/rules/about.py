"""What is told about the organization beside the twenty answers: size, names and roles, which carry no score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from roadbed.ground.asks.advice import Signals
from roadbed.ground.errors import Invalid, Place
from roadbed.organization.diagnostic.rules.questions import BY_KEY
from roadbed.organization.diagnostic.rules.scoring import Answers, score

COUNT, FLAG, NAMES, PERCENT, WORD = "a whole number", "true or false", "a list of names", "a percentage", "a stage"
STAGES: Final = ("under-15", "15-40", "40-80", "80-150", "150-up")
MOST: Final = 1_000_000
LONGEST, MOST_NAMES = 120, 500
HALF_SCORE: Final = 5.0
PRACTISED, SLOW, BUSY, OWNED = 6.0, 4.0, 4.0, 6.0
"""Scores from which a budget counts as acted on and the platform as owned, and up to which a signal of need holds."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is told, with what kind of value it takes and what it is for."""

    key: str
    kind: str
    text: str


FIELDS: Final = (
    Field("engineers", COUNT, "Engineers who ship software"),
    Field("teams", COUNT, "Teams they are in"),
    Field("team_names", NAMES, "The names of the teams"),
    Field("sre_heads", COUNT, "People whose title is SRE"),
    Field("open_roles", NAMES, "Open roles, by the title in the advert"),
    Field("contractual_uptime", FLAG, "Uptime is in contracts with customers"),
    Field("platform_heads", COUNT, "People who work on the platform"),
    Field("consumer_scale", FLAG, "Millions of people use the product"),
    Field("strict_slos", FLAG, "A promise of 99.9% or more is kept somewhere"),
    Field("divergent_ci", FLAG, "Teams build and deploy each in their own way"),
    Field("budget_teams", PERCENT, "Percent of application teams that act on error budgets"),
    Field("teams_on_call", FLAG, "Application teams are on call for their own services"),
    Field("previous_stage", WORD, "The stage that was advised before, for the hysteresis"),
)
BY_FIELD: Final = {one.key: one for one in FIELDS}
About = Mapping[str, Any]
"""By field: a number, a flag, a tuple of names or a word. What is not in it, and None, is unknown."""


def check(key: str, value: Any, place: Place) -> Any:
    """A value as it is kept; None for unknown.

    Raises:
        Invalid: naming the field and what it takes.
    """
    known = BY_FIELD.get(key)
    if known is None:
        raise Invalid(f"about has no field {key[:60]!r}.", remedy=f"Fields: {', '.join(BY_FIELD)}.", place=place)
    if value is None:
        return None
    found = _READERS[known.kind](value)
    if found is None:
        shown = repr(value)[:60]
        raise Invalid(f"{key} is {shown}, which is not {known.kind}.", remedy=_REMEDIES[known.kind], place=place)
    return found


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _names(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list | tuple) or len(value) > MOST_NAMES:
        return None
    names = [one.strip() for one in value if isinstance(one, str)]
    fit = all(0 < len(one) <= LONGEST and one.isprintable() for one in names)
    return tuple(names) if fit and len(names) == len(value) else None


def _percent(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and 0 <= value <= 100 else None  # noqa: PLR2004 - a whole


def _word(value: Any) -> str | None:
    return value if value in STAGES else None


_READERS: Final = {COUNT: _count, FLAG: _flag, NAMES: _names, PERCENT: _percent, WORD: _word}
_REMEDIES: Final = {
    COUNT: f"Write a whole number from 0 to {MOST:,}, or leave it out.",
    FLAG: "Write true or false, or leave it out.",
    NAMES: f"Write a list of up to {MOST_NAMES} names of up to {LONGEST} characters, [] for none.",
    PERCENT: "Write a number from 0 to 100, or leave it out.",
    WORD: f"One of {', '.join(STAGES)}.",
}


def signals_of(about: About, values: Mapping[str, float | None], scores: Mapping[str, float | None]) -> Signals:
    """What the answers tell the advice: what was told, and what the scores of single questions say.

    Args:
        about: what was told.
        values: the score of each question, of one person or the median of many.
        scores: the score of each dimension.
    """
    told = dict(about)
    sources = dict.fromkeys((name for name, value in told.items() if value is not None), "as told")
    answered = {name: found for name, found in _answered(values).items() if found is not None}
    sources |= dict.fromkeys(answered, "from the answers")
    budget = told.get("budget_teams")
    if budget is not None:
        answered["sre_share"] = budget / 100
        sources["sre_share"] = "as told"
    return Signals(
        engineers=told.get("engineers"),
        previous_stage=told.get("previous_stage") or "",
        divergent_ci=told.get("divergent_ci"),
        slow_first_deploy=answered.get("slow_first_deploy"),
        busy_seniors=answered.get("busy_seniors"),
        sre_share=answered.get("sre_share"),
        strict_slos=told.get("strict_slos"),
        consumer_scale=told.get("consumer_scale"),
        contractual_uptime=told.get("contractual_uptime"),
        golden_path=answered.get("golden_path"),
        sre_score=scores.get("sre"),
        platform_score=scores.get("platform"),
        sre_heads=told.get("sre_heads"),
        platform_heads=told.get("platform_heads"),
        platform_owned=answered.get("platform_owned"),
        team_names=told.get("team_names"),
        open_roles=told.get("open_roles"),
        teams_deploy=answered.get("teams_deploy"),
        teams_on_call=told.get("teams_on_call"),
        sources=sources,
    )


def _answered(values: Mapping[str, float | None]) -> dict[str, Any]:
    """Signals out of the scores of single questions; None where the question was not answered."""
    slow, busy, alone = values.get("new_service"), values.get("senior_hours"), values.get("deploys_alone")
    path, owned = values.get("golden_path"), values.get("platform_product")
    return {
        "slow_first_deploy": None if slow is None else slow <= SLOW,
        "busy_seniors": None if busy is None else busy <= BUSY,
        "golden_path": None if path is None else path / 10,
        "platform_owned": None if owned is None else owned >= OWNED,
        "teams_deploy": None if alone is None else alone > SLOW,
        "sre_share": _practised(values.get("slo_coverage"), values.get("budget_policy")),
    }


def _practised(covered: float | None, acted: float | None) -> float | None:
    """The share of teams that practise SRE, as far as one company-wide answer tells it: none where budgets do nothing.

    A budget that is acted on is practised where there are objectives, so their share stands for it.
    """
    if acted is None or (covered is None and acted >= PRACTISED):
        return None
    return 0.0 if acted < PRACTISED or covered is None else covered / 10


def question_keys() -> tuple[str, ...]:
    """The questions whose answers say more than a score."""
    return tuple(key for key in BY_KEY if _answered({key: HALF_SCORE}) != _answered({}))


def worth(answers: Answers) -> dict[str, float | None]:
    """The score of each question of one person."""
    return {key: score(question, answers.get(key)) for key, question in BY_KEY.items()}
