"""The verbs of freezes: declare one, lift it before its end."""

from __future__ import annotations

from datetime import datetime

from roadbed.delivery.freezes import rules
from roadbed.delivery.freezes.models import Freeze
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Conflict, Forbidden, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.queries import team as team_named
from roadbed.ground.people.queries import teams
from roadbed.ground.people.rules import ADMIN, SYSTEM, Caller, authorise


def declare(
    caller: Caller,
    *,
    scope: str,
    target: str = "",
    reason: str,
    starts_at: datetime,
    ends_at: datetime,
    environment: str = "production",
    now: datetime,
) -> str:
    """Say that changes wait. A service or a team is frozen by its members, everything by an admin."""
    authorise(caller, "freeze.write")
    rules.checked(scope=scope, target=target, reason=reason, starts_at=starts_at, ends_at=ends_at, now=now)
    name, target_uid, owner = _target(scope, target)
    _authorised(caller, scope, owner)
    with unit(caller, now=now) as writing:
        row = Freeze.objects.create(
            scope=scope,
            target=name,
            target_uid=target_uid,
            environment=environment,
            reason=reason.strip(),
            starts_at=starts_at,
            ends_at=ends_at,
            declared_by=caller.name[:160],
            declared_at=now,
        )
        writing.record(
            "freeze.declared", target_uid or row.uid, environment=environment, source_id=f"freeze:{row.uid}",
            data=_data(row),
        )  # fmt: skip
    return row.uid


def lift(caller: Caller, uid: str, *, now: datetime) -> None:
    """End a freeze before its time."""
    authorise(caller, "freeze.write")
    with unit(caller, now=now) as writing:
        row = Freeze.objects.filter(uid=uid).first()
        if row is None:
            raise NotFound(f"No freeze {uid[:40]}.", remedy="`roadbed freezes list` shows them.")
        _authorised(caller, row.scope, _target(row.scope, row.target_uid)[2])
        if not Freeze.objects.filter(uid=uid, lifted_at=None, ends_at__gt=now).update(
            lifted_at=now, lifted_by=caller.name[:160]
        ):
            raise Conflict("This freeze is over already.")
        writing.record(
            "freeze.lifted", row.target_uid or row.uid, environment=row.environment, source_id=f"freeze:{uid}:lifted",
            data=_data(row),
        )  # fmt: skip


def _data(row: Freeze) -> dict[str, object]:
    return {
        "freeze": row.uid,
        "scope": row.scope,
        "target": row.target,
        "reason": row.reason,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
    }


def _target(scope: str, target: str) -> tuple[str, str, str]:
    """Its name, its uid, and the team whose members may freeze it."""
    if scope == rules.SERVICE:
        known = catalog.service(target)
        if known is None:
            return _gone(target) if len(target) == 32 else _unknown("service", target)  # noqa: PLR2004 - a uid
        return known.name, known.uid, known.owner
    if scope == rules.TEAM:
        found = team_named(target) or next((one for one in teams() if one.uid == target), None)
        return (found.name, found.uid, found.name) if found else _unknown("team", target)
    return "", "", ""


def _gone(uid: str) -> tuple[str, str, str]:
    return "", uid, "nobody"


def _unknown(what: str, name: str) -> tuple[str, str, str]:
    raise NotFound(f"There is no {what} {name!r}.", place=Place(field="target"))


def _authorised(caller: Caller, scope: str, owner: str) -> None:
    if scope == rules.EVERYTHING:
        if caller.role not in (ADMIN, SYSTEM):
            raise Forbidden("Not allowed: everything is frozen by an admin.", remedy="Ask an admin, or freeze a team.")
        return
    authorise(caller, "freeze.write", team=owner)
