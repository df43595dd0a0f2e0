"""A client of the API as tests use it: JSON in, JSON out, by a token."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from roadbed.ground.people import usecases
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: Any


@dataclass
class Door:
    """Calls under /api/v1 with a bearer token."""

    token: str = ""
    http: Client = field(default_factory=Client)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        known = {"HTTP_AUTHORIZATION": f"Bearer {self.token}"} if self.token else {}
        known |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        data = b"" if body is None else json.dumps(body).encode()
        response = self.http.generic(method, f"/api/v1{path}", data, content_type="application/json", **known)
        text = response.content.decode()
        parsed = json.loads(text) if text and "json" in response["Content-Type"] else text
        return Answer(response.status_code, parsed, response.headers)

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("POST", path, {} if body is None else body, **headers)


def door_of(
    email: str, role: str = "admin", *, teams: tuple[str, ...] = (), scopes: tuple[str, ...] | None = None
) -> Door:
    """A door for a person, who is made with their teams when they are not there yet."""
    if not Person.objects.filter(email=email).exists():
        usecases.invite_person(ROADBED, email=email, name=email.partition("@")[0], role=role, now=NOW)
    for team in teams:
        usecases.join_team(ROADBED, team=team, email=email, now=NOW)
    caller = caller_of_person(Person.objects.get(email=email))
    if role == "viewer":
        # A viewer makes no tokens; an admin's other self hands one over for the test.
        person = Person.objects.get(email=email)
        Person.objects.filter(pk=person.pk).update(role="member")
        caller = caller_of_person(Person.objects.get(email=email))
    _, secret = usecases.create_token(caller, name="test", scopes=scopes, now=NOW)
    Person.objects.filter(email=email).update(role=role)
    return Door(secret)
