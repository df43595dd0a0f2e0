"""The pages of flags: all of them, one with its environments and history, and the forms that change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from roadbed.delivery.flags import queries, rules, showing, usecases
from roadbed.delivery.flags.queries import FlagView
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Forbidden, Refusal
from roadbed.ground.people.queries import teams
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN: Final = 50


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """All flags, filtered by a GET form."""
    given = {name: request.GET.get(name, "") for name in ("q", "owner")}
    page = queries.flags(**given, cursor=request.GET.get("cursor", ""), limit=SHOWN)
    context = {
        **given,
        "rows": [showing.row(view) for view in page.items],
        "filtered": any(given.values()) or bool(request.GET.get("cursor")),
        "teams": [team.name for team in teams()],
        "more_url": f"?{urlencode({**given, 'cursor': page.next_cursor})}" if page.next_cursor else "",
    }
    return render(request, "flags/list.html", context)


@require_safe
@doors.page
def show(request: HttpRequest, uid: str) -> HttpResponse:
    """One flag: what it is set to where, who changed it and why."""
    view = queries.by_uid(uid)
    may_write = view.archived_at is None and _may_write(request, view)
    context = {
        "flag": view,
        "states": [showing.state(view, state) for state in view.states],
        "events": showing.events(queries.history_of(view)),
        "may_write": may_write,
        "archiving": showing.archiving(view) if may_write else None,
        "turning_off": showing.turning_off(view) if may_write else None,
    }
    return render(request, "flags/flag.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def create(request: HttpRequest) -> HttpResponse:
    """A new flag."""
    given = {name: request.POST.get(name, "").strip() for name in ("service", "key", "kind", "description")}
    if request.method != "POST":
        return _form(request, given={**given, "service": request.GET.get("service", "")})
    try:
        uid = usecases.create_flag(
            doors.caller(request),
            given["service"],
            given["key"],
            kind=given["kind"],
            description=given["description"],
            now=timezone.now(),
        )
    except Refusal as refusal:
        return _form(request, given=given, refusal=refusal, status=refusal.status)
    messages.success(request, f"{given['key']} is made. Until it is set, the code's default stands.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("flags:flag", uid))


def _form(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"services": [one.name for one in catalog.services(limit=200).items], "kinds": showing.KIND_WORDS}
    return render(request, "flags/new.html", {**context, **more}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def change(request: HttpRequest, uid: str) -> HttpResponse:
    """Set the flag in an environment; the same form as the dialog's, for who has no script or was refused."""
    view = queries.by_uid(uid)
    if request.method != "POST":
        if not _may_write(request, view):
            raise Forbidden("Only its owner changes this flag.", remedy="Ask somebody of the owning team, or an admin.")
        environment = request.GET.get("environment", "")
        return _changing(request, view, given={"environment": environment}, named=bool(environment))
    given = {name: request.POST.get(name, "").strip() for name in ("environment", "mode", "percent", "reason")}
    given["expected"] = request.POST.get("expected", "")
    try:
        changed = usecases.change_flag(
            doors.caller(request),
            view.service_uid,
            view.key,
            state=f"{given['percent']}%" if given["mode"] == "share" else given["mode"],
            reason=given["reason"],
            environment=given["environment"],
            expected=given["expected"] or None,
            now=timezone.now(),
        )
    except Refusal as refusal:
        named = refusal.place.field != "environment"
        return _changing(request, view, given=given, named=named, refusal=refusal, status=refusal.status)
    state = queries.by_uid(uid).state_in(given["environment"])
    said = f"{view.key} is {showing.words(state)} in {state.environment}."
    messages.success(request, said if changed else f"{said} It was so already.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("flags:flag", uid))


def _changing(
    request: HttpRequest, view: FlagView, *, given: dict[str, str], named: bool, status: int = 200, **more: Any
) -> HttpResponse:
    # After a conflict the form shows what stands now, so that sending it again is a decision.
    state = view.state_in(given["environment"] or rules.PRODUCTION)
    context = {
        "flag": view,
        "one": showing.state(view, state, given=given),
        "named": named,
        "page": True,
        "given": given,
        **more,
    }
    return render(request, "flags/change.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def archive(request: HttpRequest, uid: str) -> HttpResponse:
    """Archive the flag, after a look at what that means."""
    view = queries.by_uid(uid)
    if request.method != "POST":
        context = {"flag": view, "archiving": showing.archiving(view), "back": resolve_url("flags:flag", uid)}
        return render(request, "flags/archive.html", context)
    usecases.archive_flag(
        doors.caller(request), view.service_uid, view.key, reason=request.POST.get("reason", ""), now=timezone.now()
    )
    messages.success(request, f"{view.key} is archived.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("flags:flag", uid))


def _may_write(request: HttpRequest, view: FlagView) -> bool:
    known = catalog.service(view.service_uid)
    return known is not None and may(doors.caller(request), "flag.write", team=known.owner).allowed
