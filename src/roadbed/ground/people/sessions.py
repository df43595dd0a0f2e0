"""The sessions of a person: where they are signed in, and ending the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

ABOUT = "about"
LONGEST = 200


@dataclass(frozen=True, slots=True)
class SessionView:
    """One place where a person is signed in. What was not written down stays empty."""

    browser: str
    by: str
    since: datetime | None
    here: bool


def describe(request: HttpRequest, *, by: str, now: datetime) -> None:
    """Write down how and from what a session began, for its owner to recognise."""
    browser = request.headers.get("User-Agent", "")[:LONGEST]
    request.session[ABOUT] = {"by": by, "browser": browser, "since": now.isoformat()}


def of_person(person_pk: int, *, here: str | None, now: datetime) -> tuple[SessionView, ...]:
    """Where the person is signed in, newest first."""
    views = [
        SessionView(
            browser=_browser(about.get("browser", "")),
            by=about.get("by", ""),
            since=datetime.fromisoformat(about["since"]) if about.get("since") else None,
            here=session.session_key == here,
        )
        for session, about in _live(person_pk, now)
    ]
    return tuple(sorted(views, key=lambda view: (view.here, view.since or now), reverse=True))


def end_others(person_pk: int, *, here: str | None, now: datetime) -> int:
    """Sign the person out everywhere else, and say in how many places."""
    keys = [session.session_key for session, _ in _live(person_pk, now) if session.session_key != here]
    Session.objects.filter(session_key__in=keys).delete()
    return len(keys)


def _live(person_pk: int, now: datetime) -> Iterator[tuple[Session, dict[str, Any]]]:
    # The table knows no person, so each live session is opened: one page of one person, asked for seldom.
    for session in Session.objects.filter(expire_date__gt=now).iterator():
        data = session.get_decoded()
        if data.get(SESSION_KEY) == str(person_pk):
            yield session, data.get(ABOUT, {})


def _browser(agent: str) -> str:
    """A browser and system as one recognises them, out of a User-Agent line."""
    names = (
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chromium"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    )
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in names if mark in agent), "A browser")
    system = next((name for mark, name in systems if mark in agent), "")
    return f"{browser} on {system}" if system else browser
