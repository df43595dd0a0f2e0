"""The page of what is watched: heartbeats of jobs, canaries of channels, and whether paging itself is at work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors
from roadbed.ground.shell.components import Badge
from roadbed.reliability.paging import queries
from roadbed.reliability.paging.rules.beats import in_words
from roadbed.reliability.paging.watching import canaries, heartbeats

if TYPE_CHECKING:
    from django.http import HttpRequest

STATES = {
    "late": Badge("bad", "Late", "bell-ringing"),
    "up": Badge("good", "In time"),
    "new": Badge("unknown", "Not heard yet"),
    "paused": Badge("idle", "Paused"),
}
CANARY = {
    "none": Badge("unknown", "Not tested"),
    "waiting": Badge("info", "Under way"),
    "good": Badge("good", "Works"),
    "failing": Badge("bad", "Failing"),
}


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """Everything that is watched."""
    return _show(request)


def _show(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    caller = doors.caller(request)
    beats = heartbeats.heartbeats()
    context = {
        "beats": [
            {
                "row": row,
                "badge": STATES[row.state],
                "every": in_words(row.interval_seconds),
                "grace": in_words(row.grace_seconds),
                "may_write": may(caller, "heartbeat.write", team=row.team).allowed,
            }
            for row in beats
        ],
        "late": sum(row.state == "late" for row in beats),
        "canaries": [
            {"row": row, "badge": CANARY[row.state], "every": in_words(row.every_seconds) if row.every_seconds else ""}
            for row in canaries.canaries()
        ],
        "may_test": may(caller, "canary.write").allowed,
        "may_expect": may(caller, "heartbeat.write").allowed,
        "own": [one for one in queries.channels_of(caller.uid) if one.verified_at],
        "now": timezone.localtime(),
        **more,
    }
    return render(request, "paging/watching.html", context, status=status)


@require_POST
@doors.page
def new_heartbeat(request: HttpRequest) -> HttpResponse:
    """Expect a heartbeat; its address is shown this once."""
    given = request.POST
    try:
        made = heartbeats.new_heartbeat(
            doors.caller(request),
            service=given.get("service", "").strip()[:140],
            name=given.get("name", ""),
            interval=_seconds(given.get("interval", ""), "interval"),
            grace=_seconds(given.get("grace", ""), "grace"),
            now=timezone.now(),
        )
    except Refusal as refusal:
        return _show(request, status=refusal.status, refusal=refusal, given=given)
    return _show(request, made=made.url, made_name=given.get("name", ""))


def _seconds(text: str, field: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 8:  # noqa: PLR2004 - more digits than any interval has
        raise Invalid(f"{text[:20]!r} is no number of seconds.", place=Place(field=field))
    return int(text)


@require_POST
@doors.page
def change_heartbeat(request: HttpRequest, uid: str) -> HttpResponse:
    """Pause, resume, rotate or remove one, as the pressed button says."""
    caller, now, do = doors.caller(request), timezone.now(), request.POST.get("do", "")
    if do == "rotate":
        made = heartbeats.rotate(caller, uid, now=now)
        return _show(request, made=made.url, made_name="")
    if do == "remove":
        heartbeats.remove(caller, uid, now=now)
        return _back(request, "The heartbeat is removed.")
    heartbeats.pause(caller, uid, paused=do == "pause", now=now)
    said = "It is not waited for any more." if do == "pause" else "It is waited for again, from its next beat on."
    return _back(request, said)


@require_POST
@doors.page
def set_canary(request: HttpRequest) -> HttpResponse:
    """Test a kind of channel every day through one's own channel, or no more."""
    caller, now = doors.caller(request), timezone.now()
    if kind := request.POST.get("remove", ""):
        canaries.remove_canary(caller, kind[:12], now=now)
        return _back(request, f"{kind} is tested no more.")
    canaries.set_canary(caller, request.POST.get("channel", "")[:32], now=now)
    return _back(request, "It is tested every day from now on; the first test is on its way.")


def _back(request: HttpRequest, said: str) -> HttpResponse:
    messages.success(request, said, extra_tags="good")
    return HttpResponseRedirect(resolve_url("paging:watching"))
