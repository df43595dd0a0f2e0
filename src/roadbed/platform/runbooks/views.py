"""The pages of runbooks: all of them with what is uncovered, and one with its steps and whether it can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Refusal
from roadbed.ground.shell import doors
from roadbed.ground.shell.words import plural
from roadbed.platform.runbooks import covering, queries, reminding, showing, standing, usecases
from roadbed.platform.runbooks.rendering import html_of

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN, GAPS, RUNS = 50, 12, 8


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """Every runbook, the filters, and what can page and has none."""
    now, asking = timezone.localtime(), doors.caller(request)
    wanted = {name: request.GET.get(name, "")[:120] for name in ("q", "owner", "state")}
    if wanted["state"] not in queries.STATES:
        wanted["state"] = ""
    page = queries.runbooks(**wanted, cursor=request.GET.get("cursor") or None, limit=SHOWN, now=now)
    covered = covering.coverage(owner=wanted["owner"], now=now)
    context: dict[str, Any] = {
        "rows": [{"view": one, "badge": showing.trust(one)} for one in page.items],
        "next": page.next_cursor,
        "wanted": wanted,
        "states": [(state, queries.STATE_WORDS[state]) for state in queries.STATES],
        "teams": sorted(asking.teams),
        "covered": covered,
        "gaps": covered.uncovered[:GAPS],
        "more_gaps": max(0, len(covered.uncovered) - GAPS),
        "reminded": reminding.is_wanted(asking.uid),
        "share": covered.served / covered.whole if covered.whole else None,
        "now": now,
    }
    return render(request, "runbooks/list.html", context)


@require_safe
@doors.page
def show(request: HttpRequest, uid: str) -> HttpResponse:
    """One runbook, or an earlier version of it."""
    return _show(request, uid)


def _show(request: HttpRequest, uid: str, *, refusal: Refusal | None = None) -> HttpResponse:
    now, asking = timezone.localtime(), doors.caller(request)
    said = request.GET.get("version", "")
    version = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None  # noqa: PLR2004 - an integer
    view = queries.runbook(uid, version=version, now=now)
    service = catalog.require_service(view.row.service_uid)
    stand = standing.stand_of(asking, service, now=now)
    incident = request.GET.get("incident", "")[:40]
    incidents = standing.incidents_of(service.uid)
    shown = version or view.row.version
    context = {
        "view": view,
        "row": view.row,
        "median": None if view.median_minutes is None else view.median_minutes * 60,
        "badge": showing.trust(view.row),
        "sections": showing.sections(
            view, stand, queries.newest_runs(view.row.uid, shown), queries.of_service(service.uid, now=now)
        ),
        "lead": html_of(view.read.lead, {}) if view.read.lead else "",
        "service": service,
        "incident": next((one for one in incidents if incident in (one.uid, one.name)), None),
        "incidents": incidents,
        "runs": showing.events(queries.runs(runbook=view.row.uid, limit=RUNS).items),
        "versions": queries.versions(view.row.uid)[:10],
        "version": shown,
        "old": shown != view.row.version,
        "may_write": usecases.may_write(asking, service, now=now),
        "refusal": refusal,
        "now": now,
    }
    return render(request, "runbooks/one.html", context, status=refusal.status if refusal else 200)


@require_POST
@doors.page
def reviewed(request: HttpRequest, uid: str) -> HttpResponse:
    """Say that it is still right."""
    try:
        usecases.review(doors.caller(request), uid, note=request.POST.get("note", ""), now=timezone.now())
    except Refusal as refusal:
        return _show(request, uid, refusal=refusal)
    messages.success(request, "It is reviewed.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("runbooks:one", uid))


@require_POST
@doors.page
def read_now(request: HttpRequest, service: str) -> HttpResponse:
    """Read a service's repository now."""
    read = usecases.read_now(doors.caller(request), service, now=timezone.now())
    changed = sum(one.change != "unchanged" for one in read.taken)
    said = f"Read at {read.commit[:8]}: {plural(len(read.taken), 'runbook')}, {changed} changed."
    faults = f" {plural(len(read.faults), 'file')} could not be read." if read.faults else ""
    messages.success(request, said + faults, extra_tags="warn" if read.faults else "good")
    back = request.POST.get("back", "")
    target = resolve_url("runbooks:one", back) if back.isalnum() else resolve_url("runbooks:list")
    return HttpResponseRedirect(target)
