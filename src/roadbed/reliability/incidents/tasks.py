"""The sub-tasks of an incident: what somebody does while it goes on, until when, and that it is done."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.incidents import rules
from roadbed.reliability.incidents.models import Incident, Task
from roadbed.reliability.incidents.writing import Editing, editing, person_called, take_part

MOST = 200


def add_task(
    caller: Caller, reference: str, *, text: str, owner: str = "", due_at: datetime | None = None, now: datetime
) -> int:
    """Note a piece of work; answers its number inside the incident."""
    authorise(caller, "incident.write")
    said = rules.checked_short(text, "text")
    with editing(caller, reference, now=now, counts=False) as edit:
        row = edit.row
        last = row.tasks.aggregate(last=Max("number"))["last"] or 0
        if last >= MOST:
            raise Invalid(f"{edit.name} has {MOST} tasks.", remedy="Put what is left into its review's actions.")
        found = person_called(owner, field="owner") if owner.strip() else None
        if found is not None:
            take_part(row, found.uid, found.name)
        Task.objects.create(
            incident=row, number=last + 1, text=said, due_at=due_at, created_at=now,
            owner_uid=found.uid if found else "", owner_name=found.name if found else "",
        )  # fmt: skip
        whose = f" for {found.name}" if found else ""
        edit.told("task", f"Task {last + 1}{whose}: {said}", task=last + 1)
        return int(last + 1)


def finish_task(caller: Caller, reference: str, number: int, *, done: bool = True, now: datetime) -> None:
    """Say that it is done, or that it is not after all; saying the same again changes nothing."""
    authorise(caller, "incident.write")
    with editing(caller, reference, now=now, counts=False) as edit:
        task = _task(edit, number)
        if (task.done_at is not None) == done:
            return
        task.done_at, task.done_by = (now, caller.name[:160]) if done else (None, "")
        task.save()
        edit.told("task", f"Task {number} {'done' if done else 'is open again'}: {task.text}", task=number)


def change_task(
    caller: Caller, reference: str, number: int, *, owner: str | None = None, due_at: datetime | None = None,
    now: datetime,
) -> None:  # fmt: skip
    """Give it to somebody, or set when it is due. What is None stays.

    Raises:
        Conflict: when it is done.
    """
    authorise(caller, "incident.write")
    with editing(caller, reference, now=now, counts=False) as edit:
        task = _task(edit, number)
        if task.done_at is not None:
            raise Conflict(f"Task {number} is done.", remedy="Open it again first.")
        if owner is not None:
            found = person_called(owner, field="owner") if owner.strip() else None
            task.owner_uid, task.owner_name = (found.uid, found.name) if found else ("", "")
            edit.told("task", f"Task {number} goes to {task.owner_name or 'nobody'}: {task.text}", task=number)
        task.due_at = due_at if due_at is not None else task.due_at
        task.save()


def _task(edit: Editing, number: int) -> Task:
    found = Task.objects.filter(incident=edit.row, number=number).first() if 0 < number <= MOST else None
    if found is None:
        raise NotFound(
            f"{edit.name} has no task {number}.",
            remedy=f"`roadbed incident show {edit.name}` lists them.",
            place=Place(field="number"),
        )
    return found


def open_tasks(row: Incident) -> int:
    """How many are not done."""
    return row.tasks.filter(done_at=None).count()
