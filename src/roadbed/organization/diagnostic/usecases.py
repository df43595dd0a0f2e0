"""The verbs of the diagnostic: begin a sheet, answer, hand in, share; open a round, close it, forget what is old.

Sheets are written by whoever holds their secret, without an account: what they may do is hold it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound, Place, Unavailable
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people import queries as people
from roadbed.ground.people.models import Team
from roadbed.ground.people.queries import digest
from roadbed.ground.people.rules import ADMIN, ROADBED, SYSTEM, Caller, authorise
from roadbed.organization.diagnostic.models import Round, Sheet
from roadbed.organization.diagnostic.rules import about as telling
from roadbed.organization.diagnostic.rules.publishing import comes_out
from roadbed.organization.diagnostic.rules.questions import BY_KEY, EDITION
from roadbed.organization.diagnostic.rules.reading import answer_of

MOST_DRAFTS: Final = 5000
"""Sheets under way at once: a bound on what strangers can fill the disk with."""

DRAFT_KEPT, SHEET_KEPT, ROUND_KEPT = timedelta(days=30), timedelta(days=90), timedelta(days=730)
MOST_PEOPLE: Final = 100_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A round that was opened, with the secret of its link, which is shown this once."""

    uid: str
    secret: str


def begin(*, round_secret: str = "", now: datetime) -> str:
    """Begin a sheet, of a round where its secret is given; answers the sheet's own secret.

    Raises:
        NotFound: when there is no such round.
        Conflict: when the round is closed or has all its answers.
        Unavailable: when too many are under way.
    """
    secret = secrets.token_urlsafe(24)
    with unit(ROADBED, now=now):
        asked = _open_round(round_secret) if round_secret else None
        if Sheet.objects.filter(submitted=False).count() >= MOST_DRAFTS:
            raise Unavailable(
                "Too many people answer at once.", remedy="Try again tomorrow, or use `roadbed diagnose`."
            )
        Sheet.objects.create(digest=digest(secret), round=asked, edition=EDITION, touched_on=now.date())
    return secret


def answer(secret: str, given: Mapping[str, Any], *, now: datetime) -> None:
    """Keep answers by their questions' keys.

    Raises:
        Invalid: naming the question and what it takes.
    """
    kept = {key: answer_of(BY_KEY[key], value, Place(field=key)) for key, value in given.items()}
    with unit(ROADBED, now=now):
        row = _draft(secret)
        row.answers = {**row.answers, **kept}
        _touch(row, now)


def tell(secret: str, told: Mapping[str, Any], *, now: datetime) -> None:
    """Keep what is told about the organization.

    Raises:
        Invalid: naming the field and what it takes.
    """
    checked = {key: telling.check(key, value, Place(field=key)) for key, value in told.items()}
    with unit(ROADBED, now=now):
        row = _draft(secret)
        row.about = {key: value for key, value in {**row.about, **checked}.items() if value is not None}
        _touch(row, now)


def hand_in(secret: str, *, now: datetime) -> None:
    """Finish a sheet. In a round it waits until five have come; then these come out together and stay as they are."""
    with unit(ROADBED, now=now) as writing:
        row = _draft(secret)
        if row.round_id is not None:
            asked = _require_open(Round.objects.select_for_update().get(pk=row.round_id))
        row.submitted = True
        _touch(row, now)
        if row.round_id is None:
            return
        waiting = Sheet.objects.filter(round=asked, submitted=True, batch=None)
        many = waiting.count()
        if comes_out(many):
            asked.batches, asked.out, asked.published_at = asked.batches + 1, asked.out + many, now
            asked.save()
            waiting.update(batch=asked.batches)
            writing.record("diagnostic.published", asked.uid, data={"people": asked.out, "team": _team_name(asked)})


def share(secret: str, *, now: datetime) -> str:
    """Make a read-only link to a finished sheet that is one's own; answers its secret. An earlier link ends."""
    made = secrets.token_urlsafe(24)
    with unit(ROADBED, now=now):
        row = sheet_of(secret)
        if row.round_id is not None:
            raise Conflict("Answers for a team are shown together with the others only.")
        row.share = digest(made)
        _touch(row, now)
    return made


def reopen(secret: str, *, now: datetime) -> None:
    """Go on with a finished sheet that is one's own."""
    with unit(ROADBED, now=now):
        row = sheet_of(secret)
        if row.round_id is not None:
            raise Conflict("What was handed in for a team stays as it is: a change would tell who changed it.")
        row.submitted = False
        _touch(row, now)


