"""The pages of the gate: what it answered, one answer with its reasons, and the buttons that say something against."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Refusal
from roadbed.ground.gates import overriding, queries, showing, unreached
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors
from roadbed.ground.shell.components import Stat

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN: Final = 50
LASTS: Final = (("0.5", "30 min"), ("1", "1 h"), ("2", "2 h"), ("4", "4 h, the most"))


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """Decisions, newest first, of all services or of one."""
    name = request.GET.get("service", "").strip()
    service = catalog.service(name) if name else None
    uid = service.uid if service else ""
    now = timezone.now()
    unknown = bool(name) and service is None
    answer = request.GET.get("answer", "")
    page = queries.decisions(uid, answer=answer, cursor=request.GET.get("cursor", ""), limit=SHOWN)
    context = {
        "service": name,
        "answer": answer,
        "answers": tuple(queries.ANSWERS),
        "unknown": unknown,
        "rows": [] if unknown else [{"view": view, "badge": showing.badge(view)} for view in page.items],
        "stats": _stats(queries.counts(uid, now=now)),
        "disputes": queries.open_disputes(),
        "overrides": queries.overrides(uid, now=now),
        "unreached": unreached.uses(uid, now=now),
        "more_url": _more(service=name, answer=answer, cursor=page.next_cursor or ""),
        "now": timezone.localtime(now),
    }
    return render(request, "gates/list.html", context)


def _more(*, cursor: str, **asked: str) -> str:
    return f"?{urlencode({**asked, 'cursor': cursor})}" if cursor else ""


def _stats(counts: queries.Counts) -> tuple[Stat, ...]:
    return (
        Stat("Asked", str(counts.asked), note="in 90 days"),
        Stat("Refused", str(counts.refused), note=f"of {counts.asked}", state="bad", tone=counts.refused > 0),
        Stat("Overrides", str(counts.overrides), note="in 90 days", state="warn", tone=counts.overrides > 0),
        Stat("Disputed kinds", str(counts.disputed), note=f"{counts.confirmed} confirmed by another person"),
    )


@require_safe
@doors.page
def show(request: HttpRequest, uid: str) -> HttpResponse:
    """One decision."""
    return _page(request, uid)


def _page(request: HttpRequest, uid: str, *, status: int = 200, **more: Any) -> HttpResponse:
    decision, now = queries.decision(uid), timezone.now()
    service = catalog.service(decision.service_uid)
    caller = doors.caller(request)
    dispute = queries.dispute_of(decision.service_uid, decision.commit, decision.declared_kind)
    context = {
        "decision": decision,
        "verdict": showing.verdict(decision),
        "what": showing.subject(decision),
        "service": service,
        "overrides": queries.overrides(decision.service_uid, now=now)[:5],
        "dispute": dispute,
        "may_confirm": may(caller, "change.confirm").allowed,
        "may_override": bool(service and may(caller, "gate.override", team=service.owner).allowed)
        and not decision.passes
        and bool(decision.commit),
        "lasts": LASTS,
        "now": timezone.localtime(now),
    }
    return render(request, "gates/decision.html", {**context, **more}, status=status)


@require_POST
@doors.page
def override(request: HttpRequest, uid: str) -> HttpResponse:
    """Let the refused commit out for a while."""
    decision = queries.decision(uid)
    given = {name: request.POST.get(name, "").strip() for name in ("reason", "hours")}
    hours = given["hours"] if given["hours"] in dict(LASTS) else "1"
    try:
        overriding.override(
            doors.caller(request),
            decision.service_uid,
            commit=decision.commit,
            reason=given["reason"],
            lasts=timedelta(hours=float(hours)),
            environment=decision.environment,
            decision=decision.uid,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, uid, status=refusal.status, refusal=refusal, given=given)
    messages.success(request, f"Overridden. Deploy {decision.commit[:8]} again: the gate lets it through.")
    return HttpResponseRedirect(resolve_url("gates:decision", uid))


@require_POST
@doors.page
def confirm(request: HttpRequest, uid: str) -> HttpResponse:
    """Confirm the declared kind as a second person."""
    decision = queries.decision(uid)
    try:
        overriding.confirm_kind(
            doors.caller(request),
            decision.service_uid,
            commit=decision.commit,
            kind=decision.declared_kind,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, uid, status=refusal.status, refused=refusal)
    messages.success(request, f"Confirmed: {decision.commit[:8]} counts as {decision.declared_kind}.")
    return HttpResponseRedirect(resolve_url("gates:decision", uid))
