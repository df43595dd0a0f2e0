"""What every page gets: a content policy, so that nothing runs or loads that is not ours, and the viewer's clock."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote

from django.http import HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils import timezone

from roadbed.ground.shell import preferences

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)


class ContentPolicy:
    """Sets the policy; a view that set a policy of its own keeps it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if response.headers.get("Content-Type", "").startswith("text/html"):
            # A page made for a person must not come back from the browser's disk after signing out.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class ViewersClock:
    """Pages tell times on the clock of the browser that asks, which portal.js keeps in a cookie; without one, in UTC.

    The API knows no clock but UTC.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        said = "" if request.path.startswith("/api/") else unquote(request.COOKIES.get(preferences.ZONE, ""))
        zone = preferences.zone_named(said)
        if zone is None:
            return self.get_response(request)
        with timezone.override(zone):
            return self.get_response(request)


class WayBack:
    """Leads a browser that opens the address of a form to the page above it.

    What was wrong with a form is shown under the form's address, so that a link without a path, the address bar, and
    signing in again ask for that address, which takes a POST alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.method != "GET":
            return response
        if request.path.startswith("/api/") or "text/html" not in request.headers.get("Accept", ""):
            return response
        above = _page_above(request.path)
        query = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(f"{above}?{query}" if query else above)


def _page_above(path: str) -> str:
    """The nearest address above that there is; home where there is none."""
    while "/" in path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0]
        try:
            resolve(path)
        except Resolver404:
            continue
        return path
    return "/"
