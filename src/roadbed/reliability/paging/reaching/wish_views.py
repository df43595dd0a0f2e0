"""My notifications: one's channels with their verification, methods by urgency, quiet hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.shell import doors
from roadbed.reliability.paging import queries, usecases
from roadbed.reliability.paging.reaching import wishes
from roadbed.reliability.paging.rules.methods import DAYS, URGENCIES

if TYPE_CHECKING:
    from django.http import HttpRequest

KINDS = (
    ("smtp", "Mail", "you@example.org"),
    ("sms", "Text message", "+46701234567"),
    ("voice", "Call", "+46701234567"),
    ("slack", "Slack", "U0123ABCDEF"),
    ("slack_hook", "Slack webhook", "https://hooks.slack.com/services/…"),
    ("ntfy", "ntfy", "topic, or https://server/topic"),
    ("push", "Push by Apprise", "tgram://…, pover://…, gotify://host/token"),
    ("webhook", "Webhook", "https://host/path"),
)
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ROWS = 2
"""Methods that the form has room for beyond those that are written."""


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """How one is paged."""
    return _show(request)


def _show(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    caller, now = doors.caller(request), timezone.now()
    wanted = wishes.show_wishes(caller, now=now)
    channels = queries.channels_of(caller.uid)
    context = {
        "wishes": wanted,
        "channels": channels,
        "verified": [one for one in channels if one.verified_at],
        "ways": [{"urgency": urgency, "rows": _rows(getattr(wanted, urgency))} for urgency in URGENCIES],
        "quiet": wanted.quiet[0] if wanted.quiet else None,
        "days": list(zip(DAYS, DAY_NAMES, strict=True)),
        "kinds": KINDS,
        "now": timezone.localtime(),
        **more,
    }
    return render(request, "paging/notifications.html", context, status=status)


def _rows(ways: tuple[wishes.WayView, ...]) -> list[wishes.WayView | None]:
    return [*ways, *[None] * ROWS]


@require_POST
@doors.page
def write(request: HttpRequest) -> HttpResponse:
    """Write methods and quiet hours whole."""
    try:
        wishes.set_wishes(
            doors.caller(request),
            zone=request.POST.get("zone", "").strip(),
            high=_given(request, "high"),
            low=_given(request, "low"),
            quiet=_quiet(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        return _show(request, status=refusal.status, refusal=refusal, form="write")
    return _back(request, "This is how you are paged now.")


def _given(request: HttpRequest, urgency: str) -> list[dict[str, Any]]:
    channels = request.POST.getlist(f"{urgency}-channel")
    afters = request.POST.getlist(f"{urgency}-after")
    given = []
    for channel, after in zip(channels, afters, strict=False):
        if channel:
            text = after.strip() or "0"
            if not text.isascii() or not text.isdecimal() or len(text) > 4:  # noqa: PLR2004 - more digits than an hour of minutes has
                raise Invalid(f"{after[:20]!r} is no number of minutes.", place=Place(field=urgency))
            given.append({"channel": channel, "after": int(text) * 60})
    return given


def _quiet(request: HttpRequest) -> list[dict[str, Any]]:
    start, end = request.POST.get("quiet-from", "").strip(), request.POST.get("quiet-to", "").strip()
    if not start and not end:
        return []
    return [{"days": request.POST.getlist("quiet-days"), "from": start, "to": end}]


@require_POST
@doors.page
def add_channel(request: HttpRequest) -> HttpResponse:
    """Add a way to oneself; a webhook's secret is shown this once."""
    kind, address = request.POST.get("kind", ""), request.POST.get("address", "")
    try:
        made = usecases.add_channel(doors.caller(request), kind=kind, address=address, now=timezone.now())
    except Refusal as refusal:
        return _show(request, status=refusal.status, refusal=refusal, form="add", address=address, kind=kind)
    if made.secret:
        return _show(request, secret=made.secret, secret_of=address)
    return _back(
        request, "A test message with a code is on its way. Enter the code here, or press the button behind its link."
    )


@require_POST
@doors.page
def try_channel(request: HttpRequest, uid: str) -> HttpResponse:
    """Send a test message."""
    usecases.try_channel(doors.caller(request), uid, now=timezone.now())
    return _back(request, "A test message is on its way.")


@require_POST
@doors.page
def verify_channel(request: HttpRequest, uid: str) -> HttpResponse:
    """Verify a channel by its code."""
    try:
        usecases.verify_channel(doors.caller(request), uid, request.POST.get("code", "")[:20], now=timezone.now())
    except Refusal as refusal:
        return _show(request, status=refusal.status, refusal=refusal, form=uid)
    return _back(request, "The channel is verified. Pages go out on it from now on.")


@require_POST
@doors.page
def remove_channel(request: HttpRequest, uid: str) -> HttpResponse:
    """Remove a channel."""
    usecases.remove_channel(doors.caller(request), uid, now=timezone.now())
    return _back(request, "The channel is removed.")


def _back(request: HttpRequest, said: str) -> HttpResponse:
    messages.success(request, said, extra_tags="good")
    return HttpResponseRedirect(resolve_url("paging:notifications"))
