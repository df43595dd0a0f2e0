"""People, teams with their charters, tokens and one-time sign-in links over HTTP."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.errors import NotFound, Place
from roadbed.ground.people import queries, schemas, usecases
from roadbed.ground.people.rules import authorise

router = Router(tags=["people"])


@router.get("/people", response=list[schemas.PersonOut], operation_id="list_people")
def list_people(request: HttpRequest) -> Any:
    """Everybody, by name."""
    authorise(caller(request), "read")
    return list(queries.people())


@router.post("/people", response={201: schemas.PersonOut}, operation_id="invite_person")
def invite_person(request: HttpRequest, body: schemas.PersonIn) -> Any:
    """Invite somebody; a sign-in link lets them in first."""
    uid = usecases.invite_person(caller(request), email=body.email, name=body.name, role=body.role, now=timezone.now())
    return Status(201, next(person for person in queries.people() if person.uid == uid))


@router.patch("/people/{email}", response=schemas.PersonOut, operation_id="change_person")
def change_person(request: HttpRequest, email: str, body: schemas.PersonChange) -> Any:
    """Change a person's role, or let them in no longer."""
    usecases.change_person(caller(request), email, role=body.role, active=body.active, now=timezone.now())
    return next(person for person in queries.people() if person.email.lower() == email.lower())


@router.post("/sign-in-links", response={201: schemas.LinkMade}, operation_id="make_sign_in_link")
def make_sign_in_link(request: HttpRequest, response: HttpResponse, body: schemas.LinkIn) -> Any:
    """Make a link that signs one person in, once, for 15 minutes."""
    secret = usecases.make_sign_in_link(caller(request), body.email, now=timezone.now())
    response["Cache-Control"] = "no-store"
    return Status(201, {"url": settings.PUBLIC_URL + reverse("people:sign-in-link", args=[secret])})


@router.get("/teams", response=list[schemas.TeamOut], operation_id="list_teams")
def list_teams(request: HttpRequest) -> Any:
    """All teams, by name."""
    authorise(caller(request), "read")
    return list(queries.teams())


@router.post("/teams", response={201: schemas.TeamOut}, operation_id="create_team")
def create_team(request: HttpRequest, body: schemas.TeamIn) -> Any:
    """Make a team, with its charter where it is known."""
    usecases.create_team(caller(request), **body.dict(), now=timezone.now())
    return Status(201, _team(body.name))


@router.get("/teams/{name}", response=schemas.TeamOut, operation_id="show_team")
def show_team(request: HttpRequest, name: str) -> Any:
    """One team with its charter and members."""
    authorise(caller(request), "read")
    return _team(name)


@router.put("/teams/{name}/charter", response=schemas.TeamOut, operation_id="write_charter")
def write_charter(request: HttpRequest, name: str, body: schemas.CharterIn) -> Any:
    """Say what a team is for."""
    usecases.write_charter(caller(request), name, **body.dict(), now=timezone.now())
    return _team(name)


@router.put("/teams/{name}/members/{email}", response=schemas.TeamOut, operation_id="join_team")
def join_team(request: HttpRequest, name: str, email: str, body: schemas.MembershipIn) -> Any:
    """Put a person in a team, or change whether they lead."""
    usecases.join_team(caller(request), team=name, email=email, lead=body.lead, now=timezone.now())
    return _team(name)


@router.delete("/teams/{name}/members/{email}", response=schemas.TeamOut, operation_id="leave_team")
def leave_team(request: HttpRequest, name: str, email: str) -> Any:
    """Take a person out of a team."""
    usecases.leave_team(caller(request), team=name, email=email, now=timezone.now())
    return _team(name)


@router.get("/tokens", response=list[schemas.TokenOut], operation_id="list_tokens")
def list_tokens(request: HttpRequest) -> Any:
    """The caller's own tokens, newest first, revoked ones included."""
    authorise(caller(request), "token.write")
    return list(queries.tokens_of(caller(request).uid))


@router.post("/tokens", response={201: schemas.TokenMade}, operation_id="create_token")
def create_token(request: HttpRequest, response: HttpResponse, body: schemas.TokenIn) -> Any:
    """Make a token; its secret is in this reply and nowhere else."""
    scopes = None if body.scopes is None else tuple(body.scopes)
    uid, secret = usecases.create_token(
        caller(request), name=body.name, scopes=scopes, expires_at=body.expires_at, now=timezone.now()
    )
    response["Cache-Control"] = "no-store"
    return Status(201, {"uid": uid, "secret": secret})


@router.delete("/tokens/{uid}", response={204: None}, operation_id="revoke_token")
def revoke_token(request: HttpRequest, uid: str) -> Any:
    """End a token: one's own, or anybody's for an admin."""
    usecases.revoke_token(caller(request), uid, now=timezone.now())
    return Status(204, None)


def _team(name: str) -> queries.TeamView:
    found = queries.team(name)
    if found is None:
        raise NotFound(
            f"There is no team {name[:63]}.",
            remedy="`roadbed team list` shows what there is.",
            place=Place(field="team"),
        )
    return found
