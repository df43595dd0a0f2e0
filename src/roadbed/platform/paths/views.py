"""The wizard: a path, two short pages, a review with the files, and what comes next; answers travel in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Invalid, Refusal, Unavailable
from roadbed.ground.people import queries as people
from roadbed.ground.people.rules import ADMIN, may
from roadbed.ground.ports import board
from roadbed.ground.ports.runtime import RuntimeFailure
from roadbed.ground.shell import doors
from roadbed.ground.shell.components import Badge
from roadbed.platform.paths import queries, usecases, wizard
from roadbed.platform.paths.rules import check_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from roadbed.platform.paths.queries import PathView

PASSED: Final = Badge("good", "Passed", plain=True)


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """The paths as cards."""
    return render(request, "paths/list.html", {"paths": queries.paths(now=timezone.now())})


@require_safe
@doors.page
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """What is it, and who answers for it?"""
    return _form(request, queries.path(name, now=timezone.now()), request.GET.dict(), page=wizard.SERVICE)


@require_safe
@doors.page
def ask_promise(request: HttpRequest, name: str) -> HttpResponse:
    """What does it promise? What the page before was told is checked on the way."""
    path = queries.path(name, now=timezone.now())
    answers = wizard.answers_of(path.questions, request.GET.dict())
    try:
        _check_service(answers)
    except Refusal as refusal:
        return _form(request, path, answers, page=wizard.SERVICE, refusal=refusal)
    return _form(request, path, answers, page=wizard.PROMISE)


@require_safe
@doors.page
def review(request: HttpRequest, name: str) -> HttpResponse:
    """The files as they would be made; nothing is made."""
    path = queries.path(name, now=timezone.now())
    answers = wizard.answers_of(path.questions, request.GET.dict())
    return _reviewed(request, path, answers, asked=request.GET.get("file", ""))


@require_POST
@doors.page
def create(request: HttpRequest, name: str) -> HttpResponse:
    """Make the service, whole or not at all."""
    now = timezone.now()
    path = queries.path(name, now=now)
    answers = wizard.answers_of(path.questions, request.POST.dict())
    service = answers.get("service_name", "")
    try:
        usecases.scaffold_service(doors.caller(request), path=name, name=service, answers=answers, now=now)
    except Refusal as refusal:
        return _reviewed(request, path, answers, refusal=refusal)
    return HttpResponseRedirect(resolve_url("paths:made", service))


@require_safe
@doors.page
def made(request: HttpRequest, service: str) -> HttpResponse:
    """What was made and what comes next."""
    known = catalog.require_service(service)
    origin = queries.origin_of(known.uid)
    rows = [("Repository", known.location), ("Catalogue entry", known.entity_path), ("Owner", known.owner)]
    if origin is not None:
        rows.append(("Golden path", f"{origin.path} {origin.version}"))
    context = {
        "name": known.name,
        "made": rows,
        "steps": wizard.STEPS,
        "next": (
            (
                "Make it live",
                "It is built, started, and takes traffic when it is ready.",
                f"roadbed deploy {known.name}",
            ),
            (
                "Ask it something",
                "The edge counts every request from the first on.",
                f"curl {address_of(known.name)}",
            ),
            ("Change it", "Clone, commit, push, deploy.", f"git clone {known.location} {known.name}"),
            ("Take a bad change back", "One command, also with Roadbed down.", f"roadbed rollback {known.name}"),
        ),
    }
    return render(request, "paths/made.html", context)


def address_of(service: str) -> str:
    """Where the edge will answer for it."""
    try:
        return board.runtime().url_of(service)
    except (RuntimeFailure, Unavailable):
        return f"http://{service}.localhost/"


def _check_service(answers: Mapping[str, str]) -> None:
    service = check_name(answers.get("service_name", ""), place="answers.service_name")
    if catalog.service(service) is not None:
        raise Invalid(f"The catalogue already has a service {service}.", remedy="Choose another name.")


def _owners(request: HttpRequest) -> tuple[str, ...]:
    caller = doors.caller(request)
    if caller.role == ADMIN:
        mine = sorted(caller.teams)
        return (*mine, *(team.name for team in people.teams() if team.name not in caller.teams))
    return tuple(sorted(caller.teams))


def _form(
    request: HttpRequest,
    path: PathView,
    answers: Mapping[str, str],
    *,
    page: int,
    refusal: Refusal | None = None,
) -> HttpResponse:
    faults = wizard.faults_of(refusal) if refusal else {}
    mine = {question.name for question in path.questions if wizard.page_of(question) == page}
    carried = {
        name: answers[name] for question in path.questions if (name := question.name) in answers and name not in mine
    }
    is_service = page == wizard.SERVICE
    kept = urlencode({question.name: answers[question.name] for question in path.questions if question.name in answers})
    context: dict[str, Any] = {
        "path": path,
        "page": page,
        "steps": wizard.STEPS,
        "owners": _owners(request),
        "fields": wizard.fields_of(path.questions, answers, page=page, owners=_owners(request), faults=faults),
        "carried": carried,
        "faults": faults,
        "known_fault": bool(mine & faults.keys()),
        "refusal": refusal,
        "next_url": reverse("paths:promise" if is_service else "paths:review", args=[path.name]),
        "back_url": reverse("paths:list") if is_service else f"{reverse('paths:new', args=[path.name])}?{kept}",
    }
    return render(request, "paths/form.html", context, status=refusal.status if refusal else 200)


def _reviewed(
    request: HttpRequest, path: PathView, answers: dict[str, str], *, asked: str = "", refusal: Refusal | None = None
) -> HttpResponse:
    try:
        if refusal is None:
            _check_service(answers)
        files = queries.preview(path.name, answers, now=timezone.now())
    except Refusal as fault:
        page = wizard.page_with_fault(path.questions, wizard.faults_of(fault))
        return _form(request, path, answers, page=page, refusal=fault)
    shown = wizard.shown_file(files, asked)
    kept = urlencode(answers)
    owner = answers.get("owner", "")
    context = {
        "path": path,
        "name": answers["service_name"],
        "steps": wizard.STEPS,
        "files": files,
        "tree": wizard.tree_of(files, shown=shown.path if shown else "", query=answers),
        "shown": shown,
        "lines": wizard.lines_of(shown, answers) if shown else (),
        "parts": wizard.parts_of(files),
        "answers": answers,
        "answered": [
            (wizard.TITLES.get(question.name, question.name), wizard.said(question.name, answers[question.name]))
            for question in path.questions
            if question.name in answers and question.name not in ("service_name", "description")
        ],
        "checks": _checks(request, answers["service_name"], owner),
        "allowed": may(doors.caller(request), "path.scaffold", team=owner).allowed,
        "refusal": refusal,
        "back_url": f"{reverse('paths:promise', args=[path.name])}?{kept}",
        "edit_url": f"{reverse('paths:new', args=[path.name])}?{kept}",
    }
    return render(request, "paths/review.html", context, status=refusal.status if refusal else 200)


def _checks(request: HttpRequest, name: str, owner: str) -> list[tuple[Badge, str]]:
    """What is certain before the button is pressed, each with its figures."""
    team = people.team(owner)
    free = catalog.service(name) is None
    checks = [
        (
            PASSED if free else Badge("bad", "Fails"),
            f"The name {name} is {'free' if free else 'taken'} in the catalogue",
        )
    ]
    if team is None:
        checks.append((Badge("bad", "Fails"), f"There is no team {owner}"))
    else:
        people_in = len(team.members)
        said = "1 person" if people_in == 1 else f"{people_in} people"
        checks.append((PASSED if people_in else Badge("warn", "To note"), f"{owner} has {said}"))
    if not may(doors.caller(request), "path.scaffold", team=owner).allowed:
        checks.append((Badge("bad", "Fails"), f"Only a member of {owner} or an admin may make it"))
    return checks
