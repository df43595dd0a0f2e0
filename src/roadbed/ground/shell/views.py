"""The pages for what went wrong, in the portal's voice: what is, that nothing changed, what to do next."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.ground.errors import Refusal

WORDS: dict[int, tuple[str, str]] = {
    400: ("The request could not be read", "Nothing was changed. Go back, reload the page and send it again."),
    403: ("You may not do this", "Nothing was changed. Ask an owner of the team, or an administrator, for the role."),
    404: ("There is no such page", "The address is wrong, or what was here is gone. Search for it with Ctrl K."),
    409: ("This contradicts what is there now", "Nothing was changed. Reload the page to see the present state."),
    422: ("The input breaks a rule", "Nothing was changed."),
    500: ("Roadbed failed while making this page", "Services and pages go on without it. The log has the reason."),
    503: ("Something behind this page does not answer", "Try again in a minute; `roadbed doctor` says what is down."),
}
CSRF_WORDS = (
    "The form is too old",
    "Nothing was changed. You signed in or out since the page was opened; go back, reload it and send it again.",
)


def page(request: HttpRequest, status: HTTPStatus, *, refusal: Refusal | None = None) -> HttpResponse:
    """The page of that status; a refusal's own sentences where there is one."""
    title, remedy = WORDS.get(status, WORDS[HTTPStatus.BAD_REQUEST])
    return _render(request, status, title=title, remedy=remedy, refusal=refusal)


def _render(
    request: HttpRequest, status: HTTPStatus, *, title: str, remedy: str, refusal: Refusal | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"status": int(status), "title": title, "remedy": remedy, "refusal": refusal}
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # Behind a failure the shell's own queries may fail too, so that page stands alone.
        return HttpResponse(loader.render_to_string("shell/failed.html", context), status=status)
    return HttpResponse(loader.render_to_string("shell/refused.html", context, request), status=status)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    del exception
    return page(request, HTTPStatus.BAD_REQUEST)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    del exception
    return page(request, HTTPStatus.FORBIDDEN)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    del exception
    return page(request, HTTPStatus.NOT_FOUND)


@requires_csrf_token
def fault(request: HttpRequest) -> HttpResponse:
    """Django's handler500."""
    return page(request, HTTPStatus.INTERNAL_SERVER_ERROR)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW; the reason is Django's own word for the log."""
    del reason
    title, remedy = CSRF_WORDS
    return _render(request, HTTPStatus.FORBIDDEN, title=title, remedy=remedy)
