"""The verbs of toil: log, leave out, estimate, plan, finish."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import TeamView
from roadbed.ground.people.rules import ADMIN, SYSTEM, Caller, authorise
from roadbed.reliability.toil import queries
from roadbed.reliability.toil.models import Entry, Task
from roadbed.reliability.toil.rules.classifying import (
    Classified,
    checked_link,
    checked_what,
    classify,
    key_of,
    minutes_of,
)  # fmt: skip

OLDEST = timedelta(days=91)
MOST_HOURS = 10_000.0


def log(
    caller: Caller,
    *,
    minutes: str,
    what: str,
    category: str = "",
    team: str = "",
    tests: dict[str, bool] | None = None,
    occurred_at: datetime | None = None,
    now: datetime,
) -> str:
    """Log a piece of one's own work; answers its uid.

    `minutes` is like 15m or 1h30m; `team` may be left out by whoever is in one team; `tests` answers some of the six.

    Raises:
        Invalid: naming the field.
        NotFound: for an unknown team.
    """
    authorise(caller, "toil.log")
    spent, said = minutes_of(minutes), checked_what(what)
    classified = classify(said, category=category, tests=tests)
    at = occurred_at or now
    if not now - OLDEST <= at <= now:
        raise Invalid(
            "Only the last 91 days are logged.", remedy="Leave the time out.", place=Place(field="occurred_at")
        )
    chosen = team_of(caller, team)
    with unit(caller, now=now) as writing:
        row = record(
            chosen,
            said,
            classified,
            minutes=spent,
            person=(caller.uid, caller.name),
            source=Entry.LOGGED,
            at=at,
            now=now,
        )
        data = {
            "entry": row.uid, "task": said, "category": classified.category, "team": chosen.name, "minutes": spent,
            "source": Entry.LOGGED, "toil": classified.is_toil,
        }  # fmt: skip
        writing.record("toil.logged", chosen.uid, data=data)
    return row.uid


def record(
    team: TeamView, what: str, classified: Classified, *, minutes: int, person: tuple[str, str], source: str,
    at: datetime, now: datetime, fact: str | None = None, reference: str | None = None, assumed: bool = False,
) -> Entry:  # fmt: skip
    """Write an entry and the task that it is one of, in the open transaction."""
    task, _ = Task.objects.get_or_create(
        team_uid=team.uid,
        key=key_of(what),
        defaults={"team": team.name, "what": what, "category": classified.category, "made_at": now},
    )
    return Entry.objects.create(
        task=task, person_uid=person[0], person=person[1][:160], minutes=minutes, source=source, fact=fact,
        reference=reference, assumed=assumed, passed=list(classified.passed), is_toil=classified.is_toil,
        occurred_at=at,
    )  # fmt: skip


def leave_out(caller: Caller, uid: str, *, reason: str, now: datetime) -> None:
    """Leave an entry out of every figure, with a reason: one's own, one of the own team's, or any as an admin."""
    row = Entry.objects.select_related("task").filter(uid=uid.replace("\x00", "")).first()
    if row is None:
        raise NotFound(f"There is no entry {uid[:40]}.", remedy="`roadbed toil list` shows them.")
    authorise(caller, "toil.log")
    if caller.role not in (ADMIN, SYSTEM) and row.person_uid != caller.uid and row.task.team not in caller.teams:
        raise Forbidden(f"This is work of {row.task.team}.", remedy="Ask somebody of the team or an admin.")
    said = " ".join(reason.split())[:200]
    if not said:
        raise Invalid("It is left out for a reason.", remedy="Say why it is no toil.", place=Place(field="reason"))
    with unit(caller, now=now) as writing:
        values = {"left_out_at": now, "left_out_by": caller.name[:160], "left_out_for": said}
        if Entry.objects.filter(pk=row.pk, left_out_at=None).update(**values):
            writing.record(
                "toil.left-out", row.task.team_uid, data={"entry": row.uid, "task": row.task.what, "reason": said}
            )


def estimate(
    caller: Caller, uid: str, *, build_low: float, build_high: float, upkeep: float = 0.0, now: datetime
) -> None:
    """Say what automating a task would take: hours to build, from and to, and hours of upkeep a month."""
    row = _task(caller, uid)
    if not (0 < build_low <= build_high <= MOST_HOURS and 0 <= upkeep <= MOST_HOURS):
        raise Invalid(
            "These hours cannot be.", remedy="Building takes more than 0 h, at most as long as its upper end.",
            place=Place(field="build_low"),
        )  # fmt: skip
    with unit(caller, now=now) as writing:
        Task.objects.filter(pk=row.pk).update(build_low=build_low, build_high=build_high, upkeep=upkeep)
        data = {"task": row.what, "team": row.team, "build": [build_low, build_high], "upkeep": upkeep}
        writing.record("toil.estimated", row.team_uid, data=data)


def plan(caller: Caller, uid: str, *, owner: str, due: date | None = None, link: str = "", now: datetime) -> None:
    """Make a candidate work with one owner, by e-mail address, a day, and a link to where it is tracked.

    What it costs now is kept to measure the saving by. Planning it again changes who, when and where.
    """
    row = _task(caller, uid)
    person = Person.objects.filter(email__iexact=owner.strip(), is_active=True).first()
    if person is None:
        raise NotFound(f"Nobody has the address {owner[:254]}.", remedy="Name one person.", place=Place(field="owner"))
    tracked = checked_link(link)
    if due is not None and due < now.date():
        raise Invalid(f"{due.isoformat()} has passed.", remedy="Give a day from today on.", place=Place(field="due"))
    candidate = queries.candidate(row.uid, now=now)
    if candidate.cost is None:
        raise Conflict(
            f"“{row.what}” has {candidate.samples} samples, and 3 are the fewest.", remedy="Log it for a while longer."
        )
    with unit(caller, now=now) as writing:
        values: dict[str, object] = {
            "state": Task.PLANNED,
            "owner_uid": person.uid,
            "owner": person.name,
            "due": due,
            "link": tracked,
        }
        if row.planned_at is None:
            values |= {"planned_at": now, "cost_then": candidate.cost.hours}
        if not Task.objects.filter(pk=row.pk).exclude(state=Task.DONE).update(**values):
            raise Conflict(f"“{row.what}” is automated already.", remedy="Log it again when it comes back.")
        data = {"task": row.what, "team": row.team, "owner": person.name, "owner_uid": person.uid, "link": tracked}
        writing.record("toil.planned", row.team_uid, data=data | {"due": due and due.isoformat()})


def finish(caller: Caller, uid: str, *, built_hours: float, now: datetime) -> None:
    """Say that it is automated and how many hours that took; what is logged afterwards is measured against it."""
    row = _task(caller, uid)
    if not 0 <= built_hours <= MOST_HOURS:
        raise Invalid("These hours cannot be.", remedy="Write hours from 0 on.", place=Place(field="built_hours"))
    with unit(caller, now=now) as writing:
        done = {"state": Task.DONE, "done_at": now, "built_hours": built_hours}
        if not Task.objects.filter(pk=row.pk, state=Task.PLANNED).update(**done):
            raise Conflict(f"“{row.what}” is not planned.", remedy="Plan it first, with an owner.")
        data = {"task": row.what, "team": row.team, "built_hours": built_hours}
        writing.record("toil.automated", row.team_uid, data=data)


def _task(caller: Caller, uid: str) -> Task:
    row = Task.objects.filter(uid=uid.replace("\x00", "")).first()
    if row is None:
        raise NotFound(f"There is no task {uid[:40]}.", remedy="`roadbed toil tasks` shows them.")
    authorise(caller, "toil.plan", team=row.team)
    return row


def team_of(caller: Caller, name: str) -> TeamView:
    """The team whose work it was: the one that is named, or the caller's only one."""
    if not name and len(caller.teams) == 1:
        name = next(iter(caller.teams))
    if not name:
        raise Invalid(
            f"{caller.name} is in {len(caller.teams)} teams.", remedy="Say which team's work it was.",
            place=Place(field="team"),
        )  # fmt: skip
    found = people.team(name)
    if found is None:
        raise NotFound(f"There is no team {name[:63]}.", place=Place(field="team"))
    if caller.role not in (ADMIN, SYSTEM) and found.name not in caller.teams:
        raise Forbidden(f"{caller.name} is not in {found.name}.", remedy="Log it for your own team.")
    return found
