"""The pages of signing in and out. A link shows a page with a button; only the button signs in."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from roadbed.ground.errors import Forbidden
from roadbed.ground.people import sessions, throttle, usecases
from roadbed.ground.people.models import Person
from roadbed.ground.shell import words

if TYPE_CHECKING:
    from django.http import HttpRequest

BACKEND = "django.contrib.auth.backends.ModelBackend"
WRONG = "This e-mail and password do not go together, or the account may not sign in."


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a password; the first time one comes by a one-time link."""
    back = _back(request)
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(back)
        return render(request, "people/sign_in.html", {"back": back})
    email = request.POST.get("email", "").strip()
    attempt, now = throttle.Attempt(email, request.META.get("REMOTE_ADDR", "")), timezone.now()
    if (wait := throttle.wait_of(attempt, now=now)) is not None:
        said = f"Too many tries. Try again in {words.duration(wait.total_seconds())}, or use a one-time link."
        context = {"back": back, "email": email, "wrong": said}
        response = render(request, "people/sign_in.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(max(1, round(wait.total_seconds())))
        return response
    person = authenticate(request, username=email, password=request.POST.get("password", ""))
    if not isinstance(person, Person):
        throttle.failed(attempt, now=now)
        return render(request, "people/sign_in.html", {"back": back, "email": email, "wrong": WRONG}, status=403)
    throttle.succeeded(attempt)
    return _signed_in(request, person, back, by="password")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what the link would do; mail scanners follow links, so only the button uses it up."""
    now = timezone.now()
    if request.method != "POST":
        opened = usecases.link_is_open(secret, now=now)
        return render(request, "people/sign_in_link.html", {"open": opened}, status=200 if opened else 403)
    try:
        uid = usecases.use_sign_in_link(secret, now=now)
    except Forbidden as refusal:
        return render(request, "people/sign_in_link.html", {"open": False, "refusal": refusal}, status=403)
    return _signed_in(request, Person.objects.get(uid=uid), resolve_url("/"), by="one-time link")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    logout(request)
    messages.success(request, "You are signed out.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("people:sign-in"))


def _signed_in(request: HttpRequest, person: Person, back: str, *, by: str) -> HttpResponse:
    login(request, person, backend=BACKEND)
    sessions.describe(request, by=by, now=timezone.now())
    return HttpResponseRedirect(back)


def _back(request: HttpRequest) -> str:
    back = request.POST.get("next") or request.GET.get("next") or "/"
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/"
