"""Load and pay over HTTP."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import authorise
from roadbed.reliability.paging.load import deciding, queries, schemas, sheets, shown
from roadbed.reliability.paging.load.shown import BurdenView, LoadView
from roadbed.reliability.paging.schedule_schemas import Uid

router = Router(tags=["paging"])


@router.get("/teams/{name}/on-call/load", response=schemas.LoadOut, operation_id="show_on_call_load")
def show_load(request: HttpRequest, name: str, asked: Query[schemas.LoadAsked]) -> Any:
    """What a team's shifts were like; whoever leads nobody in it sees only themselves among the people."""
    return load_of(shown.load(caller(request), name, weeks=asked.weeks, now=timezone.now()))


@router.get("/teams/{name}/on-call/pay", response=schemas.SheetOut, operation_id="show_on_call_pay")
def show_pay(request: HttpRequest, name: str, asked: Query[schemas.PaySpan]) -> Any:
    """Time on call by person and class, to the second."""
    return sheets.pay(caller(request), name, start=asked.start, end=asked.end, now=timezone.now())


@router.post("/teams/{name}/on-call/pay/sign", response={201: Uid}, operation_id="sign_on_call_pay")
def sign_pay(request: HttpRequest, name: str, body: schemas.PaySpan) -> Any:
    """Freeze a sheet of a span that is over."""
    uid = deciding.sign_off(caller(request), name, start=body.start, end=body.end, now=timezone.now())
    return Status(201, {"uid": uid})


@router.get("/on-call/pay-rules", response=schemas.PayRulesOut, operation_id="show_pay_rules")
def show_rules(request: HttpRequest) -> Any:
    """What counts as night, weekend and holiday, and what an hour of it is worth."""
    authorise(caller(request), "read")
    return queries.rules_now()


@router.put("/on-call/pay-rules", response=schemas.PayRulesOut, operation_id="set_pay_rules")
def set_rules(request: HttpRequest, body: schemas.PayRulesIn) -> Any:
    """Give the organization new rules; sheets that are signed keep theirs."""
    deciding.set_rules(caller(request), document=body.document, file=body.file, now=timezone.now())
    return queries.rules_now()


@router.get(
    "/teams/{name}/on-call/corrections", response=list[schemas.CorrectionOut], operation_id="list_shift_corrections"
)
def list_corrections(request: HttpRequest, name: str) -> Any:
    """What was said about a team's past, newest first."""
    return list(sheets.corrections(caller(request), name))


@router.post("/teams/{name}/on-call/corrections", response={201: Uid}, operation_id="correct_shift")
def correct(request: HttpRequest, name: str, body: schemas.CorrectionIn) -> Any:
    """Say that somebody else was on call than the record has."""
    uid = deciding.correct(
        caller(request), name, person=body.person, starts_at=body.starts_at, ends_at=body.ends_at, why=body.why,
        standby=body.standby,
        now=timezone.now(),
    )  # fmt: skip
    return Status(201, {"uid": uid})


@router.delete("/on-call/corrections/{uid}", response={204: None}, operation_id="take_back_correction")
def take_back(request: HttpRequest, uid: str) -> Status[None]:
    """Take a correction back."""
    deciding.take_back(caller(request), uid, now=timezone.now())
    return Status(204, None)


def load_of(view: LoadView) -> dict[str, Any]:
    """A team's load as the API has it."""
    same = (
        "team", "weeks", "start", "end", "zone", "known", "pages", "by_class", "night_hours", "crowded", "over_time",
        "uneven", "only_own", "as_of",
    )  # fmt: skip
    return {name: getattr(view, name) for name in same} | {
        "people_on_call": view.on_call,
        "per_shift": {str(count): many for count, many in view.of_shifts.counts.items()},
        "per_shift_median": view.of_shifts.median,
        "per_shift_most": view.of_shifts.most,
        "interrupted_hours": view.hours,
        "people": [_person(one) for one in view.people],
    }


def _person(view: BurdenView) -> dict[str, Any]:
    burden, portion, luck = view.burden, view.portion, view.luck
    same = ("seconds", "of_time", "shifts", "pages", "by_class", "night_hours", "too_much")
    return {name: getattr(burden, name) for name in same} | {
        "name": view.name,
        "interrupted_hours": burden.hours,
        "crowded": [{"start": one.start, "end": one.end, "incidents": one.incidents} for one in burden.crowded],
        "share": portion and portion.share,
        "equal": portion and portion.equal,
        "uneven": portion and portion.uneven,
        "expected_pages": luck and luck.expected,
        "more_than_chance": luck and luck.more,
    }
