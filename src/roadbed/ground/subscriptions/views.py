"""The pages of subscriptions: all, one, the forms that make and change it, the buttons that pause and remove it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Refusal
from roadbed.ground.people.queries import teams
from roadbed.ground.people.rules import authorise
from roadbed.ground.shell import doors
from roadbed.ground.subscriptions import queries, showing, usecases
from roadbed.ground.subscriptions.queries import SubscriptionView
from roadbed.ground.subscriptions.usecases import Wish

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN = 50
FIELDS = ("name", "url", "form", "environment", "service", "team", "others")


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """All subscriptions."""
    found = queries.subscriptions(doors.caller(request), now=timezone.now())
    rows = [{"view": view, "badge": showing.badge(view)} for view in found]
    return render(request, "subscriptions/list.html", {"rows": rows})


@require_safe
@doors.page
def show(request: HttpRequest, uid: str) -> HttpResponse:
    """One subscription with its delivery log."""
    return page(request, uid)


def page(request: HttpRequest, uid: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of one, with whatever an action has to say on it."""
    caller, now = doors.caller(request), timezone.now()
    view = queries.subscription(caller, uid, now=now)
    state = request.GET.get("state", "")
    log = queries.deliveries(caller, view.uid, state=state, cursor=request.GET.get("cursor", ""), limit=SHOWN)
    following = urlencode({"state": state, "cursor": log.next_cursor}) if log.next_cursor else ""
    context = {
        "view": view,
        "badge": showing.badge(view),
        "facts": showing.passport(view),
        "notice": showing.notice(view, now=timezone.localtime(now)),
        "log": [{"view": one, "badge": showing.delivery_badge(one, of=view)} for one in log.items],
        "state": state,
        "more_url": f"?{following}" if following else "",
        "removing": showing.removing(view),
        "rotating": showing.rotating(view),
        "now": timezone.localtime(now),
    }
    return render(request, "subscriptions/subscription.html", {**context, **more}, status=status)


@sensitive_variables("signed")
@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def create(request: HttpRequest) -> HttpResponse:
    """A new subscription; the answer shows its secret, this once."""
    if request.method != "POST":
        authorise(doors.caller(request), queries.VERB)
        return _form(request, given={"form": "roadbed", "kinds": []})
    given = _given(request)
    try:
        signed = usecases.subscribe(doors.caller(request), _wish(given), now=timezone.now())
    except Refusal as refusal:
        return _form(request, given=given, refusal=refusal, status=refusal.status)
    return page(request, signed.uid, status=201, secret=signed.secret)


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def change(request: HttpRequest, uid: str) -> HttpResponse:
    """Change what is asked for or where it goes."""
    view = queries.subscription(doors.caller(request), uid, now=timezone.now())
    if request.method != "POST":
        return _form(request, view=view, given=_given_of(view))
    given = _given(request)
    try:
        usecases.change(doors.caller(request), view.uid, _wish(given), now=timezone.now())
    except Refusal as refusal:
        return _form(request, view=view, given=given, refusal=refusal, status=refusal.status)
    messages.success(request, f"{given['name']} is changed.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("subscriptions:subscription", view.uid))


def _given(request: HttpRequest) -> dict[str, Any]:
    given: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in FIELDS}
    return {**given, "kinds": request.POST.getlist("kinds")}


def _given_of(view: SubscriptionView) -> dict[str, Any]:
    known = {one.kind for one in queries.kinds()}
    return {
        "name": view.name, "url": view.url, "form": view.format, "environment": view.environment,
        "service": view.service, "team": view.team, "kinds": list(view.kinds),
        "others": " ".join(kind for kind in view.kinds if kind not in known),
    }  # fmt: skip


def _wish(given: dict[str, Any]) -> Wish:
    kinds = (*given["kinds"], *given["others"].replace(",", " ").split())
    return Wish(
        name=given["name"], url=given["url"], kinds=kinds, form=given["form"],
        environment=given["environment"], service=given["service"], team=given["team"],
    )  # fmt: skip


def _form(
    request: HttpRequest, *, given: dict[str, Any], view: SubscriptionView | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "given": given,
        "view": view,
        "forms": showing.FORMAT_WORDS.items(),
        "kinds": [{"view": one, "chosen": one.kind in given["kinds"]} for one in queries.kinds()],
        "services": [one.name for one in catalog.services(limit=200).items],
        "teams": [team.name for team in teams()],
    }
    return render(request, "subscriptions/form.html", {**context, **more}, status=status)


@require_POST
@doors.page
def pause(request: HttpRequest, uid: str) -> HttpResponse:
    """Send nothing for a while."""
    usecases.pause(doors.caller(request), uid, reason=request.POST.get("reason", ""), now=timezone.now())
    messages.success(request, "Paused. What happens meanwhile is sent when it is resumed.")
    return HttpResponseRedirect(resolve_url("subscriptions:subscription", uid))


@require_POST
@doors.page
def resume(request: HttpRequest, uid: str) -> HttpResponse:
    """Send again."""
    skip = request.POST.get("skip") == "1"
    usecases.resume(doors.caller(request), uid, skip=skip, now=timezone.now())
    messages.success(request, "Facts are sent again, from now on." if skip else "Facts are sent again.")
    return HttpResponseRedirect(resolve_url("subscriptions:subscription", uid))


@sensitive_variables("signed")
@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def rotate(request: HttpRequest, uid: str) -> HttpResponse:
    """Make a new secret, after a look at what that means; the answer shows it, this once."""
    if request.method != "POST":
        return _confirmation(request, uid, showing.rotating)
    signed = usecases.rotate(doors.caller(request), uid, overlap=timedelta(hours=24), now=timezone.now())
    return page(request, signed.uid, status=201, secret=signed.secret)


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def remove(request: HttpRequest, uid: str) -> HttpResponse:
    """Remove it, after a look at what that means."""
    if request.method != "POST":
        return _confirmation(request, uid, showing.removing)
    usecases.remove(doors.caller(request), uid, now=timezone.now())
    messages.success(request, "The subscription is removed.")
    return HttpResponseRedirect(resolve_url("subscriptions:list"))


def _confirmation(request: HttpRequest, uid: str, of: Any) -> HttpResponse:
    view = queries.subscription(doors.caller(request), uid, now=timezone.now())
    context = {"view": view, "confirm": of(view), "back": resolve_url("subscriptions:subscription", view.uid)}
    return render(request, "subscriptions/confirm.html", context)
