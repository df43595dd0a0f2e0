"""Telling stakeholders: updates posted inside or to everybody, who follows, and the word that is due next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from roadbed.ground.errors import Conflict, Invalid, Place
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED, Caller, authorise
from roadbed.reliability.incidents import rules, severities
from roadbed.reliability.incidents.chatting import tell_room
from roadbed.reliability.incidents.models import Incident, Update
from roadbed.reliability.incidents.rules.updates import next_update
from roadbed.reliability.incidents.seeing import row_of, visible
from roadbed.reliability.incidents.writing import editing, record, take_part

SEND: Final = "incidents.mail"
LONGEST_PROMISE: Final = timedelta(days=7)
AT_ONCE: Final = 100


def post_update(
    caller: Caller,
    reference: str,
    *,
    text: str,
    public: bool = False,
    stage: str = "",
    next_at: datetime | None = None,
    version: int | None = None,
    now: datetime,
) -> str:
    """Tell stakeholders; answers the update's uid. Who follows is sent it, a public one also goes to the status page.

    Without `next_at` the next word is due by the severity's rhythm.

    Raises:
        Conflict: when it is to be public and the incident is not published, or is private.
    """
    authorise(caller, "incident.write")
    said = rules.checked_note(text)
    stage = rules.checked_stage(stage) if stage else ""
    if next_at is not None and not now < next_at <= now + LONGEST_PROMISE:
        raise Invalid(
            f"The next word cannot come at {next_at.isoformat()}.",
            remedy="Give an instant within the next 7 days.",
            place=Place(field="next_at"),
        )
    with editing(caller, reference, now=now, version=version) as edit:
        row = edit.row
        if public and not row.public:
            raise Conflict(
                f"{edit.name} is not on the status page.",
                remedy=f"Publish it first, under a title that says nothing internal: "
                f"`roadbed incident publish {edit.name} TITLE`.",
                place=Place(field="public"),
            )
        if stage and stage != row.stage and (stage == "resolved" or rules.STATUS_OF[stage] != row.status):
            verb = {"resolved": "resolve", "monitoring": "mitigate"}.get(stage, "reopen")
            raise Conflict(
                f"{edit.name} is {row.stage}.",
                remedy=f"Say so first: `roadbed incident {verb} {edit.name}`.",
                place=Place(field="stage"),
            )
        if stage and stage != row.stage:
            edit.told("stage", f"{stage.capitalize()}, formerly {row.stage}", stage=stage)
            row.stage = stage
        made = Update.objects.create(
            incident=row, text=said, stage=row.stage, public=public, posted_at=now, posted_by=caller.name[:160]
        )
        over = row.status == Incident.RESOLVED
        row.next_update_at = None if over else next_at or next_update(severities.minutes_of(row.severity), now=now)
        row.reminded_at = None
        record(edit.writing, row, "incident.updated", {"text": said, "public": public, "update": made.uid})
        enqueue(SEND, {"update": made.uid}, key=f"{SEND}:{made.uid}", now=now)
        tell_room(row, f"{caller.name} told stakeholders: {said}", key=made.uid, now=now)
        return made.uid


def publish(caller: Caller, reference: str, *, title: str, version: int | None = None, now: datetime) -> None:
    """Put it on the status page under words for the public, or change these words.

    Raises:
        Conflict: for a private one.
    """
    authorise(caller, "incident.write")
    said = rules.checked_title(title)
    with editing(caller, reference, now=now, version=version) as edit:
        row = edit.row
        if row.private:
            raise Conflict(
                f"{edit.name} is private.", remedy="Open it to everybody inside first, which cannot be undone."
            )
        if row.public and row.public_title == said:
            return
        row.public, row.public_title = True, said
        edit.told("published", f"On the status page as “{said}”")


def withdraw(caller: Caller, reference: str, *, version: int | None = None, now: datetime) -> None:
    """Take it off the status page; what was mailed stays mailed."""
    authorise(caller, "incident.write")
    with editing(caller, reference, now=now, version=version) as edit:
        if edit.row.public:
            edit.row.public = False
            edit.told("published", "No longer on the status page")


def follow(caller: Caller, reference: str, *, follows: bool = True, now: datetime) -> None:
    """Have its updates mailed to oneself, or no longer."""
    authorise(caller, "read")
    with unit(caller, now=now):
        row = row_of(reference, caller)
        if not Person.objects.filter(uid=caller.uid).exists():
            raise Invalid("A token has no mail address.", remedy="Follow it signed in.")
        take_part(row, caller.uid, caller.name, follows=follows)


def let_in(caller: Caller, reference: str, *, person: Person, now: datetime) -> None:
    """Let somebody see a private incident."""
    authorise(caller, "incident.write")
    with editing(caller, reference, now=now, counts=False) as edit:
        take_part(edit.row, person.uid, person.name)
        edit.told("participant", f"{person.name} takes part", person=person.uid)


def set_private(caller: Caller, reference: str, *, private: bool, version: int | None = None, now: datetime) -> None:
    """Hide it from all but its participants and admins, or open it. What the ledger was told before stays told.

    Raises:
        Conflict: while it is on the status page.
    """
    authorise(caller, "incident.write")
    with editing(caller, reference, now=now, version=version) as edit:
        row = edit.row
        if row.private == private:
            return
        if private and row.public:
            raise Conflict(
                f"{edit.name} is on the status page.", remedy=f"`roadbed incident withdraw {edit.name}` first."
            )
        row.private = private
        if private:
            take_part(row, caller.uid, caller.name)
            for held in row.roles.values():
                take_part(row, held["uid"], held["name"])
        edit.told("private", "Private from here on" if private else "Open to everybody who is signed in")


def remind(*, now: datetime) -> tuple[str, ...]:
    """Remind of each word to stakeholders that is overdue, once; answers the incidents' uids."""
    due = Incident.objects.filter(next_update_at__lte=now, reminded_at=None).exclude(status=Incident.RESOLVED)
    reminded = []
    for uid in list(due.values_list("uid", flat=True)[:AT_ONCE]):
        with unit(ROADBED, now=now) as writing:
            # Taken by a conditional update, so that of two workers one reminds.
            if not Incident.objects.filter(uid=uid, reminded_at=None, next_update_at__lte=now).update(reminded_at=now):
                continue
            row = Incident.objects.get(uid=uid)
            at = row.next_update_at.strftime("%H:%M") if row.next_update_at else ""
            text = f"Stakeholders were to hear by {at} UTC and have not"
            record(writing, row, "incident.changed", {"what": "update-due", "text": text})
            enqueue("incidents.remind.mail", {"incident": uid, "at": now.isoformat()}, now=now)
        reminded.append(uid)
    return tuple(reminded)


def overdue(caller: Caller, *, now: datetime) -> int:
    """How many incidents that the caller sees wait for a word that was promised."""
    rows = Incident.objects.filter(next_update_at__lte=now).exclude(status=Incident.RESOLVED)
    return visible(rows, caller).count()
