"""Who calls: a bearer token or a signed-in session, as the Caller that use-cases authorise."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import APIKeyCookie, HttpBearer

from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person, caller_of_token
from roadbed.ground.people.rules import Caller


class BearerToken(HttpBearer):
    """`Authorization: Bearer rb_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:  # noqa: ARG002 - ninja's signature
        return caller_of_token(token, now=timezone.now())


class Session(APIKeyCookie):
    """The portal's session; ninja checks CSRF for cookie authentication."""

    param_name = "sessionid"

    def authenticate(self, request: HttpRequest, key: str | None) -> Any | None:  # noqa: ARG002 - ninja's signature
        return caller_of_person(request.user) if isinstance(request.user, Person) else None


AUTH = [BearerToken(), Session()]
"""What every API router uses."""


def caller(request: HttpRequest) -> Caller:
    """The caller of an authenticated API request or page."""
    known = getattr(request, "auth", None)
    if isinstance(known, Caller):
        return known
    assert isinstance(request.user, Person)  # noqa: S101 - pages require sign-in before they get here
    return caller_of_person(request.user)
