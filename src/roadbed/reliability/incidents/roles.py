"""Who does what in an incident: roles given, taken and handed over with notes."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.incidents import rules
from roadbed.reliability.incidents.writing import Editing, editing, person_called, take_part


def assign(
    caller: Caller, reference: str, *, role: str, person: str, version: int | None = None, now: datetime
) -> None:
    """Give a role to a person, by mail address, uid or name; an empty name takes it away."""
    authorise(caller, "incident.write")
    role = rules.checked_role(role)
    with editing(caller, reference, now=now, version=version) as edit:
        wanted = person.replace("\x00", "").strip()
        _give(edit, role, person_called(wanted) if wanted else None)


def _give(edit: Editing, role: str, found: Person | None, *, notes: dict[str, str] | None = None) -> None:
    row, word = edit.row, rules.ROLES[role]
    former = row.roles[role]["name"] if role in row.roles else "nobody"
    roles = {name: held for name, held in row.roles.items() if name != role}
    if found is not None:
        roles[role] = {"uid": found.uid, "name": found.name}
        take_part(row, found.uid, found.name)
        if row.stage == "triggered":
            row.stage = "investigating"
    row.roles = roles
    name, uid = (found.name, found.uid) if found is not None else ("nobody", "")
    if notes is None:
        edit.told("role", f"{word}: {name}", role=role, person=uid)
    else:
        edit.told("handover", f"{word} handed over from {former} to {name}", role=role, person=uid, notes=notes)


def hand_over(
    caller: Caller,
    reference: str,
    *,
    role: str,
    to: str,
    known: str,
    tried: str = "",
    following: str = "",
    informed: str = "",
    version: int | None = None,
    now: datetime,
) -> None:
    """Hand a role over with what its next holder needs: what is known, was tried, comes next, and who was told.

    Raises:
        Invalid: when nothing is said to be known, or nobody holds the role.
    """
    authorise(caller, "incident.write")
    role = rules.checked_role(role)
    said = {"known": known, "tried": tried, "next": following, "informed": informed}
    notes = {name: rules.checked_note(text) for name, text in said.items() if text.strip()}
    if "known" not in notes:
        raise Invalid(
            "A hand-over says what is known.", remedy="Write it in a sentence or two.", place=Place(field="known")
        )
    with editing(caller, reference, now=now, version=version) as edit:
        _give(edit, role, person_called(to, field="to"), notes=notes)
