"""Correcting who was on call, setting the rules of pay, signing a sheet off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Max

from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person, Team
from roadbed.ground.people.queries import TeamView
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.paging.load.models import Correction, PayRules, SignedSheet
from roadbed.reliability.paging.load.queries import leads
from roadbed.reliability.paging.load.serving import keep
from roadbed.reliability.paging.load.sheets import sheet_of
from roadbed.reliability.paging.rotating import team_named
from roadbed.reliability.paging.rules.load.reading import read_rules

LONGEST: Final = timedelta(days=366)
FEWEST_WORDS: Final = 5


def set_rules(caller: Caller, *, document: str, file: str = "pay.yaml", now: datetime) -> int:
    """Give the organization new rules of pay; answers their version. Sheets that are signed keep theirs.

    Raises:
        Invalid: naming file, line and field of each fault.
    """
    authorise(caller, "pay.write")
    rules = read_rules(document, file)
    with unit(caller, now=now) as writing:
        version = (PayRules.objects.aggregate(last=Max("version"))["last"] or 0) + 1
        PayRules.objects.create(version=version, document=document, made_by=caller.name[:160], made_at=now)
        data = {"version": version, "currency": rules.currency, "classes": sorted(rules.rates)}
        writing.record("pay.rules.changed", "organization", data=data)
    return version


def correct(
    caller: Caller,
    team: str,
    *,
    person: str,
    starts_at: datetime,
    ends_at: datetime,
    why: str,
    standby: bool = False,
    now: datetime,
) -> str:
    """Say that somebody else was on call than the record has, or stood by. Answers its uid.

    Raises:
        Invalid: when it is not over, longer than a year, or has no reason.
        Forbidden: unless a lead of the team or an admin says it.
        NotFound: for an unknown team, or somebody whom nobody knows.
    """
    found = team_named(team)
    lead_of(caller, found)
    if not starts_at < ends_at <= starts_at + LONGEST:
        raise Invalid("It ends before it begins, or lasts longer than a year.", place=Place(field="to"))
    if ends_at > now:
        raise Invalid(
            "It is not over yet.", remedy=f"`roadbed oncall cover {found.name}` changes what is to come.",
            place=Place(field="to"),
        )  # fmt: skip
    said = " ".join(why.split())[:200]
    if len(said) < FEWEST_WORDS:
        raise Invalid("A correction needs its reason.", remedy="Say what happened.", place=Place(field="why"))
    who = Person.objects.filter(email__iexact=person.strip()).first()
    if who is None:
        raise NotFound(f"Nobody has the address {person[:254]}.", remedy="Name somebody by their e-mail address.")
    start, end = (at.replace(microsecond=0) for at in (starts_at, ends_at))
    with unit(caller, now=now) as writing:
        row = Correction.objects.create(
            team=Team.objects.get(uid=found.uid), starts_at=start, ends_at=end, person_uid=who.uid, why=said,
            standby=standby, made_by=caller.name[:160], made_at=now,
        )  # fmt: skip
        data = {
            "team": found.name, "correction": row.uid, "standby": standby, "person": who.name,
            "from": start.isoformat(), "to": end.isoformat(), "why": said,
        }  # fmt: skip
        writing.record("shift.corrected", found.uid, data=data)
    return row.uid


def take_back(caller: Caller, uid: str, *, now: datetime) -> None:
    """Take a correction back. Doing it again changes nothing."""
    row = Correction.objects.select_related("team").filter(uid=uid.replace("\x00", "")).first()
    if row is None:
        raise NotFound(f"There is no correction {uid[:40]}.", remedy="`roadbed oncall corrections TEAM` shows them.")
    lead_of(caller, team_named(row.team.name))
    with unit(caller, now=now) as writing:
        if Correction.objects.filter(pk=row.pk, removed_at=None).update(removed_at=now):
            data = {"team": row.team.name, "correction": row.uid, "removed": True}
            writing.record("shift.corrected", row.team.uid, data=data)


def sign_off(caller: Caller, team: str, *, start: datetime, end: datetime, now: datetime) -> str:
    """Freeze a team's sheet of a span that is over. Answers its uid.

    Raises:
        Invalid: when the span is not over.
        Conflict: when it was signed already.
        Forbidden: unless a lead of the team or an admin does it.
    """
    found = team_named(team)
    lead_of(caller, found)
    if end > now:
        raise Invalid("The span is not over yet.", remedy="Sign it off afterwards.", place=Place(field="to"))
    keep((found.uid,), now=now)
    seen = sheet_of(found, start=start, end=end, now=now)
    lines = [
        {
            "person": line.person,
            "seconds": dict(line.seconds),
            "amount": None if line.amount is None else str(line.amount),
            "standby": dict(line.standby),
            "standby_amount": None if line.standby_amount is None else str(line.standby_amount),
        }
        for line in seen.sheet.lines
    ]
    with unit(caller, now=now) as writing:
        try:
            with transaction.atomic():
                row = SignedSheet.objects.create(
                    team=Team.objects.get(uid=found.uid), starts_at=start, ends_at=end, lines=lines,
                    rules_version=seen.rules_version, currency=seen.currency, nobody=seen.sheet.nobody,
                    unknown=seen.sheet.unknown,
                    standby_nobody=seen.sheet.standby_nobody, standby_unknown=seen.sheet.standby_unknown,
                    signed_by=caller.name[:160], signed_at=now,
                )  # fmt: skip
        except IntegrityError:
            raise Conflict(
                "This span is signed already.", remedy="Later corrections show as differences to it."
            ) from None
        data = {
            "team": found.name, "sheet": row.uid, "from": start.isoformat(), "to": end.isoformat(),
            "people": len(lines), "rules": seen.rules_version,
        }  # fmt: skip
        writing.record("pay.signed", found.uid, data=data)
    return row.uid


def lead_of(caller: Caller, team: TeamView) -> None:
    """Refuse whoever is neither a lead of the team nor an admin."""
    authorise(caller, "rotation.write", team=team.name)
    if not leads(caller, team):
        raise Forbidden(
            f"Not allowed: {caller.name} leads nobody in {team.name}.",
            remedy=f"Ask a lead of {team.name} or an admin to do it.",
        )
