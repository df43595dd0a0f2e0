"""The status page from inside: everything that goes on, and what keeps the public page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from roadbed.ground.errors import Refusal
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors
from roadbed.reliability.incidents import queries as incidents
from roadbed.reliability.incidents.acting import instant_of, listed
from roadbed.reliability.incidents.showing import badge
from roadbed.reliability.incidents.status import drawing, queries, usecases

if TYPE_CHECKING:
    from django.http import HttpRequest

MOST = 100


@require_safe
@doors.page
def show(request: HttpRequest) -> HttpResponse:
    """What goes on, published or not, and the components with the services behind them."""
    return _page(request)


def _page(request: HttpRequest, *, refusal: Refusal | None = None) -> HttpResponse:
    caller, now = doors.caller(request), timezone.now()
    board = queries.board(now=now)
    behind = {one.uid: one for one in queries.components()}
    context = {
        "board": board,
        "components": [(drawing.drawn(one), behind[one.uid]) for one in board.components if one.uid in behind],
        "going_on": [
            (view, badge(view))
            for view in incidents.incidents(status="unresolved", caller=caller, limit=MOST).items
        ],
        "subscribers": queries.count_subscribers(),
        "may_write": may(caller, "status.write").allowed,
        "refusal": refusal,
    }  # fmt: skip
    return render(request, "incidents/status/inside.html", context, status=refusal.status if refusal else 200)


@require_POST
@doors.page
def press(request: HttpRequest, verb: str) -> HttpResponse:
    """Show or hide a component, plan maintenance or take it back."""
    caller, now, said = doors.caller(request), timezone.now(), request.POST
    try:
        if verb == "show":
            position = said.get("position", "0")
            usecases.show_component(
                caller, said.get("service", "").strip(), name=said.get("name", ""),
                description=said.get("description", ""), now=now,
                position=int(position) if position.isdecimal() and len(position) < 6 else 0,  # noqa: PLR2004
            )  # fmt: skip
        elif verb == "hide":
            usecases.hide_component(caller, said.get("service", "").strip(), now=now)
        elif verb == "plan":
            usecases.plan_maintenance(
                caller, title=said.get("title", ""), text=said.get("text", ""),
                starts_at=instant_of(said.get("starts_at", ""), "starts_at") or now,
                ends_at=instant_of(said.get("ends_at", ""), "ends_at") or now,
                services=listed(said.get("services", "")), now=now,
            )  # fmt: skip
        elif verb == "cancel":
            usecases.cancel_maintenance(caller, said.get("uid", ""), now=now)
        else:
            raise Http404
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    messages.success(request, "The status page follows within seconds.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("incidents:status-inside"))
