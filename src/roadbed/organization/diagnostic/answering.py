"""The pages on which one answers: begin, question by question, about the organization, hand in. No account needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from roadbed.ground.errors import NotFound, Refusal
from roadbed.ground.shell import doors, words
from roadbed.organization.diagnostic import limiting, measuring, queries, showing, usecases
from roadbed.organization.diagnostic.queries import SheetView
from roadbed.organization.diagnostic.rules.about import COUNT, FIELDS, FLAG, NAMES
from roadbed.organization.diagnostic.rules.measured import Measured
from roadbed.organization.diagnostic.rules.questions import BY_NUMBER, EDITION, MINUTES, QUESTIONS
from roadbed.organization.diagnostic.rules.values import NAMES as DIMENSION_NAMES
from roadbed.organization.diagnostic.rules.values import STEPS, Question

if TYPE_CHECKING:
    from django.http import HttpRequest

P = ParamSpec("P")
COOKIE, SALT = "rb-diagnostic", "roadbed.diagnostic"
DONT_KNOW: Final = "dont-know"
ASKED: Final = tuple(one for one in FIELDS if one.key != "previous_stage")


def open_door(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for anybody: a refusal becomes a page, and who comes too often waits."""

    @wraps(view)
    def opened(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        limit = limiting.WRITE if request.method == "POST" else limiting.LOOK
        wait = limiting.wait_of(limit, request.META.get("REMOTE_ADDR", ""), now=timezone.now())
        if wait is not None:
            return too_often(wait.total_seconds())
        return doors.answered(request, lambda: view(request, *args, **kwargs))

    return opened


def too_often(seconds: float) -> HttpResponse:
    """Somebody comes too often."""
    said = f"Too many requests from this address. Try again in {words.duration(seconds)}."
    headers = {"Retry-After": str(max(1, round(seconds)))}
    return HttpResponse(said, status=HTTPStatus.TOO_MANY_REQUESTS, content_type="text/plain", headers=headers)


def secret_of(request: HttpRequest) -> str:
    """The secret of the sheet in this browser; empty where there is none, or the cookie is not ours."""
    found: str = request.get_signed_cookie(COOKIE, default="", salt=SALT) or ""
    return found


def keep(response: HttpResponse, secret: str, request: HttpRequest) -> HttpResponse:
    """Let this browser hold a sheet."""
    response.set_signed_cookie(
        COOKIE, secret, salt=SALT, max_age=int(usecases.SHEET_KEPT.total_seconds()), httponly=True, samesite="Lax",
        secure=request.is_secure() or settings.SESSION_COOKIE_SECURE, path="/diagnostic",
    )  # fmt: skip
    return response


def base_of(request: HttpRequest) -> str:
    """The frame: with the sidebar for who is signed in, alone for a visitor."""
    return "shell/base.html" if request.user.is_authenticated else "shell/solo.html"


def measured_for(request: HttpRequest, found: SheetView | None, now: datetime) -> tuple[Measured, ...]:
    """Measured figures, for signed-in people alone: a visitor reads none of the organization's."""
    if not request.user.is_authenticated:
        return ()
    return measuring.measured(team=found.team if found else "", now=now)


def _mine(request: HttpRequest) -> SheetView:
    found = queries.sheet(secret_of(request))
    if found is None:
        raise NotFound("There are no answers in this browser.", remedy="Begin under /diagnostic.")
    return found


@require_http_methods(["GET", "HEAD"])
@open_door
def start(request: HttpRequest) -> HttpResponse:
    """What it is, and the way in; for who has begun the way on."""
    found = queries.sheet(secret_of(request))
    context = {
        "base": base_of(request), "sheet": found, "asked": len(QUESTIONS), "minutes": MINUTES, "edition": EDITION,
        "next": _next(found) if found else 1, "rounds": _rounds(request),
    }  # fmt: skip
    return render(request, "diagnostic/start.html", context)


def _rounds(request: HttpRequest) -> tuple[queries.RoundView, ...]:
    return queries.rounds()[:8] if request.user.is_authenticated else ()


@require_POST
@open_door
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a sheet, of a round where its link brought one here."""
    now = timezone.now()
    wait = limiting.wait_of(limiting.BEGIN, request.META.get("REMOTE_ADDR", ""), now=now)
    if wait is not None:
        return too_often(wait.total_seconds())
    secret = usecases.begin(round_secret=request.POST.get("round", ""), now=now)
    return keep(HttpResponseRedirect(resolve_url("diagnostic:question", 1)), secret, request)


@require_http_methods(["GET", "HEAD"])
@open_door
def by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind a team's link."""
    asked = queries.round_by_link(secret)
    if asked is None:
        raise NotFound("Nobody is asked by this link.", remedy="Ask whoever sent it for a new one.")
    found = queries.sheet(secret_of(request))
    mine = found if found and found.in_round and found.team == asked.team else None
    context = {
        "base": base_of(request), "round": asked, "secret": secret, "sheet": mine, "asked": len(QUESTIONS),
        "minutes": MINUTES, "next": _next(mine) if mine else 1,
    }  # fmt: skip
    return render(request, "diagnostic/link.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@open_door
def resume(request: HttpRequest, secret: str) -> HttpResponse:
    """Go on in another browser: the link shows a button, the button brings the answers over."""
    if queries.sheet(secret) is None:
        raise NotFound("These answers are not kept any more.", remedy="Begin again under /diagnostic.")
    if request.method == "POST":
        return keep(HttpResponseRedirect(resolve_url("diagnostic:start")), secret, request)
    return render(request, "diagnostic/resume.html", {"base": base_of(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@open_door
def question(request: HttpRequest, number: int) -> HttpResponse:
    """One question; a POST keeps the answer and goes on, or back."""
    asked = BY_NUMBER.get(number)
    if asked is None:
        raise NotFound(f"There are {len(QUESTIONS)} questions.", remedy="Begin under /diagnostic.")
    found = _mine(request)
    if found.submitted:
        return HttpResponseRedirect(resolve_url("diagnostic:result"))
    if request.method != "POST":
        return _ask(request, asked, found)
    back = request.POST.get("go") == "back"
    given = _given(request, asked)
    if given or not back:
        try:
            kept = {asked.key: None if given == DONT_KNOW else given}
            usecases.answer(secret_of(request), kept, now=timezone.now())
        except Refusal as refusal:
            return _ask(request, asked, found, refusal=refusal, given=given)
    return HttpResponseRedirect(_address(number - 1 if back else number + 1))


def _given(request: HttpRequest, asked: Question) -> str:
    if request.POST.get("answer") == DONT_KNOW:
        return DONT_KNOW
    return request.POST.get("answer" if asked.kind == STEPS else "percent", "").strip()


def _address(number: int) -> str:
    if number > len(QUESTIONS):
        return resolve_url("diagnostic:finish")
    return resolve_url("diagnostic:question", max(1, number))


def _ask(
    request: HttpRequest, asked: Question, found: SheetView, *, refusal: Refusal | None = None, given: str = ""
) -> HttpResponse:
    now = timezone.now()
    measured = measured_for(request, found, now)
    known = next((one for one in measured if one.key == asked.key), None)
    answered = asked.key in found.answers
    answer = found.answers.get(asked.key)
    filled = not answered and not given and known is not None and known.answer is not None
    chosen = given or ((known.answer if known else None) if filled else answer)
    after = BY_NUMBER.get(asked.number + 1)
    context: dict[str, Any] = {
        "base": base_of(request), "sheet": found, "question": asked, "dimension": DIMENSION_NAMES[asked.dimension],
        "asked": len(QUESTIONS), "edition": EDITION, "steps": asked.kind == STEPS, "chosen": chosen,
        "unknown": answered and answer is None and not given, "filled": filled, "measured": known,
        "measurable": len(measured), "done": showing.progress(list(found.answers)), "refusal": refusal,
        "minutes": max(1, round(MINUTES * (len(QUESTIONS) - found.answered) / len(QUESTIONS))),
        "after": after.short if after else "", "link": _resume_link(request), "now": timezone.localtime(now),
    }  # fmt: skip
    return render(request, "diagnostic/question.html", context, status=refusal.status if refusal else 200)


def _resume_link(request: HttpRequest) -> str:
    return request.build_absolute_uri(resolve_url("diagnostic:resume", secret_of(request)))


def _next(found: SheetView) -> int:
    """The first question that is not answered; one past the last where all are."""
    return next((one.number for one in QUESTIONS if one.key not in found.answers), len(QUESTIONS) + 1)


@require_http_methods(["GET", "HEAD", "POST"])
@open_door
def finish(request: HttpRequest) -> HttpResponse:
    """What carries no score, and the end. Answers for a team name no size: that is known here."""
    found = _mine(request)
    if found.submitted:
        return HttpResponseRedirect(resolve_url("diagnostic:result"))
    if request.method != "POST":
        return _finish(request, found)
    secret, now = secret_of(request), timezone.now()
    try:
        if not found.in_round:
            usecases.tell(secret, {one.key: _told(request, one.key, one.kind) for one in ASKED}, now=now)
        usecases.hand_in(secret, now=now)
    except Refusal as refusal:
        return _finish(request, found, refusal=refusal)
    return HttpResponseRedirect(resolve_url("diagnostic:result"))


def _told(request: HttpRequest, key: str, kind: str) -> Any:
    given = request.POST.get(key, "").strip()
    if kind == NAMES:
        names = [name.strip() for name in given.replace("\n", ",").split(",") if name.strip()]
        return names if names or request.POST.get(f"{key}-none") else None
    if not given:
        return None
    if kind == FLAG:
        return {"yes": True, "no": False}.get(given, given)
    try:
        return int(given) if kind == COUNT else float(given)
    except ValueError:
        return given


def _finish(request: HttpRequest, found: SheetView, *, refusal: Refusal | None = None) -> HttpResponse:
    rows = [_field(request, found, one.key, one.text, one.kind) for one in ASKED]
    context = {
        "base": base_of(request), "sheet": found, "rows": rows, "refusal": refusal, "asked": len(QUESTIONS),
        "missing": [one for one in QUESTIONS if one.key not in found.answers], "last": len(QUESTIONS),
    }  # fmt: skip
    return render(request, "diagnostic/finish.html", context, status=refusal.status if refusal else 200)


def _field(request: HttpRequest, found: SheetView, key: str, text: str, kind: str) -> dict[str, Any]:
    kept = found.about.get(key)
    shape = {COUNT: "count", FLAG: "flag", NAMES: "names"}.get(kind, "percent")
    value = ", ".join(kept) if isinstance(kept, list | tuple) else kept
    if request.method == "POST":
        value = {"yes": True, "no": False}.get(request.POST.get(key, ""), request.POST.get(key, ""))
    return {"key": key, "text": text, "shape": shape, "value": value, "none": kept == []}
