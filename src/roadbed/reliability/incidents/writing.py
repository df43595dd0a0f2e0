"""Changing one incident: authorised, seen, locked, at the version that was read, facts in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from roadbed.ground.errors import Conflict, NotFound, Place
from roadbed.ground.ledger.queries import facts_of
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.incidents.models import Incident, Participant, Sealed
from roadbed.reliability.incidents.rules import name_of
from roadbed.reliability.incidents.seeing import row_of

TOLD_OF_PRIVATE: Final = frozenset({
    "incident", "service_uid", "service", "environment", "severity", "former", "what", "started_at", "at", "deployment",
    "cause_deployment", "resolved_at", "mitigated_at", "detected_at", "alert", "reopened", "into", "from",
})  # fmt: skip
"""What the ledger is told of a private incident: what figures are counted from, and nothing that anybody wrote."""


@dataclass(frozen=True, slots=True)
class Editing:
    """One incident while it is changed."""

    writing: Unit
    row: Incident
    caller: Caller
    now: datetime

    @property
    def name(self) -> str:
        """What people call it."""
        return name_of(self.row.number)

    def told(self, what: str, text: str, *, supersedes: str = "", **more: Any) -> str:
        """Record that something about it changed; answers the fact's uid."""
        return record(
            self.writing, self.row, "incident.changed", {"what": what, "text": text, **more}, supersedes=supersedes
        )


@contextmanager
def editing(
    caller: Caller, reference: str, *, now: datetime, version: int | None = None, counts: bool = True
) -> Iterator[Editing]:
    """Change one incident. `version` is the one that the change was made from; without it the last word wins.

    With `counts` false a line is only added, which stands in nobody's way, so that the version stays.

    Raises:
        Conflict: when somebody changed it meanwhile, naming what, or when it was merged into another one.
    """
    authorise(caller, "incident.write")
    with unit(caller, now=now) as writing:
        row = Incident.objects.select_for_update().get(pk=row_of(reference, caller).pk)
        if row.merged_into_id is not None:
            into = name_of(Incident.objects.get(pk=row.merged_into_id).number)
            raise Conflict(
                f"{name_of(row.number)} was merged into {into}.",
                remedy=f"Write to {into}, or undo it: `roadbed incident unmerge {name_of(row.number)}`.",
            )
        if version is not None and version != row.version:
            raise Conflict(_meanwhile(row), remedy="Look at it as it is now, then do it again.", place=_VERSION)
        before = len(writing.facts)
        yield Editing(writing, row, caller, now)
        if counts and len(writing.facts) > before:
            row.version += 1
            row.save()


_VERSION: Final = Place(field="version")


def _meanwhile(row: Incident) -> str:
    last = next(iter(facts_of(row.uid, kinds=("incident.changed", "incident.resolved"), limit=1)), None)
    who = f" by {last.actor_name}" if last is not None and last.actor_name else ""
    said = str(last.data.get("text") or "") if last is not None else ""
    return f"{name_of(row.number)} was changed meanwhile{who}{f': {said}' if said else ''}."


def record(
    writing: Unit,
    row: Incident,
    kind: str,
    data: dict[str, Any],
    *,
    occurred_at: datetime | None = None,
    source_id: str = "",
    supersedes: str = "",
) -> str:
    """Record a fact about an incident. What people wrote about a private one is kept beside it, out of the ledger."""
    known = {"incident": row.number, "service_uid": row.service_uid, "service": row.service_name}
    full = known | data
    shown = full
    if row.private:
        shown = {name: value for name, value in full.items() if name in TOLD_OF_PRIVATE} | {"private": True}
    uid = writing.record(
        kind, row.uid, environment=row.environment, occurred_at=occurred_at, source_id=source_id,
        supersedes=supersedes, data=shown,
    )  # fmt: skip
    if row.private:
        Sealed.objects.create(incident=row, fact=uid, data=full)
    return uid


def person_called(said: str, *, field: str = "person") -> Person:
    """Somebody by mail address, uid or name.

    Raises:
        NotFound: when nobody, or several people, are called so.
    """
    said = said.replace("\x00", "").strip()
    rows = Person.objects.filter(is_active=True)
    found = list(rows.filter(email__iexact=said)[:1]) or list(rows.filter(uid=said)[:1])
    found = found or list(rows.filter(name__iexact=said)[:2])
    if len(found) != 1:
        raise NotFound(
            f"{'Several people are' if found else 'Nobody is'} called {said[:80]!r}.",
            remedy="Give their mail address; `roadbed person list` shows it.",
            place=Place(field=field),
        )
    return found[0]


def take_part(row: Incident, person_uid: str, name: str, *, follows: bool | None = None) -> None:
    """Let somebody see it also while it is private; `follows` says whether updates are mailed to them."""
    known, _ = Participant.objects.get_or_create(incident=row, person_uid=person_uid, defaults={"name": name[:160]})
    if follows is not None and known.follows != follows:
        known.follows = follows
        known.save()
