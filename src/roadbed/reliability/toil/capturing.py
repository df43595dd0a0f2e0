"""From facts to toil: when an alert ends, whether somebody was disturbed for nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from roadbed.ground.ledger import queries as ledger
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people import queries as people
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.toil.models import Entry
from roadbed.reliability.toil.rules.capturing import MENDING, Page, captured
from roadbed.reliability.toil.rules.classifying import LONGEST_WHAT, classify
from roadbed.reliability.toil.usecases import record

KINDS: Final = frozenset({"alert.closed"})
_BACK: Final = timedelta(days=28)


def capture(fact_uid: str, *, now: datetime) -> str | None:
    """Write what one ended alert cost, once; answers the entry's uid, None where it was no toil."""
    fact = ledger.fact(fact_uid)
    team = people.team(str(fact.data.get("team", ""))) if fact else None
    if fact is None or team is None or Entry.objects.filter(fact=fact_uid).exists():
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
    again = ledger.facts_between([fact.subject], kinds=KINDS, since=fact.occurred_at - _BACK, until=fact.occurred_at)
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
    what = f"Triage {fact.data.get('service', '')}: {promise or service}"[:LONGEST_WHAT]
    with unit(ROADBED, now=now) as writing:
        row = record(
            team, what, classify(what, category="alerts"), minutes=minutes, person=(taken.actor, taken.actor_name),
            source=source, at=fact.occurred_at, now=now, fact=fact_uid,
        )  # fmt: skip
        data = {
            "entry": row.uid, "task": what, "category": "alerts", "team": team.name, "minutes": minutes,
            "source": source, "toil": True, "fact": fact_uid,
        }  # fmt: skip
        writing.record("toil.logged", team.uid, source_id=f"toil:{fact_uid}", data=data)
    return row.uid
