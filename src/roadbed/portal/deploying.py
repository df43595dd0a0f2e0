"""The pages that change what serves: deploy, roll back after a preview, and watch a deployment while it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Refusal
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors
from roadbed.ground.shell.components import Confirmation
from roadbed.platform.releases import queries, usecases
from roadbed.platform.releases.rules import CHANGE_KINDS, PRODUCTION
from roadbed.portal import deployments
from roadbed.portal.glance import slug_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.ground.catalog.queries import ServiceView
    from roadbed.platform.releases.values import LineView, RollbackPreview

LOG_PAGE, LOG_PAGES, LOG_SHOWN = 500, 20, 400
COMMITS_SHOWN = 5
KIND_WORDS = {
    "feature": "Feature: the gate holds it to the budget",
    "fix": "Fix: mends what is broken",
    "reliability": "Reliability: makes failures rarer or shorter",
    "security": "Security: closes a hole",
    "config": "Configuration only",
    "maintenance": "Maintenance: no effect on who uses it",
}


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def deploy(request: HttpRequest, name: str) -> HttpResponse:
    """Ask for a commit to be made live."""
    service = catalog.require_service(name)
    given = {"ref": request.POST.get("ref", "").strip() or "HEAD", "kind": request.POST.get("kind", "")}
    given["environment"] = request.POST.get("environment", "").strip() or PRODUCTION
    context: dict[str, Any] = {
        "service": service,
        "slug": slug_of(service),
        "given": given,
        "kinds": kinds(),
        "page": True,
    }
    if request.method != "POST":
        return render(request, "portal/deploy.html", context)
    try:
        uid = usecases.request_deployment(doors.caller(request), service.uid, **given, now=timezone.now())
    except Refusal as refusal:
        return render(request, "portal/deploy.html", {**context, "refusal": refusal}, status=refusal.status)
    return HttpResponseRedirect(resolve_url("portal:deployment", uid))


def kinds() -> list[tuple[str, str]]:
    """The kinds of change one can declare, in words."""
    return [("", "As its commits say"), *((kind, KIND_WORDS[kind]) for kind in CHANGE_KINDS)]


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def roll_back(request: HttpRequest, name: str) -> HttpResponse:
    """Show what a rollback would change; its button does it."""
    service = catalog.require_service(name)
    caller = doors.caller(request)
    asked = request.POST if request.method == "POST" else request.GET
    environment, to = asked.get("environment") or PRODUCTION, asked.get("to") or None
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()
        uid = usecases.request_rollback(
            caller, service.uid, environment=environment, to=to, reason=reason, now=timezone.now()
        )
        return HttpResponseRedirect(resolve_url("portal:deployment", uid))
    preview = usecases.preview_rollback(caller, service.uid, environment=environment, to=to)
    context = {
        "service": service,
        "slug": slug_of(service),
        "confirm": confirmation(preview, service),
        "preview": preview,
        "back": resolve_url("portal:service", slug_of(service)),
        "allowed": may(caller, "service.rollback", team=service.owner).allowed,
    }
    return render(request, "portal/roll_back.html", context)


def confirmation(preview: RollbackPreview, service: ServiceView) -> Confirmation:
    """What the rollback changes and what stays, for the dialog and for the page."""
    undone = preview.commits
    changes = "the changes between cannot be read" if undone is None else _undone(undone)
    rows = [("Code", f"{preview.serving} → {preview.target}, {changes}")]
    rows += [("Configuration", f"{change.key} {change.how}") for change in preview.configuration]
    if not preview.configuration:
        rows.append(("Configuration", "stays as it is"))
    rows.append(("Secrets", f"stay current: {', '.join(preview.secrets)}" if preview.secrets else "it has none"))
    if preview.cancels:
        rows.append(("Under way", "the deployment that has not switched yet is cancelled"))
    return Confirmation(
        id="roll-back",
        title=f"Roll {preview.service} back to {preview.target}",
        url=resolve_url("portal:roll-back", slug_of(service)),
        submit=f"Roll back to {preview.target}",
        keep=f"Keep {preview.serving}",
        rows=tuple(rows),
        note=f"{preview.target} is started and ready before {preview.serving} leaves, so no request is lost. "
        "The gate is not asked: a rollback is never refused.",
        ask="A word for the timeline, if you like",
        hint="503 since 13:41",
        told=f"{service.owner} sees it on the service's page",
        hidden={"environment": preview.environment, "to": preview.target},
    )


def _undone(commits: tuple[str, ...]) -> str:
    if not commits:
        return "no commit is taken out"
    return "1 commit taken out" if len(commits) == 1 else f"{len(commits)} commits taken out"


@require_safe
@doors.page
def show(request: HttpRequest, uid: str) -> HttpResponse:
    """One deployment, live while it goes on: htmx asks for the middle again, a browser without script reloads."""
    shown = queries.deployment(uid)
    lines = _log(uid)
    done, whole = deployments.progress_of(shown)
    context = {
        "deployment": shown,
        "service_url": resolve_url("portal:service", shown.service_uid),
        "title": deployments.title_of(shown),
        "badge": deployments.badge_of(shown),
        "steps": deployments.steps_of(shown),
        "done": done,
        "whole": whole,
        "verdict": deployments.verdict_of(shown.verdict),
        "lines": lines[-LOG_SHOWN:],
        "left_out": max(0, len(lines) - LOG_SHOWN),
        "under_way": deployments.is_under_way(shown),
    }
    return render(request, "portal/deployment.html", context)


def _log(uid: str) -> list[LineView]:
    lines: list[LineView] = []
    for _ in range(LOG_PAGES):
        some = queries.lines_of(uid, after=lines[-1].id if lines else 0, limit=LOG_PAGE)
        lines.extend(some)
        if len(some) < LOG_PAGE:
            break
    return lines
