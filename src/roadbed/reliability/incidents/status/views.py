"""The public status page, without sign-in: HTML, JSON and Atom, and the way in and out of its mails."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.templatetags.static import static
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from roadbed.ground.errors import Refusal
from roadbed.reliability.incidents.status import drawing, feeds, queries, usecases

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.reliability.incidents.status.values import Board

FRESH: Final = timedelta(seconds=10)
"""So long a process answers from memory: on the day when everybody looks, looking costs nothing."""
KEPT_OUTSIDE: Final = 30
CACHE: Final = "incidents.status"


def _board() -> Board:
    found: Board | None = cache.get(CACHE)
    if found is None:
        found = queries.board(now=timezone.now())
        cache.set(CACHE, found, timeout=FRESH.total_seconds())
    return found


def _cacheable(request: HttpRequest, response: HttpResponse, board: Board) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=KEPT_OUTSIDE, stale_while_revalidate=60, stale_if_error=86400)
    tag = quote_etag(f"{board.as_of.timestamp():.0f}")
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304, headers={"Cache-Control": response["Cache-Control"]})
    response["ETag"] = tag
    return response


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page for everybody."""
    board = _board()
    html = drawing.page(board, css=static("incidents/status.css"), root="/", alive=True)
    return _cacheable(request, HttpResponse(html), board)


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """The same as JSON, for any origin to read."""
    board = _board()
    response = JsonResponse(feeds.as_json(board))
    response["Access-Control-Allow-Origin"] = "*"
    return _cacheable(request, response, board)


@require_safe
def as_atom(request: HttpRequest) -> HttpResponse:
    """What was told, as a feed."""
    board = _board()
    address = str(settings.PUBLIC_URL).rstrip("/") + resolve_url("incidents:status")
    content = feeds.as_atom(board, page=address, feed=f"{address}.atom")
    return _cacheable(request, HttpResponse(content, content_type="application/atom+xml; charset=utf-8"), board)


def _told(request: HttpRequest, title: str, text: str, *, status: int = 200, **more: str) -> HttpResponse:
    context = {"title": title, "text": text, "css": static("incidents/status.css"), **more}
    return render(request, "incidents/status/told.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Ask for updates by mail. The answer never says what is known of the address."""
    ask = "We send a mail that asks you to confirm. Nothing else comes before you do."
    if request.method != "POST":
        return _told(request, "Updates by mail", ask, form="subscribe")
    try:
        usecases.subscribe(request.POST.get("email", ""), now=timezone.now())
    except Refusal as refusal:
        given = {"fault": f"{refusal.detail} {refusal.remedy}", "email": request.POST.get("email", "")[:254]}
        return _told(request, "Updates by mail", ask, status=refusal.status, form="subscribe", **given)
    return _told(request, "Look into your mail", "If the address can receive it, a mail is on its way.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, uid: str, secret: str) -> HttpResponse:
    """What stands behind the link of the mail: a button, since mail scanners follow links."""
    try:
        usecases.subscriber_of(uid, secret)
        if request.method == "POST":
            usecases.confirm(uid, secret, now=timezone.now())
            return _told(request, "You are subscribed", "Updates come to your mail from now on.")
    except Refusal as refusal:
        return _told(request, "Nothing here", f"{refusal.detail} {refusal.remedy}", status=refusal.status)
    return _told(request, "Confirm your subscription", "One click, and updates come by mail.", form="confirm")


@never_cache
@csrf_exempt  # the secret in the address is the proof; mail programs post here by themselves (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, uid: str, secret: str) -> HttpResponse:
    """Leave by one click on the page, or by the mail program's own button."""
    if request.method == "POST":
        usecases.unsubscribe(uid, secret, now=timezone.now())
        return _told(request, "You are unsubscribed", "The address is forgotten. No mail comes any more.")
    return _told(request, "Unsubscribe", "One click, and the address is forgotten.", form="unsubscribe")
