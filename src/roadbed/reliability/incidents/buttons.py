"""The further buttons of an incident's page: one address for each verb, every one a POST that comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone
from django.views.decorators.http import require_POST

from roadbed.ground.errors import Refusal
from roadbed.ground.people.rules import Caller
from roadbed.ground.shell import doors
from roadbed.reliability.incidents import (
    chatting,
    joining,
    judging,
    roles,
    severities,
    tasks,
    telling,
    timing,
    usecases,
    views,
)
from roadbed.reliability.incidents.acting import doing, instant_of, version_of
from roadbed.reliability.incidents.writing import person_called

if TYPE_CHECKING:
    from django.http import HttpRequest

Act = Callable[["HttpRequest", Caller, str, datetime], object]


def _text(request: HttpRequest, field: str) -> str:
    return str(request.POST.get(field, "")).strip()


def _number(request: HttpRequest, field: str) -> int:
    said = _text(request, field)
    return int(said) if said.isdecimal() and len(said) < 6 else 0  # noqa: PLR2004 - no list is so long


def _stage(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    usecases.move(caller, name, stage=_text(request, "stage"), version=version_of(request), now=now)


def _reopen(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    usecases.reopen(caller, name, reason=_text(request, "reason"), version=version_of(request), now=now)


def _hand_over(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    notes = {field: _text(request, field) for field in ("role", "to", "known", "tried", "following", "informed")}
    roles.hand_over(caller, name, **notes, version=version_of(request), now=now)


def _task(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    due = instant_of(_text(request, "due_at"), "due_at")
    tasks.add_task(caller, name, text=_text(request, "text"), owner=_text(request, "owner"), due_at=due, now=now)


def _done(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    tasks.finish_task(caller, name, _number(request, "number"), done=not request.POST.get("open"), now=now)


def _update(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    telling.post_update(
        caller, name, text=_text(request, "update"), public=_text(request, "to") == "public",
        next_at=instant_of(_text(request, "next_at"), "next_at"), version=version_of(request), now=now,
    )  # fmt: skip


def _publish(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    if request.POST.get("withdraw"):
        telling.withdraw(caller, name, version=version_of(request), now=now)
    else:
        telling.publish(caller, name, title=_text(request, "title"), version=version_of(request), now=now)


def _private(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    private = bool(request.POST.get("private"))
    telling.set_private(caller, name, private=private, version=version_of(request), now=now)


def _let_in(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    telling.let_in(caller, name, person=person_called(_text(request, "person")), now=now)


def _follow(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    telling.follow(caller, name, follows=not request.POST.get("leave"), now=now)


def _time(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    at = instant_of(_text(request, "at"), "at")
    timing.correct_time(
        caller, name, which=_text(request, "which"), at=at or now, evidence=_text(request, "evidence"),
        version=version_of(request), now=now,
    )  # fmt: skip


def _mark(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    said = {field: _text(request, field) for field in ("fact", "kind", "reason")}
    judging.mark(caller, name, **said, now=now)


def _judge(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    said = {field: _text(request, field) for field in ("fact", "verdict", "reason")}
    judging.judge(caller, name, **said, version=version_of(request), now=now)


def _merge(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    joining.merge(caller, name, _text(request, "into"), now=now)


def _unmerge(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:  # noqa: ARG001 - one form for all
    joining.unmerge(caller, name, now=now)


def _split(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    services, entries = (tuple(request.POST.getlist(field)) for field in ("services", "entries"))
    joining.split(caller, name, title=_text(request, "title"), services=services, entries=entries, now=now)


def _room(request: HttpRequest, caller: Caller, name: str, now: datetime) -> None:
    act = {"pins": chatting.take_pins, "archive": chatting.want_archived}.get(_text(request, "what"))
    (act or chatting.want_room)(caller, name, now=now)


VERBS: Final[dict[str, tuple[Act, str]]] = {
    "stage": (_stage, "It is said."),
    "reopen": (_reopen, "It is open again."),
    "handover": (_hand_over, "It is handed over."),
    "task": (_task, "The task is noted."),
    "done": (_done, "The task is changed."),
    "update": (_update, "It is told. The next word is due by the severity's rhythm."),
    "publish": (_publish, "The status page follows within seconds."),
    "private": (_private, "It is changed."),
    "let-in": (_let_in, "They can see it."),
    "follow": (_follow, "It is changed."),
    "time": (_time, "The time is corrected. Figures follow."),
    "mark": (_mark, "The timeline is changed."),
    "judge": (_judge, "It is on record."),
    "merge": (_merge, "They are one now. It can be undone."),
    "unmerge": (_unmerge, "It is an incident of its own again."),
    "split": (_split, "They are two now."),
    "room": (_room, "The chat is asked."),
}


@require_POST
@doors.page
def press(request: HttpRequest, name: str, verb: str) -> HttpResponse:
    """Do what the button says."""
    if verb not in VERBS:
        raise Http404
    act, said = VERBS[verb]
    given = {field: _text(request, field) for field in ("update", "known", "tried", "following", "informed")}
    return doing(request, name, lambda caller, now: act(request, caller, name, now), said, **given)


@require_POST
@doors.page
def define_severity(request: HttpRequest) -> HttpResponse:
    """Say what a severity means here."""
    minutes = _text(request, "update_minutes")
    try:
        severities.define(
            doors.caller(request), _number(request, "number"), title=_text(request, "title"),
            definition=_text(request, "definition"),
            update_minutes=int(minutes) if minutes.isdecimal() and len(minutes) < 6 else None,  # noqa: PLR2004
            now=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return views.listing(request, status=refusal.status, refusal=refusal)
    messages.success(request, "The severity is worded.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("incidents:list"))
