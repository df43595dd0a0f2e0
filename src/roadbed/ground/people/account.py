"""The page of one's own account: password, API tokens shown once, sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from roadbed.ground.errors import Refusal
from roadbed.ground.people import queries, sessions, usecases
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import SCOPES
from roadbed.ground.shell import doors

if TYPE_CHECKING:
    from django.http import HttpRequest

LIVES = {"30": timedelta(days=30), "90": timedelta(days=90), "365": timedelta(days=365), "": None}


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """One's own account."""
    return _page(request)


@sensitive_post_parameters()
@require_POST
@doors.page
def change_password(request: HttpRequest) -> HttpResponse:
    """Set a password; an old one, where there is one, proves that it is its owner who does."""
    person = _person(request)
    new = request.POST.get("new", "")
    faults: list[str] = []
    if person.has_usable_password() and not person.check_password(request.POST.get("old", "")):
        faults = ["The present password is another one."]
    else:
        try:
            validate_password(new, person)
        except ValidationError as fault:
            faults = list(fault.messages)
    if faults:
        return _page(request, status=422, password_faults=faults)
    caller = doors.caller(request)
    usecases.set_password(caller, password_hash=make_password(new), now=timezone.now())
    person.refresh_from_db()
    update_session_auth_hash(request, person)
    messages.success(request, "The password is set. Everywhere else you are signed out.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("people:account"))


@sensitive_variables("secret")
@require_POST
@doors.page
def make_token(request: HttpRequest) -> HttpResponse:
    """Make a token; its secret is in this one answer and nowhere else."""
    now = timezone.now()
    lives = LIVES.get(request.POST.get("lives", "90"), LIVES["90"])
    scopes = tuple(request.POST.getlist("scopes")) or None
    name = request.POST.get("name", "").strip()
    try:
        _, secret = usecases.create_token(
            doors.caller(request), name=name, scopes=scopes, expires_at=now + lives if lives else None, now=now
        )
    except Refusal as refusal:
        return _page(request, status=refusal.status, token_refusal=refusal)
    return _page(request, status=201, secret=secret, secret_name=name)


@require_POST
@doors.page
def revoke_token(request: HttpRequest, uid: str) -> HttpResponse:
    """End a token at once."""
    usecases.revoke_token(doors.caller(request), uid, now=timezone.now())
    messages.success(request, "The token is revoked. What uses it gets 401 from now on.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("people:account"))


@require_POST
@doors.page
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    ended = sessions.end_others(_person(request).pk, here=request.session.session_key, now=timezone.now())
    messages.success(request, f"Signed out in {ended} other place{'' if ended == 1 else 's'}.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("people:account"))


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # noqa: S101 - `doors.page` asked before
    return request.user


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    person = _person(request)
    caller = doors.caller(request)
    now = timezone.now()
    live = [token for token in queries.tokens_of(person.uid) if token.revoked_at is None]
    context = {
        "person": person,
        "teams": sorted(caller.teams),
        "tokens": live,
        "sessions": sessions.of_person(person.pk, here=request.session.session_key, now=now),
        "scopes": sorted(SCOPES),
        "has_password": person.has_usable_password(),
        "now": now,
        **more,
    }
    return render(request, "people/account.html", context, status=status)
