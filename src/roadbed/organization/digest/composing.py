"""Gathers what one person's digest tells, each room asked once a team, and puts it into words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse

from roadbed.ground.asks import measures, news
from roadbed.ground.asks.measures import TEAM, Asked
from roadbed.ground.asks.news import Week
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.people.derived import derived
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import team_names
from roadbed.organization.digest.rules.composing import Digest, TeamPart, comparable, moved, text_of
from roadbed.organization.digest.rules.scheduling import WEEK

SPAN: Final = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Mail:
    """A digest as it is sent. `stop` is the link behind which one press ends them."""

    digest: Digest
    subject: str
    text: str
    html: str
    stop: str


def digest_of(person: Person, *, now: datetime) -> Digest:
    """What the last seven days brought to the teams of a person."""
    since = now - WEEK
    owned = catalog.owned()
    parts = []
    for team in sorted(team_names(person)):
        services = {one.uid: one.name for one in owned if one.owner == team}
        parts.append(_part(Week(team, services, since, now, person.uid), now))
    return Digest(person.name, since, now, tuple(parts))


def mail_of(person: Person, *, now: datetime) -> Mail:
    """The same as a mail."""
    digest = digest_of(person, now=now)
    base, stop = str(settings.PUBLIC_URL), stop_link(person.uid)
    html = render_to_string("digest/mail.html", {"digest": digest, "base": base, "stop": stop})
    return Mail(digest, digest.subject, text_of(digest, base=base, stop=stop), html, stop)


def stop_link(person_uid: str) -> str:
    """Where a person's digests end; whoever holds it needs no sign-in, and opening it changes nothing."""
    return str(settings.PUBLIC_URL) + reverse("digest:stop", args=[person_uid, derived("digest.stop", person_uid)])


def _part(week: Week, now: datetime) -> TeamPart:
    current = Asked(TEAM, week.team, now - SPAN, now, now)
    former = replace(current, since=current.since - SPAN, until=current.since)
    changes, compared = [], 0
    for metric in measures.metrics():
        if not metric.past or not week.services:
            continue
        before, today = measures.measure(metric.key, former), measures.measure(metric.key, current)
        if comparable(before, today):
            compared += 1
            changes.append(moved(metric, before, today, _rows(metric.page, week.team)))
    return TeamPart(
        team=week.team,
        url=reverse("people:team", args=[week.team]),
        compared=compared,
        moved=tuple(one for one in changes if one is not None),
        sections=news.told(week),
    )


def _rows(page: str, team: str) -> str:
    try:
        return f"{reverse(page)}?team={team}"
    except NoReverseMatch:
        return reverse("people:team", args=[team])
