"""Doing what a command in a chat says, through the same verbs as pages and the API, and saying what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Invalid, Refusal
from roadbed.ground.people import queries as people
from roadbed.ground.people.rules import Caller
from roadbed.ground.ports.commands import Line
from roadbed.portal.chat import spoken as words
from roadbed.portal.chat.spoken import Spoken
from roadbed.reliability.incidents import queries as incidents
from roadbed.reliability.incidents import usecases as incident_verbs
from roadbed.reliability.paging import calling, handing, queries, usecases
from roadbed.reliability.paging.answers import TeamOnCall
from roadbed.reliability.paging.reaching import speaking

MOST: Final = 12


def do(caller: Caller, said: Spoken, *, chat: str, address: str, now: datetime) -> list[Line]:
    """Obey; what is refused is answered with its reason and remedy, and changed nothing."""
    verb = {
        words.RESOLVE: _resolve, words.ESCALATE: _escalate, words.SNOOZE: _snooze, words.WHO: _who, words.PAGE: _page,
        words.INCIDENT: _incident,
    }.get(said.verb)  # fmt: skip
    try:
        if said.verb == words.ACK:
            return _ack(caller, said, (chat, address), now)
        return verb(caller, said, now) if verb else [Line(one) for one in words.USAGE]
    except Refusal as refusal:
        return [Line(f"{refusal.detail} {refusal.remedy}".strip())]


def _ack(caller: Caller, said: Spoken, at: tuple[str, str], now: datetime) -> list[Line]:
    page = speaking.named(said.first) if said.first else None
    if page is None:
        pages = speaking.waiting(caller)
        if said.first or not pages:
            what = f"No open page begins with {said.first[:40]}." if said.first else "No page waits for you."
            page = speaking.one_of([], what)
        elif len(pages) > 1:
            listed = [Line(f"`{one.uid[:8]}` {one.title}", speaking.token_for(one, *at)) for one in pages]
            return [Line(f"{len(pages)} pages wait for you: press, or `/roadbed ack PAGE`."), *listed]
        else:
            page = pages[0]
    if usecases.acknowledge(caller, page.uid, now=now):
        return [Line(f"You have it: {page.title}. `/roadbed resolve REASON` closes it. {_link(page.uid)}")]
    return [Line(f"Somebody else has it already: {page.title}. {_link(page.uid)}")]


def _resolve(caller: Caller, said: Spoken, now: datetime) -> list[Line]:
    page, reason = speaking.named(said.first), said.rest
    if page is None:
        page, reason = speaking.one_of(speaking.held(caller), "You have no open page."), said.text
    usecases.close(caller, page.uid, reason=reason, now=now)
    return [Line(f"It is closed: {page.title}.")]


def _escalate(caller: Caller, said: Spoken, now: datetime) -> list[Line]:
    page, reason = speaking.named(said.first), said.rest
    if page is None:
        page, reason = speaking.one_of(speaking.held(caller), "You have no open page."), said.text
    handing.escalate(caller, page.uid, reason=reason, now=now)
    paged = queries.require_alert(page.uid).alert
    return [Line(f"It is handed on: {page.title}. Paged so far: {', '.join(paged.paged) or 'nobody'}.")]


def _snooze(caller: Caller, said: Spoken, now: datetime) -> list[Line]:
    page = speaking.named(said.first)
    rest = said.text if page is None else said.rest
    length = words.length(rest)
    if length is None:
        raise Invalid(f"{rest[:40]!r} is no length of time.", remedy="Write `/roadbed snooze 30m`, 2h or 1d.")
    page = page or speaking.one_of(speaking.held(caller) or speaking.waiting(caller), "You have no open page.")
    usecases.snooze(caller, page.uid, until=now + length, now=now)
    until = f"{now + length:%a %-d %b %H:%M} UTC"
    return [Line(f"It is snoozed until {until}: {page.title}. If it goes on, it is paged again. {_link(page.uid)}")]


def _who(caller: Caller, said: Spoken, now: datetime) -> list[Line]:
    whom = said.text
    rows = queries.on_call(now=now)
    if whom:
        team = people.team(whom)
        if team is None:
            service = catalog.require_service(whom)
            engaged = next(iter(catalog.engagements(service.uid, on=now.date())), None)
            name = engaged.team if engaged else service.owner
        else:
            name = team.name
        rows = tuple(one for one in rows if one.team == name)
    else:
        rows = tuple(one for one in rows if one.team in caller.teams) or rows
    return [Line(_on_call(one)) for one in rows[:MOST]] or [Line("There is no such team.")]


def _on_call(team: TeamOnCall) -> str:
    if team.first is None:
        return f"*{team.team}*: " + (f"everybody is paged, {len(team.members)}" if team.members else "nobody")
    until = team.rotation.until if team.rotation else None
    ends = f" until {until:%a %-d %b %H:%M} UTC" if until else ""
    return f"*{team.team}*: {team.first.name}{ends}, then {team.second.name if team.second else 'nobody'}"


def _page(caller: Caller, said: Spoken, now: datetime) -> list[Line]:
    severity, text = words.severity_in(said.rest, usual=2)
    uid = calling.call(caller, said.first, text=text, severity=severity, now=now)
    paged = queries.require_alert(uid).alert
    whom = ", ".join(paged.paged) or "nobody yet"
    return [Line(f"{paged.team} is paged, first {whom}: {paged.title}. {_link(uid)}")]


def _incident(caller: Caller, said: Spoken, now: datetime) -> list[Line]:
    if not said.first or said.text.lower() == "list":
        found = incidents.incidents(status="unresolved", caller=caller).items
        return [
            Line(f"*{one.name}* severity {one.severity}, {one.service}: {one.title}") for one in found[:MOST]
        ] or [Line("No incident is open.")]  # fmt: skip
    if words.is_incident(said.first):
        incident_verbs.note(caller, said.first.upper(), text=said.rest, now=now)
        return [Line(f"It stands on the timeline of {said.first.upper()}.")]
    severity, title = words.severity_in(said.rest, usual=2)
    uid = incident_verbs.open_by_hand(caller, said.first, title=title, severity=severity, now=now)
    made = incidents.view_for(uid, caller=caller)
    return [Line(f"*{made.name}* is open: {made.title}, severity {made.severity}. {_incident_link(made.name)}")]


def _link(uid: str) -> str:
    return f"{settings.PUBLIC_URL}/on-call/pages/{uid}"


def _incident_link(name: str) -> str:
    return f"{settings.PUBLIC_URL}/incidents/{name}"
