"""Digests over HTTP: one's own settings, a preview, and what a team's members get."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router

from roadbed.ground.api.doors import caller
from roadbed.ground.people.rules import authorise
from roadbed.organization.digest import queries, usecases
from roadbed.organization.digest.composing import mail_of
from roadbed.organization.digest.schemas import DigestIn, DigestPreview, DigestSettings, DigestTeam, DigestTeamIn

router = Router(tags=["digest"])


@router.get("/digest", response=DigestSettings)
def show_digest(request: HttpRequest) -> Any:
    """What one wants, and what became of the last digests."""
    authorise(caller(request), "read")
    return queries.settings_of(usecases.person_of(caller(request)), now=timezone.now())


@router.put("/digest", response=DigestSettings)
def write_digest(request: HttpRequest, body: DigestIn) -> Any:
    """Say whether and when one wants digests."""
    now = timezone.now()
    usecases.write_preference(caller(request), **body.dict(), now=now)
    return queries.settings_of(usecases.person_of(caller(request)), now=now)


@router.get("/digest/preview", response=DigestPreview)
def preview_digest(request: HttpRequest) -> Any:
    """The digest as it would be sent now; nothing is sent."""
    authorise(caller(request), "read")
    mail = mail_of(usecases.person_of(caller(request)), now=timezone.now())
    found = mail.digest
    return {
        "subject": mail.subject, "empty": found.is_empty, "since": found.since, "until": found.until,
        "parts": found.parts, "text": mail.text.replace(mail.stop, "…"),
    }  # fmt: skip


@router.put("/digest/teams/{team}", response=DigestTeam)
def write_team_digest(request: HttpRequest, team: Annotated[str, Path(max_length=63)], body: DigestTeamIn) -> Any:
    """Let a team's members get digests, or not, unless they say otherwise."""
    usecases.write_team_default(caller(request), team, wanted=body.wanted, now=timezone.now())
    return {"team": team, "wanted": queries.team_wants(team)}
