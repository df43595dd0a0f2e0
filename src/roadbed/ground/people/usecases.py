"""The verbs of people: invite, make teams and charters, join, make and revoke tokens and sign-in links."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Membership, Person, SignInLink, Team, Token
from roadbed.ground.people.queries import digest
from roadbed.ground.people.rules import ADMIN, LAYERS, ROADBED, ROLES, SCOPES, Caller, authorise

TEAM_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?")
# One @ and nothing that would break a header, a page or a path.
ADDRESS = re.compile(r"""[^\s@<>"',;:/\\()\[\]\x00-\x1f\x7f]+@[^\s@<>"',;:/\\()\[\]\x00-\x1f\x7f]+""")
LINK_LIVES = timedelta(minutes=15)


def create_team(
    caller: Caller,
    *,
    name: str,
    title: str = "",
    layer: str = "",
    customers: str = "",
    measured_on: str = "",
    now: datetime,
) -> str:
    """Make a team, with its charter where it is known; answers its uid."""
    authorise(caller, "team.write")
    if not TEAM_NAME.fullmatch(name):
        raise Invalid(
            f"{name!r} is not a team name.",
            remedy="Use 1 to 63 lower-case letters and digits with - _ . between them, like team-payments.",
            place=Place(field="name"),
        )
    _known_layer(layer)
    with unit(caller, now=now) as writing:
        team = Team.objects.filter(name__iexact=name).first() or Team(name=name, created_at=now)
        if team.pk and team.archived_at is None:
            raise Conflict(f"There is a team {name} already.", place=Place(field="name"))
        # An archived one comes back as it was known, without the people that were in it.
        Membership.objects.filter(team__uid=team.uid).delete()
        team.archived_at, team.title = None, title
        team.layer, team.customers, team.measured_on = layer, customers, measured_on
        team.save()
        writing.record("team.created", team.uid, data={"name": name, "layer": layer})
    return team.uid


def write_charter(caller: Caller, name: str, *, layer: str, customers: str, measured_on: str, now: datetime) -> None:
    """Say what a team is for: its layer, its customers, what it is measured on."""
    authorise(caller, "team.write")
    _known_layer(layer)
    with unit(caller, now=now) as writing:
        team = _team(name)
        team.layer, team.customers, team.measured_on = layer, customers, measured_on
        team.save()
        writing.record(
            "team.changed",
            team.uid,
            data={"name": team.name, "layer": layer, "customers": customers, "measured_on": measured_on},
        )


def _known_layer(layer: str) -> None:
    if layer and layer not in LAYERS:
        raise Invalid(f"{layer!r} is not a layer.", remedy=f"One of {', '.join(LAYERS)}.", place=Place(field="layer"))


def _team(name: str) -> Team:
    team = Team.objects.filter(name__iexact=name, archived_at=None).first()
    if team is None:
        raise NotFound(
            f"There is no team {name}.", remedy=f"Make it with `roadbed team create {name}`.", place=Place(field="team")
        )
    return team


def _person(email: str) -> Person:
    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        raise NotFound(f"Nobody has the address {email}.", remedy=f"Invite them: `roadbed person invite {email}`.")
    return person


def invite_person(caller: Caller, *, email: str, name: str, role: str = "member", now: datetime) -> str:
    """Add a person, who signs in by a one-time link first; answers the uid."""
    authorise(caller, "person.write")
    if role not in ROLES:
        raise Invalid(f"{role!r} is not a role.", remedy=f"One of {', '.join(ROLES)}.", place=Place(field="role"))
    if not ADDRESS.fullmatch(email) or len(email) > 254:  # noqa: PLR2004 - the column's length
        raise Invalid(f"{email!r} is not an e-mail address.", place=Place(field="email"))
    with unit(caller, now=now) as writing:
        if Person.objects.filter(email__iexact=email).exists():
            raise Conflict(f"{email} is known already.", place=Place(field="email"))
        person = Person.objects.create(
            email=email, name=name or email.partition("@")[0], role=role, password=make_password(None), created_at=now
        )
        writing.record("person.invited", person.uid, data={"role": role})
    return person.uid


def set_password(caller: Caller, *, password_hash: str, now: datetime) -> None:
    """Keep the caller's own new password, hashed and checked by the door that took it."""
    with unit(caller, now=now) as writing:
        Person.objects.filter(uid=caller.uid).update(password=password_hash)
        writing.record("person.changed", caller.uid, data={"what": "password"})


def change_person(caller: Caller, email: str, *, role: str, active: bool, now: datetime) -> None:
    """Change a person's role or let them in no longer. The last active admin stays one."""
    authorise(caller, "person.write")
    with unit(caller, now=now) as writing:
        person = _person(email)
        others = Person.objects.filter(role=ADMIN, is_active=True).exclude(pk=person.pk).exists()
        if person.role == ADMIN and not others and (role != ADMIN or not active):
            raise Conflict(f"{email} is the last admin.", remedy="Make somebody else an admin first.")
        person.role, person.is_active = role, active
        person.save()
        writing.record("person.changed", person.uid, data={"role": role, "active": active})


def join_team(caller: Caller, *, team: str, email: str, lead: bool = False, now: datetime) -> None:
    """Put a person in a team; leads included, doing it again changes only who leads."""
    authorise(caller, "team.write")
    with unit(caller, now=now) as writing:
        row, person = _team(team), _person(email)
        Membership.objects.update_or_create(person=person, team=row, defaults={"lead": lead})
        writing.record("team.joined", row.uid, data={"person": person.uid, "lead": lead})


def leave_team(caller: Caller, *, team: str, email: str, now: datetime) -> None:
    """Take a person out of a team."""
    authorise(caller, "team.write")
    with unit(caller, now=now) as writing:
        row, person = _team(team), _person(email)
        if Membership.objects.filter(person=person, team=row).delete()[0]:
            writing.record("team.left", row.uid, data={"person": person.uid})


def create_token(
    caller: Caller,
    *,
    name: str,
    scopes: tuple[str, ...] | None = None,
    expires_at: datetime | None = None,
    now: datetime,
) -> tuple[str, str]:
    """Make a token for the caller; answers its uid and the secret, which is shown this once."""
    authorise(caller, "token.write")
    unknown = sorted(set(scopes or ()) - SCOPES)
    if unknown:
        raise Invalid(
            f"{unknown[0]!r} is not a scope.",
            remedy=f"Scopes: {', '.join(sorted(SCOPES))}.",
            place=Place(field="scopes"),
        )
    if caller.scopes is not None and not set(scopes or SCOPES) <= caller.scopes:
        raise Forbidden("A token cannot make one that may more than itself.", place=Place(field="scopes"))
    if not name.strip() or len(name) > 120:  # noqa: PLR2004 - the column's length
        raise Invalid("A token needs a name of 1 to 120 characters.", place=Place(field="name"))
    secret = f"rb_{secrets.token_urlsafe(32)}"
    with unit(caller, now=now) as writing:
        person = Person.objects.filter(uid=caller.uid).first()
        token = Token.objects.create(
            person=person,
            name=name,
            role=caller.role if person is None else person.role,
            teams=sorted(caller.teams),
            scopes=None if scopes is None else sorted(scopes),
            prefix=secret[:9],
            digest=digest(secret),
            created_at=now,
            expires_at=expires_at,
        )
        writing.record("token.created", token.uid, data={"name": name, "scopes": token.scopes})
    return token.uid, secret


def revoke_token(caller: Caller, uid: str, *, now: datetime) -> None:
    """End a token: one's own, or anybody's for an admin."""
    authorise(caller, "token.write")
    with unit(caller, now=now) as writing:
        rows = Token.objects.filter(uid=uid, revoked_at=None)
        if caller.role != ADMIN:
            rows = rows.filter(person__uid=caller.uid)
        if not rows.update(revoked_at=now):
            raise NotFound(f"There is no live token {uid} of yours.")
        writing.record("token.revoked", uid)


def make_sign_in_link(caller: Caller, email: str, *, now: datetime) -> str:
    """A secret that signs one person in, once, for 15 minutes."""
    authorise(caller, "person.write")
    secret = secrets.token_urlsafe(32)
    with unit(caller, now=now):
        person = _person(email)
        if not person.is_active:
            raise Conflict(f"{email} may not sign in.", remedy="Let them in again first.")
        SignInLink.objects.create(person=person, digest=digest(secret), created_at=now, expires_at=now + LINK_LIVES)
    return secret


def link_is_open(secret: str, *, now: datetime) -> bool:
    """Whether the link would sign somebody in; looking at it does not use it up."""
    return SignInLink.objects.filter(
        digest=digest(secret), used_at=None, expires_at__gt=now, person__is_active=True
    ).exists()


def use_sign_in_link(secret: str, *, now: datetime) -> str:
    """Use a link up and answer the person's uid; of two at once, one wins.

    Raises:
        Forbidden: when it is unknown, used or too old.
    """
    with unit(ROADBED, now=now) as writing:
        link = SignInLink.objects.filter(
            digest=digest(secret), used_at=None, expires_at__gt=now, person__is_active=True
        )
        if link.update(used_at=now) != 1:
            raise Forbidden(
                "This link is used up or older than 15 minutes.", remedy="Make another with `roadbed sign-in-link`."
            )
        person = SignInLink.objects.select_related("person").get(digest=digest(secret)).person
        writing.record("signed.in", person.uid, data={"by": "link"})
    return person.uid
