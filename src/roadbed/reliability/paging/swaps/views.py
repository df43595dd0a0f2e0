"""Requests for shifts as pages: asked from the schedule, answered signed in or behind the link of a message."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from roadbed.ground.errors import Refusal
from roadbed.ground.people.models import Person
from roadbed.ground.shell import doors
from roadbed.reliability.paging import links, shifts
from roadbed.reliability.paging.swaps import answering, asking, queries
from roadbed.reliability.paging.swaps.models import ShiftRequest
from roadbed.reliability.paging.swaps.telling import in_words

if TYPE_CHECKING:
    from django.http import HttpRequest

ACCEPT, DECLINE, WITHDRAW = "accept", "decline", "withdraw"
SAID = {
    ACCEPT: "It is yours: you have that time now.", DECLINE: "You declined; who asked is told.",
    WITHDRAW: "It is withdrawn.",
}  # fmt: skip


@require_POST
@doors.page
def answer(request: HttpRequest, uid: str) -> HttpResponse:
    """Accept, decline or withdraw, signed in."""
    doing = request.POST.get("answer", "")
    verbs = {ACCEPT: answering.accept, DECLINE: answering.decline, WITHDRAW: asking.withdraw}
    team = asking.request_of(uid).team.name
    if doing in verbs:
        try:
            verbs[doing](doors.caller(request), uid, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, f"{refusal.detail} {refusal.remedy}".strip(), extra_tags="bad")
        else:
            messages.success(request, SAID[doing], extra_tags="good")
    back = request.POST.get("back", "")
    here = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return HttpResponseRedirect(back if back and here else resolve_url("paging:schedule", team))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def behind_link(request: HttpRequest, uid: str, person: str, secret: str) -> HttpResponse:
    """One person's view of a request: what is asked, two buttons. No sign-in is needed; opening does nothing."""
    row = ShiftRequest.objects.select_related("team", "asker", "asked", "taken_by").filter(uid=uid[:32]).first()
    who = Person.objects.filter(uid=person[:32], is_active=True).first()
    if row is None or who is None or not links.is_request_link(uid, person, secret):
        return render(request, "paging/gone.html", status=HTTPStatus.NOT_FOUND)
    if request.method == "POST":
        doing = request.POST.get("answer", "")
        try:
            if doing == ACCEPT:
                answering.accept_by_link(row, who, now=timezone.now())
            elif doing == DECLINE:
                answering.decline_by_link(row, who, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, f"{refusal.detail} {refusal.remedy}".strip(), extra_tags="bad")
        else:
            if doing in (ACCEPT, DECLINE):
                messages.success(request, SAID[doing], extra_tags="good")
        return HttpResponseRedirect(request.path)
    now = timezone.localtime()
    zone: ZoneInfo = shifts.zone_of_team(row.team.name, now=now)
    back = in_words(row.back_starts_at, row.back_ends_at, zone) if row.back_starts_at and row.back_ends_at else ""
    context = {
        "row": queries.view_of(row), "who": who, "zone": zone.key, "back": back,
        "span": in_words(row.starts_at, row.ends_at, zone), "now": now,
        "can_answer": row.state == ShiftRequest.OPEN and row.starts_at > now and who.pk != row.asker_id,
        "said_no": who.uid in row.declined_by,
    }  # fmt: skip
    return render(request, "paging/request.html", context)
