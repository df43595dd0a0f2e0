"""The diagnostic over HTTP: the questions, a score for answers, rounds and what came out of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone
from ninja import Router, Status
from pydantic import Field

from roadbed.ground.api.doors import caller
from roadbed.ground.errors import Invalid, Place
from roadbed.ground.people.rules import authorise
from roadbed.organization.diagnostic import measuring, queries, usecases
from roadbed.organization.diagnostic.rules import about as telling
from roadbed.organization.diagnostic.rules.questions import BY_KEY, EDITION, QUESTIONS
from roadbed.organization.diagnostic.rules.reading import answer_of, question_of
from roadbed.organization.diagnostic.rules.reporting import of_one
from roadbed.organization.diagnostic.rules.scoring import Answer
from roadbed.organization.diagnostic.rules.shapes import as_data
from roadbed.organization.diagnostic.schemas import (
    AnswersIn,
    DiagnosisOut,
    OpenedOut,
    QuestionList,
    RoundIn,
    RoundList,
    RoundOut,
    RoundReport,
)

router = Router(tags=["diagnostic"])
Uid = Annotated[str, Field(max_length=64)]


@router.get("/diagnostic/questions", response=QuestionList)
def list_questions(request: HttpRequest) -> Any:
    """The twenty questions of this edition, with what each answer is called."""
    authorise(caller(request), "read")
    return {"edition": EDITION, "items": [{**asdict(one), "scoring": one.scoring} for one in QUESTIONS]}


@router.post("/diagnostic/score", response=DiagnosisOut)
def score_answers(request: HttpRequest, body: AnswersIn) -> Any:
    """The report of one person's answers; nothing is kept."""
    authorise(caller(request), "read")
    answers: dict[str, Answer] = {}
    for key, given in body.answers.items():
        place = Place(field=f"answers.{key[:60]}")
        question = question_of(key)
        if question is None:
            remedy = f"Questions are 1 to {len(QUESTIONS)}, or {', '.join(BY_KEY)}."
            raise Invalid(f"There is no question {key[:60]!r}.", remedy=remedy, place=place)
        if question.key in answers:
            raise Invalid(f"Question {question.number}, {question.key}, is answered twice.", place=place)
        answers[question.key] = answer_of(question, given, place)
    told = {key: telling.check(key, value, Place(field=f"about.{key[:60]}")) for key, value in body.about.items()}
    known = {key: value for key, value in told.items() if value is not None}
    return as_data(of_one(answers, known, queries.advising))


@router.get("/diagnostic/rounds", response=RoundList)
def list_rounds(request: HttpRequest) -> Any:
    """Rounds, the newest first."""
    authorise(caller(request), "read")
    return {"items": list(queries.rounds())}


@router.post("/diagnostic/rounds", response={201: OpenedOut})
def open_round(request: HttpRequest, body: RoundIn) -> Any:
    """Ask a team, or everybody; the link is answered this once. An open round of theirs is closed."""
    opened = usecases.open_round(caller(request), team=body.team, asked=body.people, now=timezone.now())
    link = request.build_absolute_uri(resolve_url("diagnostic:link", opened.secret))
    return Status(201, {**asdict(queries.require_round(opened.uid)), "link": link})


@router.get("/diagnostic/rounds/{uid}", response=RoundReport)
def show_round(request: HttpRequest, uid: Uid) -> Any:
    """A round and the report of what came out of it; values that fewer than five answered are null."""
    authorise(caller(request), "read")
    found, now = queries.require_round(uid), timezone.now()
    measured = measuring.measured(team=found.team, now=now)
    return {"round": found, "report": as_data(queries.round_report(found.uid, now=now, measured=measured))}


@router.post("/diagnostic/rounds/{uid}/close", response=RoundOut)
def close_round(request: HttpRequest, uid: Uid) -> Any:
    """Take no more answers. Those that wait, fewer than five, are never shown."""
    usecases.close_round(caller(request), uid, now=timezone.now())
    return queries.require_round(uid)
