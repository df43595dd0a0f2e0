"""Reading people: who calls, who is in which team, what a team's charter says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from roadbed.ground.people.models import Membership, Person, Team, Token
from roadbed.ground.people.rules import Caller
from roadbed.ground.prepared import Prepared


def digest(secret: str) -> str:
    """How tokens and links are kept: they are random and long, so one round of SHA-256 suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()


def team_names(person: Person) -> frozenset[str]:
    """Names of the teams a person is in."""
    rows = Membership.objects.filter(person=person, team__archived_at=None)
    return frozenset(rows.values_list("team__name", flat=True))


def caller_of_person(person: Person) -> Caller:
    """A signed-in person as a caller."""
    return Caller(uid=person.uid, name=person.name, role=person.role, teams=team_names(person))


def caller_of_token(secret: str, *, now: datetime) -> Caller | None:
    """The caller behind a token, None when it is unknown, revoked or expired."""
    found = _TOKEN.first(digest=digest(secret), now=now)
    if found is None:
        return None
    uid, name, role, teams, scopes, person, *owner = found
    limited = None if scopes is None else frozenset(scopes)
    if person is None:
        return Caller(uid=uid, name=f"token {name}", role=role, teams=frozenset(teams), scopes=limited)
    person_uid, person_name, person_role, is_active = owner
    if not is_active:
        return None
    names = frozenset(team for (team,) in _TEAMS.rows(person=person))
    return Caller(uid=person_uid, name=person_name, role=person_role, teams=names, scopes=limited)


_TOKEN: Final = Prepared(
    lambda digest, now: Token.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now), digest=digest, revoked_at=None
    ).values_list(
        "uid", "name", "role", "teams", "scopes", "person_id",
        "person__uid", "person__name", "person__role", "person__is_active",
    )[:1],
    digest=str,
    now=datetime,
)  # fmt: skip
_TEAMS: Final = Prepared(
    lambda person: Membership.objects.filter(person=person, team__archived_at=None).values_list("team__name"),
    person=int,
)


@dataclass(frozen=True, slots=True)
class MemberView:
    """A person in a team."""

    uid: str
    name: str
    email: str
    lead: bool


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team with its charter. Empty charter fields mean that nobody has said."""

    uid: str
    name: str
    title: str
    layer: str
    customers: str
    measured_on: str
    members: tuple[MemberView, ...]


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as lists show them."""

    uid: str
    name: str
    email: str
    role: str
    active: bool
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token without its secret."""

    uid: str
    name: str
    prefix: str
    scopes: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def _members(team_ids: list[int]) -> dict[int, list[MemberView]]:
    found: dict[int, list[MemberView]] = {pk: [] for pk in team_ids}
    rows = Membership.objects.filter(team__in=team_ids).order_by("person__name")
    columns = rows.values_list("team_id", "person__uid", "person__name", "person__email", "lead")
    for team_id, uid, name, email, lead in columns:
        found[team_id].append(MemberView(uid=uid, name=name, email=email, lead=lead))
    return found


def teams() -> tuple[TeamView, ...]:
    """All teams that are not archived, by name."""
    rows = list(Team.objects.filter(archived_at=None).order_by("name"))
    members = _members([row.pk for row in rows])
    return tuple(_team_view(row, members[row.pk]) for row in rows)


def team(name: str) -> TeamView | None:
    """One team by name, whatever its capitals."""
    row = Team.objects.filter(name__iexact=name, archived_at=None).first()
    return None if row is None else _team_view(row, _members([row.pk])[row.pk])


def _team_view(row: Team, members: list[MemberView]) -> TeamView:
    return TeamView(
        uid=row.uid,
        name=row.name,
        title=row.title or row.name,
        layer=row.layer,
        customers=row.customers,
        measured_on=row.measured_on,
        members=tuple(members),
    )


def people() -> tuple[PersonView, ...]:
    """Everybody, by name."""
    by_person: dict[int, list[str]] = {}
    for person_id, name in Membership.objects.order_by("team__name").values_list("person_id", "team__name"):
        by_person.setdefault(person_id, []).append(name)
    return tuple(
        PersonView(
            uid=row.uid,
            name=row.name,
            email=row.email,
            role=row.role,
            active=row.is_active,
            teams=tuple(by_person.get(row.pk, ())),
        )
        for row in Person.objects.order_by("name", "pk")
    )


def active_uids() -> frozenset[str]:
    """Everybody who may sign in."""
    return frozenset(Person.objects.filter(is_active=True).values_list("uid", flat=True))


def tokens_of(person_uid: str) -> tuple[TokenView, ...]:
    """A person's tokens, newest first, revoked ones included."""
    return tuple(
        TokenView(
            uid=row.uid,
            name=row.name,
            prefix=row.prefix,
            scopes=None if row.scopes is None else tuple(row.scopes),
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
        )
        for row in Token.objects.filter(person__uid=person_uid).order_by("-created_at", "-pk")
    )
