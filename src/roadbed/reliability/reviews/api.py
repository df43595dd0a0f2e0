"""Reviews over HTTP: list, look, write, name factors, add and close actions, publish."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import authorise
from roadbed.reliability.reviews import (
    closing,
    drafting,
    factoring,
    hinting,
    learning_api,
    queries,
    rewording,
    schemas,
    usecases,
)

router = Router(tags=["reviews"])
router.add_router("", learning_api.router)


def _detail(reference: str) -> dict[str, Any]:
    page = queries.review(reference)
    own = {name: getattr(page, name) for name in schemas.ReviewDetail.model_fields if hasattr(page, name)}
    return own | {name: getattr(page.view, name) for name in schemas.ReviewOut.model_fields}


@router.get("/reviews", response=schemas.ReviewList)
def list_reviews(request: HttpRequest, state: str = "", cursor: str | None = None, limit: int = 20) -> Any:
    """Reviews, the newest incident first; `state` is draft or published."""
    authorise(caller(request), "read")
    return queries.reviews(state=state, cursor=cursor, limit=limit)


@router.post("/reviews", response={201: schemas.ReviewDetail})
def draft_review(request: HttpRequest, body: schemas.DraftIn) -> Status[dict[str, Any]]:
    """Draft the review of a resolved incident; the one that is there is answered."""
    return Status(201, _detail(drafting.draft(caller(request), body.incident_uid, now=timezone.now())))


@router.get("/reviews/{reference}", response=schemas.ReviewDetail)
def show_review(request: HttpRequest, reference: str) -> Any:
    """One review, by its incident: `INC-7`, `7` or the review's uid."""
    authorise(caller(request), "read")
    return _detail(reference)


@router.get("/reviews/{reference}/hints", response=list[schemas.HintOut], operation_id="list_hints")
def list_hints(request: HttpRequest, reference: str) -> Any:
    """Sentences that blame and actions that are not fit to be tracked, each with what to write instead."""
    authorise(caller(request), "read")
    return list(hinting.hints(reference))


@router.patch("/reviews/{reference}", response=schemas.ReviewDetail)
def write_sections(request: HttpRequest, reference: str, body: schemas.SectionsIn) -> Any:
    """Write some of the sections."""
    usecases.write_sections(
        caller(request), reference, sections=body.sections, expected=body.version, now=timezone.now()
    )
    return _detail(reference)


@router.post("/reviews/{reference}/timeline", response={201: schemas.ReviewDetail})
def add_entry(request: HttpRequest, reference: str, body: schemas.EntryIn) -> Status[dict[str, Any]]:
    """Add an entry to the timeline."""
    usecases.tell(caller(request), reference, **body.dict(), now=timezone.now())
    return Status(201, _detail(reference))


@router.patch("/reviews/{reference}/timeline/{key}", response=schemas.ReviewDetail)
def move_entry(request: HttpRequest, reference: str, key: str, body: schemas.MoveIn) -> Any:
    """Say on which side an entry is, with evidence."""
    usecases.move_entry(caller(request), reference, key, **body.dict(), now=timezone.now())
    return _detail(reference)


@router.post("/reviews/{reference}/factors", response={201: schemas.FactorOut})
def name_factor(request: HttpRequest, reference: str, body: schemas.FactorIn) -> Status[Any]:
    """Name a factor that contributed."""
    key = factoring.name_factor(caller(request), reference, **body.dict(), now=timezone.now())
    return Status(201, next(one for one in queries.review(reference).factors if one.key == key))


@router.patch("/reviews/{reference}/factors/{key}", response=schemas.ReviewDetail, operation_id="reword_factor")
def reword_factor(request: HttpRequest, reference: str, key: str, body: schemas.RewordIn) -> Any:
    """Word a factor anew."""
    factoring.reword_factor(caller(request), reference, key, **body.dict(), now=timezone.now())
    return _detail(reference)


@router.delete("/reviews/{reference}/factors/{key}", response=schemas.ReviewDetail, operation_id="drop_factor")
def drop_factor(request: HttpRequest, reference: str, key: str) -> Any:
    """Take a factor out on which no action works."""
    factoring.drop_factor(caller(request), reference, key, now=timezone.now())
    return _detail(reference)


@router.post("/reviews/{reference}/links", response={201: schemas.ReviewDetail}, operation_id="link_factors")
def link_factors(request: HttpRequest, reference: str, body: schemas.FactorLinkIn) -> Status[dict[str, Any]]:
    """Say that a factor contributed to another, or to the harm; a circle is refused."""
    factoring.link(caller(request), reference, **body.dict(), now=timezone.now())
    return Status(201, _detail(reference))


@router.delete(
    "/reviews/{reference}/links/{cause}/{effect}", response=schemas.ReviewDetail, operation_id="unlink_factors"
)
def unlink_factors(request: HttpRequest, reference: str, cause: str, effect: str) -> Any:
    """Take a link back."""
    factoring.unlink(caller(request), reference, cause=cause, effect=effect, now=timezone.now())
    return _detail(reference)


@router.post("/reviews/{reference}/rewrites", response=schemas.RewriteOut, operation_id="use_rewrite")
def use_rewrite(request: HttpRequest, reference: str, body: schemas.RewriteIn) -> Any:
    """Replace a sentence that blames by the rewrite that its hint offers."""
    text = rewording.use_rewrite(
        caller(request), reference, where=body.where, sentence=body.sentence, now=timezone.now()
    )
    return {"where": body.where, "text": text}


@router.post("/reviews/{reference}/actions", response={201: schemas.ActionOut})
def add_action(request: HttpRequest, reference: str, body: schemas.ActionIn) -> Status[Any]:
    """Add an action, to a published review too."""
    key = usecases.add_action(caller(request), reference, **body.dict(), now=timezone.now())
    return Status(201, _action(reference, key))


@router.post("/reviews/{reference}/actions/{key}/close", response=schemas.ActionOut)
def close_action(request: HttpRequest, reference: str, key: str, body: schemas.CloseIn) -> Any:
    """Close an action with evidence that can be looked up; at severity 1 and 2 it waits for a second look."""
    closing.close_action(caller(request), reference, key, evidence=body.evidence, now=timezone.now())
    return _action(reference, key)


@router.post("/reviews/{reference}/actions/{key}/look", response=schemas.ActionOut, operation_id="look_at_action")
def look_at_action(request: HttpRequest, reference: str, key: str, body: schemas.LookIn) -> Any:
    """Look a second time at the evidence of an action of severity 1 or 2: close it, or send it back with a reason."""
    closing.look_at(caller(request), reference, key, agrees=body.agrees, why=body.why, now=timezone.now())
    return _action(reference, key)


@router.post("/reviews/{reference}/acceptances", response={201: schemas.ReviewDetail}, operation_id="accept_risk")
def accept_risk(request: HttpRequest, reference: str, body: schemas.AcceptIn) -> Status[dict[str, Any]]:
    """Accept the risk until a day, signed by the caller: a lead of the owning team, or an admin."""
    closing.accept_risk(caller(request), reference, reason=body.reason, expires_on=body.expires_on, now=timezone.now())
    return Status(201, _detail(reference))


@router.post("/reviews/{reference}/publish", response=schemas.ReviewDetail)
def publish_review(request: HttpRequest, reference: str) -> Any:
    """Publish it; what is missing is named."""
    usecases.publish(caller(request), reference, now=timezone.now())
    return _detail(reference)


def _action(reference: str, key: str) -> Any:
    return next(one for one in queries.review(reference).actions if one.key.lower() == key.lower())
