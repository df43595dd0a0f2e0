"""From facts to toil: an alert that disturbed somebody for nothing, a runbook run, a request done by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from roadbed.ground.catalog import services
from roadbed.ground.ledger import queries as ledger
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import TeamView
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.toil.models import Entry
from roadbed.reliability.toil.rules.capturing import (
    MENDING,
    REQUESTS,
    RUNS,
    Done,
    Page,
    Work,
    captured,
    request_of,
    run_of,
)  # fmt: skip
from roadbed.reliability.toil.rules.classifying import LONGEST_WHAT, classify
from roadbed.reliability.toil.usecases import record

ENDED: Final = "alert.closed"
KINDS: Final = frozenset({ENDED, RUNS, *REQUESTS})
_BACK: Final = timedelta(days=28)


def capture(fact_uid: str, *, now: datetime) -> str | None:
    """Write what one fact cost somebody, once; answers the entry's uid, None where it was no toil."""
    fact = ledger.fact(fact_uid)
    if fact is None or Entry.objects.filter(fact=fact_uid).exists():
        return None
    if fact.kind == ENDED:
        return _page(fact, now=now)
    if fact.kind == RUNS:
        return _run(fact, now=now)
    return _request(fact, now=now)


def _page(fact: FactView, *, now: datetime) -> str | None:
    team = people.team(str(fact.data.get("team", "")))
    if team is None:
        return None
    alert, title = fact.data.get("alert"), str(fact.data.get("title", ""))
    taken = next(
        (one for one in ledger.facts_of(fact.subject, kinds=["page.acknowledged"]) if one.data.get("alert") == alert),
        None,
    )
    if taken is None:
        return None
    began = fact.occurred_at - timedelta(seconds=float(fact.data.get("seconds") or 0))
    mended = ledger.facts_between([fact.subject], kinds=MENDING, since=began, until=fact.occurred_at, limit=1)
    again = ledger.facts_between([fact.subject], kinds=[ENDED], since=fact.occurred_at - _BACK, until=fact.occurred_at)
    objective = fact.data.get("objective_uid") or title
    page = Page(
        ended_for=str(fact.data.get("reason", "")),
        taken_by=taken.actor_name,
        seconds_after_taken=(fact.occurred_at - taken.occurred_at).total_seconds(),
        mended=bool(mended),
        times=sum((one.data.get("objective_uid") or one.data.get("title")) == objective for one in again),
    )
    found = captured(page)
    if found is None:
        return None
    source, minutes = found
    service, _, promise = title.rpartition(": ")
    work = Work(f"Triage {fact.data.get('service', '')}: {promise or service}", "alerts", minutes, assumed=False)
    return _written(fact, team, work, source, (taken.actor, taken.actor_name), now=now)


def _run(fact: FactView, *, now: datetime) -> str | None:
    work, who = run_of(fact.data), str(fact.data.get("person", ""))
    if work is None:
        return None
    person = Person.objects.filter(uid=who).first() or Person.objects.filter(email__iexact=who).first()
    team = _team_of(person, str(fact.data.get("owner", "")) or _owner(fact.subject))
    name = person.name if person else str(fact.data.get("person_name") or who)
    return _written(fact, team, work, Entry.RUN, (person.uid if person else who, name), now=now) if team else None


def _request(fact: FactView, *, now: datetime) -> str | None:
    person = Person.objects.filter(uid=fact.actor).first()
    if person is None:
        return None
    teams = people.team_names(person)
    owner = _owner(fact.subject) if fact.kind == "secret.written" else ""
    work = request_of(Done(fact.kind, fact.actor, teams, owner, fact.data))
    team = _team_of(person, owner)
    if work is None or team is None:
        return None
    return _written(fact, team, work, Entry.REQUEST, (person.uid, person.name), now=now)


def _team_of(person: Person | None, owner: str) -> TeamView | None:
    """Whose time it took: the owner's where the person is in it, else the person's only team, else the owner's."""
    mine = people.team_names(person) if person else frozenset()
    name = owner if owner in mine or len(mine) != 1 else next(iter(mine))
    return people.team(name) if name else None


def _owner(service_uid: str) -> str:
    found = services.service(service_uid)
    return found.owner if found else ""


def _written(fact: FactView, team: TeamView, work: Work, source: str, person: tuple[str, str], *, now: datetime) -> str:
    what = " ".join(work.what.split())[:LONGEST_WHAT]
    classified = classify(what, category=work.category)
    with unit(ROADBED, now=now) as writing:
        row = record(
            team, what, classified, minutes=work.minutes, person=(person[0][:32], person[1]), source=source,
            at=fact.occurred_at, now=now, fact=fact.uid, assumed=work.assumed,
        )  # fmt: skip
        data = {
            "entry": row.uid, "task": what, "category": classified.category, "team": team.name,
            "minutes": work.minutes, "source": source, "toil": classified.is_toil, "fact": fact.uid,
        }  # fmt: skip
        writing.record("toil.logged", team.uid, source_id=f"toil:{fact.uid}", data=data)
    return row.uid
