"""The pages of runs: a step shown as it would run and confirmed, a run with what it prints, and a way to stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.shell import doors
from roadbed.platform.runbooks import planning, queries, running, showing, standing

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

PREFIX = "p-"


def _asked(data: QueryDict) -> dict[str, Any]:
    """How a step is asked for, from a form: parameters are its fields that begin with p-."""
    return {
        "given": {key.removeprefix(PREFIX): str(value) for key, value in data.items() if key.startswith(PREFIX)},
        "environment": data.get("environment") or planning.PRODUCTION,
        "incident": data.get("incident", ""),
        "dry_run": bool(data.get("dry_run")),
    }


@require_safe
@doors.page
def confirm(request: HttpRequest, uid: str, number: int) -> HttpResponse:
    """A step as it would run, before anybody confirms it."""
    return _confirm(request, uid, number, request.GET)


def _confirm(
    request: HttpRequest, uid: str, number: int, data: QueryDict, *, refusal: Refusal | None = None
) -> HttpResponse:
    now, asked = timezone.localtime(), _asked(data)
    view = queries.runbook(uid, now=now)
    step = view.step(number)
    shown, elsewhere = None, ""
    if request.method == "GET" and not standing.is_open_on(view.row.service_uid, asked["incident"]):
        # A link outlives the incident that it came from, or leads to another service's runbook: nothing is lost by it.
        elsewhere, asked["incident"] = asked["incident"][:40], ""
    try:
        shown = planning.plan(doors.caller(request), uid, number, **asked, now=now)
    except Refusal as fault:
        if step is None:
            raise
        refusal = refusal or fault
    context = {
        "view": view,
        "row": view.row,
        "step": step,
        "plan": shown,
        "fields": [
            {"view": one, "value": asked["given"].get(one.name, one.default or "")}
            for name in (step.parameters if step else ())
            if (one := view.read.parameter(name)) is not None
        ],
        "asked": asked,
        "elsewhere": elsewhere,
        "local_line": f"roadbed runbook run {view.row.path} --service {view.row.service} --step {number} --local",
        "refusal": refusal,
        "now": now,
    }
    return render(request, "runbooks/step.html", context, status=refusal.status if refusal else 200)


@require_POST
@doors.page
def start(request: HttpRequest, uid: str, number: int) -> HttpResponse:
    """Run a step as it was shown."""
    try:
        if request.POST.get("must") and not request.POST.get("sure"):
            raise Invalid(
                "It is not confirmed.", remedy="Read the command, then tick the box.", place=Place(field="sure")
            )
        run_uid = running.start(
            doors.caller(request), uid, number, shown=request.POST.get("shown", ""), **_asked(request.POST),
            now=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _confirm(request, uid, number, request.POST, refusal=refusal)
    return HttpResponseRedirect(resolve_url("runbooks:run", run_uid))


@require_POST
@doors.page
def tick(request: HttpRequest, uid: str, number: int) -> HttpResponse:
    """Tick off a step that was done by hand."""
    said = request.POST.get("minutes", "").strip()
    asked = _asked(request.POST)
    try:
        if not (said.isascii() and said.isdigit() and len(said) < 5):  # noqa: PLR2004 - a day has 1440
            raise Invalid(f"{said[:20]!r} is no number of minutes.", remedy="Write it like 10.")
        running.tick(
            doors.caller(request), uid, number, minutes=int(said), came_out=not request.POST.get("failed"),
            note=request.POST.get("note", ""), environment=asked["environment"], incident=asked["incident"],
            now=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _confirm(request, uid, number, request.POST, refusal=refusal)
    messages.success(request, f"Step {number} is ticked off.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("runbooks:one", uid))


@require_safe
@doors.page
def run(request: HttpRequest, uid: str) -> HttpResponse:
    """One run, followed while it goes on."""
    now = timezone.localtime()
    one = queries.run_view(queries.require_run(uid))
    context = {
        "run": one,
        "badge": showing.run_badge(one),
        "following": [
            (run.number, run.title) for run in queries.runbook(one.runbook, now=now).read.steps if run.number > one.step
        ][:1],
        "now": now,
    }
    return render(request, "runbooks/run.html", context)


@require_POST
@doors.page
def stop(request: HttpRequest, uid: str) -> HttpResponse:
    """Stop a run."""
    running.kill(doors.caller(request), uid, now=timezone.now())
    messages.success(request, "It is being stopped. What it did already stays done.", extra_tags="warn")
    return HttpResponseRedirect(resolve_url("runbooks:run", uid))
