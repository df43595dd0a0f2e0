"""What the API of people takes and answers; OpenAPI is made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from roadbed.ground.api.instants import Instant

Name = Annotated[str, Field(min_length=1, max_length=63)]
Text = Annotated[str, Field(max_length=300)]
Layer = Annotated[str, Field(description="product, delivery, reliability, platform, or nothing.", max_length=12)]
Role = Literal["admin", "member", "viewer"]


class PersonOut(Schema):
    """A person."""

    uid: str
    name: str
    email: str
    role: str
    active: bool
    teams: list[str]


class PersonIn(Schema):
    """Somebody to invite."""

    email: Annotated[str, Field(min_length=3, max_length=254)]
    name: Annotated[str, Field(max_length=120)] = ""
    role: Role = "member"


class PersonChange(Schema):
    """A person's role, and whether they may sign in."""

    role: Role
    active: bool


class MemberOut(Schema):
    """A person in a team."""

    uid: str
    name: str
    email: str
    lead: bool


class TeamOut(Schema):
    """A team with its charter; an empty field means that nobody has said."""

    uid: str
    name: str
    title: str
    layer: str
    customers: str
    measured_on: str
    members: list[MemberOut]


class TeamIn(Schema):
    """A team to make."""

    name: Name
    title: Annotated[str, Field(max_length=120)] = ""
    layer: Layer = ""
    customers: Text = ""
    measured_on: Text = ""


class CharterIn(Schema):
    """What a team is for."""

    layer: Layer = ""
    customers: Text = ""
    measured_on: Text = ""


class MembershipIn(Schema):
    """Whether a member leads."""

    lead: bool = False


class TokenOut(Schema):
    """A token without its secret."""

    uid: str
    name: str
    prefix: str
    scopes: list[str] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class TokenIn(Schema):
    """A token to make for the caller; without scopes it may what its maker may."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    scopes: Annotated[list[str] | None, Field(max_length=50)] = None
    expires_at: Instant | None = None


class TokenMade(Schema):
    """A new token with its secret, which is shown this once."""

    uid: str
    secret: str


class LinkIn(Schema):
    """Whom to let in."""

    email: Annotated[str, Field(min_length=3, max_length=254)]


class LinkMade(Schema):
    """A link that signs one person in, once, for 15 minutes."""

    url: str
