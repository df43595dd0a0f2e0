"""The door of every page: who is not signed in is asked to, and a refusal becomes a page that says what to do next."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import resolve_url

from roadbed.ground.errors import Refusal
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.shell import views

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from roadbed.ground.people.rules import Caller

P = ParamSpec("P")


def page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for signed-in people."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        return answered(request, lambda: view(request, *args, **kwargs))

    return guarded


def answered(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer, or the page of the refusal it raised."""
    try:
        return answer()
    except Refusal as refusal:
        return views.page(request, HTTPStatus(refusal.status), refusal=refusal)


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if is_fragment(request):
        # A fragment cannot hold the sign-in page: the whole page goes there and comes back.
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": resolve_url("people:sign-in")})
    return redirect_to_login(request.get_full_path(), resolve_url("people:sign-in"))


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page that is shown already."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def caller(request: HttpRequest) -> Caller:
    """The signed-in person as the caller that use-cases authorise; only behind `page`."""
    assert isinstance(request.user, Person)  # noqa: S101 - `page` asked before
    return caller_of_person(request.user)
