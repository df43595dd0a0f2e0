"""Who may do what: one pure table of roles and verbs, and the caller it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from roadbed.ground.errors import Forbidden

ADMIN: Final = "admin"
MEMBER: Final = "member"
VIEWER: Final = "viewer"
SYSTEM: Final = "system"
ROLES: Final = (ADMIN, MEMBER, VIEWER)

LAYERS: Final = ("product", "delivery", "reliability", "platform")
"""What a team's charter can name. A team that owns `delivery` is a warning sign, so it can be said, not hidden."""

ANYWHERE: Final = "anywhere"
OWN_TEAM: Final = "own team"

_TABLE: Final[dict[str, dict[str, str]]] = {
    # verb: role -> where
    "read": {VIEWER: ANYWHERE, MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "catalog.register": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "catalog.remove": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "engagement.write": {ADMIN: ANYWHERE},
    "path.scaffold": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "path.publish": {ADMIN: ANYWHERE},
    "service.deploy": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "service.rollback": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "service.stop": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "deployment.report": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "secret.write": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "secret.key": {ADMIN: ANYWHERE},
    "runbook.write": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "runbook.run": {MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "policy.write": {ADMIN: ANYWHERE},
    "objective.write": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "tests.report": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "test.quarantine": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "counts.push": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "gate.ask": {VIEWER: ANYWHERE, MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "gate.override": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "freeze.write": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "change.link": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "source.write": {ADMIN: ANYWHERE},
    "change.confirm": {MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "rotation.write": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "alerts.write": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "silence.write": {MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "toil.log": {MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "toil.plan": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "pay.write": {ADMIN: ANYWHERE},
    "leave.write": {MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "channel.write": {VIEWER: ANYWHERE, MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "heartbeat.write": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "canary.write": {ADMIN: ANYWHERE},
    "page.send": {MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "page.acknowledge": {MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "incident.write": {MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "status.write": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "review.write": {MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "flag.write": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "flag.evaluate": {VIEWER: ANYWHERE, MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "subscription.write": {ADMIN: ANYWHERE},
    "demo.write": {ADMIN: ANYWHERE},
    "diagnostic.ask": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "organization.write": {ADMIN: ANYWHERE},
    "goal.write": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "digest.write": {VIEWER: ANYWHERE, MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "digest.team": {MEMBER: OWN_TEAM, ADMIN: ANYWHERE},
    "team.write": {ADMIN: ANYWHERE},
    "person.write": {ADMIN: ANYWHERE},
    "token.write": {MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "inbox.receive": {MEMBER: ANYWHERE, ADMIN: ANYWHERE},
    "inbox.replay": {ADMIN: ANYWHERE},
    "job.retry": {ADMIN: ANYWHERE},
    "projection.rebuild": {ADMIN: ANYWHERE},
}

VERBS: Final = frozenset(_TABLE)
SCOPES: Final = VERBS


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks: a signed-in person, a token, or Roadbed itself.

    Attributes:
        uid: the person's or token's uid; `system` for Roadbed.
        name: how the ledger shows the actor.
        role: one of ROLES, or SYSTEM.
        teams: names of the teams the caller belongs to.
        scopes: verbs a token is limited to; None is no limit beyond the role.
    """

    uid: str
    name: str
    role: str
    teams: frozenset[str] = field(default_factory=frozenset)
    scopes: frozenset[str] | None = None


ROADBED: Final = Caller(uid="system", name="Roadbed", role=SYSTEM)
"""The caller of everything that nobody asked for: schedules, reactions, reconciliation."""


@dataclass(frozen=True, slots=True)
class Permission:
    """An answer with its reason."""

    allowed: bool
    reason: str


def may(caller: Caller, verb: str, *, team: str | None = None) -> Permission:
    """Whether the caller may do this, for something that `team` owns where the verb is about owned things."""
    if verb not in _TABLE:
        raise ValueError(f"unknown verb {verb!r}")
    if caller.role == SYSTEM:
        return Permission(allowed=True, reason="Roadbed itself")
    if caller.scopes is not None and verb not in caller.scopes:
        return Permission(allowed=False, reason=f"the token {caller.name} lacks the scope {verb}")
    where = _TABLE[verb].get(caller.role)
    if where is None:
        return Permission(allowed=False, reason=f"the role {caller.role} does not include {verb}")
    if where == OWN_TEAM and team is not None and team not in caller.teams:
        return Permission(
            allowed=False, reason=f"{caller.name} is not a member of {team}, and {verb} is for its owners"
        )
    return Permission(allowed=True, reason=f"{caller.role}, {where}")


def authorise(caller: Caller, verb: str, *, team: str | None = None) -> None:
    """Refuse with the reason unless the caller may.

    Raises:
        Forbidden: with who could.
    """
    answer = may(caller, verb, team=team)
    if not answer.allowed:
        who = f"a member of {team} or an admin" if team else "an admin"
        raise Forbidden(f"Not allowed: {answer.reason}.", remedy=f"Ask {who} to do it, or to give you the role.")
