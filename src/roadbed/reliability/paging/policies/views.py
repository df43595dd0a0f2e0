"""A team's escalation as a page: what a page would do at an instant, what to mend, the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from roadbed.ground.errors import Invalid, Refusal
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors
from roadbed.reliability.paging.policies import queries, writing

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

SEVERITIES: Final = (1, 2, 3, 4)
EXAMPLE: Final = """\
steps:
  - {page: on-call, wait: 5 min}
  - {page: second, wait: 5 min}
  - {page: [everybody, lead], wait: 10 min}
repeat: 2
"""


@require_safe
@doors.page
def show(request: HttpRequest, name: str) -> HttpResponse:
    """What the team's pages follow, tried out at an instant."""
    return _show(request, name)


def _show(
    request: HttpRequest, name: str, *, document: str | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    policy, now = queries.policy(name), timezone.localtime()
    given = request.POST or request.GET
    at, severity = _at(given.get("at", ""), now), given.get("severity", "")
    chosen = int(severity) if severity in {"1", "2", "3", "4"} else 2
    tried = document if refusal is None else None
    context: dict[str, Any] = {
        "policy": policy,
        "tried": tried is not None,
        "stops": queries.preview(name, at=at, severity=chosen, document=tried),
        "findings": queries.lint(name, now=now, document=tried),
        "faults": (refusal, *refusal.others) if isinstance(refusal, Invalid) else (refusal,) if refusal else (),
        "document": document or policy.document or EXAMPLE,
        "may_write": may(doors.caller(request), writing.VERB, team=policy.team).allowed,
        "at": at,
        "severity": chosen,
        "severities": SEVERITIES,
        "now": now,
    }
    return render(request, "paging/escalation.html", context, status=refusal.status if refusal else 200)


def _at(said: str, now: datetime) -> datetime:
    try:
        found = parse_datetime(said) if said else None
    except ValueError:
        found = None
    if found is None:
        return now
    return timezone.localtime(found if timezone.is_aware(found) else timezone.make_aware(found))


@require_POST
@doors.page
def write(request: HttpRequest, name: str) -> HttpResponse:
    """Give the team the steps of the form, try them out, or take its own away."""
    caller, now = doors.caller(request), timezone.now()
    document = request.POST.get("document", "").replace("\r\n", "\n")
    try:
        if request.POST.get("try"):
            return _show(request, name, document=document)
        if request.POST.get("end"):
            writing.end_policy(caller, name, now=now)
            said = f"{name} has Roadbed's steps now."
        else:
            writing.set_policy(caller, name, document=document, now=now)
            said = "The policy is written. Pages that are open keep the steps they began with."
    except Invalid as refusal:
        return _show(request, name, document=document, refusal=refusal)
    messages.success(request, said, extra_tags="good")
    return HttpResponseRedirect(resolve_url("paging:escalation", name))
