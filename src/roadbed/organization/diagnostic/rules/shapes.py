"""The report as JSON, the same from the command line and over the API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from roadbed.ground.asks.advice import Advice
from roadbed.organization.diagnostic.rules.reporting import DimensionResult, QuestionResult, Report

PLACES = 2


def as_data(report: Report) -> dict[str, Any]:
    """Numbers to two places, null where unknown or hidden."""
    return {
        "edition": report.edition,
        "people": report.people,
        "overall": {"score": rounded(report.overall), "why": report.why},
        "weakest": {"dimensions": list(report.weakest), "name": report.weakest_names or None},
        "dimensions": [_dimension(one) for one in report.dimensions],
        "deployment_frequency": _question(report.alone[0]),
        "change_fail_rate": _question(report.alone[1]),
        "questions": [_question(one) for one in report.questions],
        "first": [
            {"rule": one.rule, "question": one.question.number, "dimension": one.question.dimension,
             "title": one.title, "how": one.how, "score": rounded(one.score), "gain": rounded(one.gain),
             "effort": one.effort}
            for one in report.first
        ],
        "measured": [
            {"question": one.question.number, "key": one.question.key, "measured": one.measured.said,
             "score": rounded(one.measured.score), "answered": rounded(one.answered), "apart": rounded(one.apart),
             "agrees": one.agrees, "note": one.measured.note}
            for one in report.compared
        ],
        "advice": advice_as_data(report.advice),
    }  # fmt: skip


def advice_as_data(advice: Advice) -> dict[str, Any]:
    """Stage, hiring, quadrant and anti-patterns."""
    data = asdict(advice)
    quadrant = data["quadrant"]
    quadrant["sre"], quadrant["platform"] = rounded(quadrant["sre"]), rounded(quadrant["platform"])
    return data


def rounded(value: float | None) -> float | None:
    """To two places; what is unknown stays so."""
    return None if value is None else round(value, PLACES)


def _dimension(one: DimensionResult) -> dict[str, Any]:
    return {
        "key": one.key, "name": one.name, "score": rounded(one.score), "confidence": one.confidence, "n": one.n,
        "low": rounded(one.low), "high": rounded(one.high), "why": one.why,
        "lowest_question": one.lowest.question.number if one.lowest else None,
    }  # fmt: skip


def _question(one: QuestionResult) -> dict[str, Any]:
    question = one.question
    return {
        "number": question.number, "key": question.key, "dimension": question.dimension, "question": question.text,
        "scoring": question.scoring, "value": one.answer, "answer": one.said, "score": rounded(one.score), "n": one.n,
        "low": rounded(one.low), "high": rounded(one.high),
    }  # fmt: skip