def open_round(caller: Caller, *, team: str = "", asked: int | None = None, now: datetime) -> Opened:
    """Ask a team, or everybody where none is named; a round of theirs that is open is closed.

    Args:
        caller: a member of the team, or an admin.
        team: its name, empty for everybody.
        asked: how many people get the link, where not all of them are people of this Roadbed.
        now: when it opens.

    Raises:
        Invalid: for a number of people outside 1 to 100,000.
        Forbidden: when the caller is no member of the team, or no admin where everybody is asked.
    """
    authorise(caller, "diagnostic.ask", team=team or None)
    if not team and caller.role not in (ADMIN, SYSTEM):
        raise Forbidden("Not allowed: everybody is asked by an admin.", remedy="Ask an admin, or ask your own team.")
    if asked is not None and not 1 <= asked <= MOST_PEOPLE:
        place = Place(field="people")
        raise Invalid(f"{asked} people are not between 1 and {MOST_PEOPLE:,}.", place=place)
    secret = secrets.token_urlsafe(24)
    with unit(caller, now=now) as writing:
        row = _team(team) if team else None
        active = people.active_uids()
        members = active if row is None else _members(row) & active
        for one in Round.objects.filter(team=row, closed_at=None):
            one.closed_at = now
            one.save()
        made = Round.objects.create(
            team=row, digest=digest(secret), members=len(members) if asked is None else asked,
            opened_by=caller.name[:160], opened_at=now,
        )  # fmt: skip
        writing.record("diagnostic.opened", made.uid, data={"team": team, "members": made.members})
    return Opened(made.uid, secret)


def close_round(caller: Caller, uid: str, *, now: datetime) -> None:
    """Take no more answers. Those that wait, fewer than five, are never shown."""
    with unit(caller, now=now) as writing:
        row = Round.objects.select_related("team").filter(uid=uid[:32]).first()
        if row is None:
            raise NotFound(f"There is no round {uid[:40]}.", remedy="`roadbed diagnostic list` shows them.")
        authorise(caller, "diagnostic.ask", team=row.team.name if row.team else None)
        if row.team is None and caller.role not in (ADMIN, SYSTEM):
            raise Forbidden("Not allowed: everybody is asked by an admin.", remedy="Ask an admin to close it.")
        if not Round.objects.filter(pk=row.pk, closed_at=None).update(closed_at=now):
            raise Conflict("This round is closed already.")
        writing.record("diagnostic.closed", row.uid, data={"team": _team_name(row), "people": row.out})


def forget_old(*, now: datetime) -> int:
    """Delete drafts nobody touched for 30 days, single sheets after 90, rounds after two years; answers how many."""
    with unit(ROADBED, now=now):
        drafts = Sheet.objects.filter(submitted=False, touched_on__lt=(now - DRAFT_KEPT).date()).delete()[0]
        own = Sheet.objects.filter(round=None, touched_on__lt=(now - SHEET_KEPT).date()).delete()[0]
        rounds = Round.objects.filter(opened_at__lt=now - ROUND_KEPT).delete()[0]
    return drafts + own + rounds


def sheet_of(secret: str) -> Sheet:
    """The sheet behind a secret.

    Raises:
        NotFound: when there is none, or none any more.
    """
    row = Sheet.objects.filter(digest=digest(secret)).first() if secret else None
    if row is None:
        raise NotFound("These answers are not kept here, or not any more.", remedy="Begin again under /diagnostic.")
    return row


def _draft(secret: str) -> Sheet:
    row = sheet_of(secret)
    if row.submitted:
        raise Conflict("These answers were handed in.", remedy="See the result under /diagnostic/result.")
    return row


def _touch(row: Sheet, now: datetime) -> None:
    row.touched_on = now.date()
    row.save()


def _open_round(secret: str) -> Round:
    row = Round.objects.filter(digest=digest(secret)).first()
    if row is None:
        raise NotFound("Nobody is asked by this link.", remedy="Ask whoever sent it for a new one.")
    return _require_open(row)


def _require_open(row: Round) -> Round:
    if row.closed_at is not None:
        raise Conflict("This round is closed.", remedy="Answer for yourself under /diagnostic.")
    # As many as there are people: who holds the link cannot drown the others' answers in made-up ones.
    if Sheet.objects.filter(round=row, submitted=True).count() >= row.members:
        raise Conflict("Everybody has answered.", remedy="Answer for yourself under /diagnostic.")
    return row


def _team(name: str) -> Team:
    row = Team.objects.filter(name__iexact=name, archived_at=None).first()
    if row is None:
        raise NotFound(
            f"There is no team {name[:63]}.", remedy="`roadbed team list` shows them.", place=Place(field="team")
        )
    return row


def _team_name(row: Round) -> str:
    return row.team.name if row.team else ""


def _members(row: Team) -> frozenset[str]:
    found = people.team(row.name)
    return frozenset(one.uid for one in found.members) if found else frozenset()
