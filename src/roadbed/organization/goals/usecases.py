"""The verbs of goals: set one, change it, close it, take its reading of the day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from roadbed.ground.asks import measures
from roadbed.ground.asks.measures import ORGANIZATION, SCOPES, SYSTEM, TEAM, Metric
from roadbed.ground.asks.measures import Reading as Figure
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ADMIN, ROADBED, Caller, authorise
from roadbed.ground.people.rules import SYSTEM as ITSELF
from roadbed.organization.goals.measuring import measured, standing_of
from roadbed.organization.goals.models import Goal, Reading, Wording
from roadbed.organization.goals.rules import targets
from roadbed.organization.goals.rules.standing import MISSED, OFF_TRACK, ON_TRACK, UNCLEAR, Standing

WITHDRAWN: Final = "withdrawn"
_OUTCOMES: Final = {ON_TRACK: UNCLEAR, OFF_TRACK: MISSED}
"""How a goal that is closed early came out: behind the way is missed, on the way is not reached yet."""


def set_goal(
    caller: Caller, *, scope: str, name: str = "", metric: str, target: str, direction: str = "", days: int = 28,
    due: date, owner: str = "", reason: str, now: datetime,
) -> str:  # fmt: skip
    """Set a goal and measure where it begins; answers its uid.

    `scope` is team, system or organization, `name` whose, `target` in words of the metric's unit, like 10%, 4h or 5.
    `owner` looks after it, by mail address; empty is the caller. The goal is the team's all the same.

    Raises:
        Invalid: naming the field.
        NotFound: for an unknown team, system or owner.
        Conflict: where an open goal on the metric is there already.
    """
    authorise(caller, "goal.write")
    kind = _metric(metric)
    target_uid, named = _whose(caller, scope, name)
    values = {
        "target": targets.target_of(target, kind.unit),
        "better": targets.checked_direction(direction, kind.better),
        "days": targets.checked_days(days),
        "due": targets.checked_due(due, today=now.date()),
        "reason": targets.checked_text(reason, "reason", what="The reason"),
    }
    owner_uid, owner_name = _owner(caller, owner, named if scope == TEAM else "")
    found = measured(scope, named, kind.key, days=days, now=now)
    row = Goal(
        scope=scope, target_uid=target_uid, name=named, metric=kind.key, unit=kind.unit, owner_uid=owner_uid,
        owner=owner_name, baseline=found.value, baseline_low=found.low, baseline_high=found.high, baseline_n=found.n,
        baseline_why=found.why[:300], set_by=caller.name[:160], set_at=now, **values,
    )  # fmt: skip
    with unit(caller, now=now) as writing:
        try:
            with transaction.atomic(using="default"):
                row.save(force_insert=True)
        except IntegrityError:
            raise Conflict(
                f"{named or 'The organization'} has an open goal on {kind.name.lower()} already.",
                remedy="Change that one, or close it first: `roadbed goal list` shows it.", place=Place(field="metric"),
            ) from None  # fmt: skip
        _word(row, caller, now, why="")
        _keep(row, found, standing_of(row, found, now=now), now)
        writing.record("goal.set", target_uid, data=_data(row) | {"baseline": found.value, "n": found.n})
    return row.uid


def change_goal(
    caller: Caller, uid: str, *, target: str = "", due: date | None = None, owner: str = "", reason: str = "",
    why: str, now: datetime,
) -> None:  # fmt: skip
    """Word an open goal anew, saying why; the baseline and the wording before stay."""
    row = _row(caller, uid)
    said = targets.checked_text(why, "why", what="Why it changes")
    if target:
        row.target = targets.target_of(target, row.unit)
    if due is not None:
        row.due = targets.checked_due(due, today=now.date())
    if owner:
        row.owner_uid, row.owner = _owner(caller, owner, row.name if row.scope == TEAM else "")
    if reason:
        row.reason = targets.checked_text(reason, "reason", what="The reason")
    found = measured(row.scope, row.name, row.metric, days=row.days, now=now)
    before = row.version
    with unit(caller, now=now) as writing:
        values = {name: getattr(row, name) for name in ("target", "due", "owner_uid", "owner", "reason")}
        changed = Goal.objects.filter(pk=row.pk, state=Goal.OPEN, version=before).update(version=before + 1, **values)
        if not changed:
            raise Conflict("Somebody else changed or closed it meanwhile.", remedy="Look at it and try again.")
        row.version = before + 1
        _word(row, caller, now, why=said)
        _keep(row, found, standing_of(row, found, now=now), now)
        writing.record("goal.changed", row.target_uid, data=_data(row) | {"why": said, "version": row.version})


def close_goal(caller: Caller, uid: str, *, note: str, withdrawn: bool = False, now: datetime) -> str:
    """Close a goal with a note; answers how it came out, by its figure of now unless it is withdrawn."""
    row = _row(caller, uid)
    said = targets.checked_text(note, "note", what="The note")
    found = measured(row.scope, row.name, row.metric, days=row.days, now=now)
    standing = standing_of(row, found, now=now)
    outcome = WITHDRAWN if withdrawn else _OUTCOMES.get(standing.name, standing.name)
    with unit(caller, now=now) as writing:
        done = {
            "state": Goal.CLOSED,
            "closed_at": now,
            "closed_by": caller.name[:160],
            "outcome": outcome,
            "note": said,
        }
        if not Goal.objects.filter(pk=row.pk, state=Goal.OPEN).update(**done):
            raise Conflict("This goal is closed already.")
        _keep(row, found, standing, now)
        writing.record("goal.closed", row.target_uid, data=_data(row) | {"outcome": outcome, "note": said})
    return outcome


def read_all(*, now: datetime) -> int:
    """Take the reading of the day of every open goal; answers how many moved to another standing."""
    return sum(_read(row, now) for row in Goal.objects.filter(state=Goal.OPEN).order_by("scope", "name", "metric"))


def _read(row: Goal, now: datetime) -> bool:
    found = measured(row.scope, row.name, row.metric, days=row.days, now=now)
    standing = standing_of(row, found, now=now)
    with unit(ROADBED, now=now) as writing:
        if not Goal.objects.select_for_update().filter(pk=row.pk, state=Goal.OPEN, version=row.version).exists():
            return False
        before = Reading.objects.filter(goal=row).order_by("-day").values_list("standing", flat=True).first()
        _keep(row, found, standing, now)
        if before in (None, standing.name):
            return False
        _moved(writing, row, str(before), standing)
    return True


def _moved(writing: Unit, row: Goal, before: str, standing: Standing) -> None:
    data = _data(row) | {"before": before, "standing": standing.name, "says": standing.says}
    writing.record("goal.moved", row.target_uid, source_id=f"goal:{row.uid}:{writing.now.isoformat()}", data=data)


def _keep(row: Goal, found: Figure, standing: Standing, now: datetime) -> None:
    Reading.objects.update_or_create(
        goal=row, day=now.date(),
        defaults={
            "at": now, "value": found.value, "low": found.low, "high": found.high, "n": found.n,
            "why": found.why[:300], "standing": standing.name, "says": standing.says[:300],
            "expected": standing.expected,
        },
    )  # fmt: skip


def _word(row: Goal, caller: Caller, now: datetime, *, why: str) -> None:
    Wording.objects.create(
        goal=row, number=row.version, target=row.target, due=row.due, owner=row.owner, reason=row.reason, why=why,
        changed_by=caller.name[:160], changed_at=now,
    )  # fmt: skip


def _data(row: Goal) -> dict[str, object]:
    return {
        "goal": row.uid, "scope": row.scope, "name": row.name, "metric": row.metric, "unit": row.unit,
        "better": row.better, "target": row.target, "due": row.due.isoformat(),
    }  # fmt: skip


def _metric(key: str) -> Metric:
    found = measures.metric(key)
    if found is None:
        known = ", ".join(one.key for one in measures.metrics())
        raise Invalid(f"{key[:40]!r} is no metric.", remedy=f"One of {known}.", place=Place(field="metric"))
    return found


def _whose(caller: Caller, scope: str, name: str) -> tuple[str, str]:
    """The uid and the name of whose goal it is, for whom the caller may set one."""
    if scope == TEAM:
        team = people.team(name)
        if team is None:
            raise NotFound(f"There is no team {name[:63]}.", place=Place(field="name"))
        authorise(caller, "goal.write", team=team.name)
        return team.uid, team.name
    if scope == SYSTEM:
        owners = {one[1] for one in catalog.owners_and_systems().values() if name and one[2] == name}
        if not owners:
            raise NotFound(f"No service is in a system {name[:63]}.", place=Place(field="name"))
        if caller.role not in (ADMIN, ITSELF) and not owners & caller.teams:
            raise Forbidden(f"{caller.name} owns no service of {name}.", remedy="Ask one of its owners or an admin.")
        return name, name
    if scope != ORGANIZATION:
        raise Invalid(
            f"{scope[:20]!r} has no goals.", remedy=f"One of {', '.join(SCOPES)}; persons have none.",
            place=Place(field="scope"),
        )  # fmt: skip
    if name:
        raise Invalid("The organization has no name here.", remedy="Leave it out.", place=Place(field="name"))
    if caller.role not in (ADMIN, ITSELF):
        raise Forbidden("A goal of everybody is set by an admin.", remedy="Ask one, or set a goal of your team.")
    return ORGANIZATION, ""


def _owner(caller: Caller, email: str, team: str) -> tuple[str, str]:
    if not email and caller.role == ITSELF:
        raise Invalid("Nobody looks after it.", remedy="Name an owner.", place=Place(field="owner"))
    chosen = {"email__iexact": email.strip()} if email else {"uid": caller.uid}
    person = Person.objects.filter(is_active=True, **chosen).first()
    if person is None:
        raise NotFound(
            f"Nobody has the address {email[:254]}." if email else "A token of no person cannot look after a goal.",
            remedy="Name one person by mail address.", place=Place(field="owner"),
        )  # fmt: skip
    if email and team and team not in people.team_names(person):
        raise Invalid(f"{person.name} is not in {team}.", remedy="Name a member.", place=Place(field="owner"))
    return person.uid, person.name


def _row(caller: Caller, uid: str) -> Goal:
    row = Goal.objects.filter(uid=uid.replace("\x00", "")[:32]).first()
    if row is None:
        raise NotFound(f"There is no goal {uid[:40]}.", remedy="`roadbed goal list` shows them.")
    authorise(caller, "goal.write")
    _whose(caller, row.scope, row.name) if row.scope != TEAM else authorise(caller, "goal.write", team=row.name)
    if row.state != Goal.OPEN:
        raise Conflict("This goal is closed.", remedy="Set a new one.")
    return row
