"""The page that replays an objective and a policy over its past: a GET form, for it changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from roadbed.ground.errors import Invalid, NotFound, Place, Refusal
from roadbed.ground.shell import doors, words
from roadbed.ground.shell.components import Badge, Stat
from roadbed.reliability.objectives import policies, queries, replaying
from roadbed.reliability.objectives.models import Objective
from roadbed.reliability.objectives.rules.policy.variables import KINDS

if TYPE_CHECKING:
    from django.http import HttpRequest

SPANS: Final = (("1", "1 day"), ("7", "7 days"), ("30", "30 days"))
USUAL: Final = "7"
SHOWN: Final = 200
SAID: Final = {
    "page": ("Pages", Badge("bad", "Page", "bell-ringing")),
    "ticket": ("Tickets", Badge("warn", "Ticket")),
    "refused": ("Refused", Badge("bad", "Refused", "ban")),
    "warned": ("Warned", Badge("warn", "Warned")),
    "unknown": ("Unknown", Badge("unknown", "Unknown")),
}


@require_safe
@doors.page
def choose(request: HttpRequest) -> HttpResponse:
    """From `SERVICE/NAME` to the replay of that objective.

    Raises:
        NotFound: when there is none of that name.
    """
    asked = request.GET.get("objective", "")[:200]
    service, _, name = asked.partition("/")
    uid = (
        Objective.objects.filter(service_name=service, name=name, removed_at=None).values_list("uid", flat=True).first()
        if "\x00" not in asked
        else None
    )
    if uid is None:
        raise NotFound(f"There is no objective {asked!r}.", remedy="Write it as service/objective.")
    kept = urlencode({"policy": request.GET.get("policy", "")[:100]})
    return HttpResponseRedirect(f"{resolve_url('objectives:replay', uid)}?{kept}")


@require_safe
@doors.page
def show(request: HttpRequest, uid: str) -> HttpResponse:
    """What it would have paged, ticketed and refused; asked for nothing yet, only the form."""
    view = queries.require_objective(uid).view
    given = {name: request.GET.get(name, "")[:100] for name in ("days", "kind", "policy")}
    given = {**given, "days": given["days"] or USUAL, "kind": given["kind"] or "feature"}
    now = timezone.localtime()
    context: dict[str, Any] = {
        "view": view,
        "given": given,
        "spans": SPANS,
        "kinds": KINDS,
        "policies": [
            f"{one.name}/{one.number}" for named in policies.policies() for one in policies.history(named.name)
        ],
        "now": now,
    }
    if "days" in request.GET:
        try:
            context |= _replayed(uid, given, now)
        except Refusal as refusal:
            return render(
                request, "objectives/replay.html", {**context, "refusal": refusal}, status=refusal.status
            )  # fmt: skip
    return render(request, "objectives/replay.html", context)


def _replayed(uid: str, given: dict[str, str], now: datetime) -> dict[str, Any]:
    if given["days"] not in dict(SPANS) or given["kind"] not in KINDS:
        raise Invalid("This cannot be replayed.", remedy="Choose from the lists.", place=Place(field="days"))
    wish = replaying.Wish(
        since=now - timedelta(days=int(given["days"])), until=now, kind=given["kind"], **_policy(given["policy"])
    )
    found = replaying.replayed(uid, wish, now=now)
    decided = {refusal["decision"]: refusal["at"] for refusal in found["recorded"]["refusals"]}
    return {
        "found": found,
        "stats": [
            Stat(
                SAID[kind][0],
                str(total["times"]),
                note=words.duration(total["minutes"] * 60) if total["times"] else "never",
                state=SAID[kind][1].state,
                tone=total["times"] > 0,
            )
            for kind, total in found["totals"].items()
        ],
        "rows": [(SAID[one["kind"]][1], one, *_instants(one)) for one in found["intervals"][-SHOWN:][::-1]],
        "more": max(0, len(found["intervals"]) - SHOWN),
        "paged": len(found["recorded"]["pages"]),
        "refused": decided.items(),
    }


def _instants(one: dict[str, Any]) -> tuple[datetime, str]:
    return datetime.fromisoformat(one["start"]), words.duration(one["minutes"] * 60)


def _policy(chosen: str) -> dict[str, str]:
    """The document of a version, to be tried; nothing for the one that decides."""
    name, _, number = chosen.partition("/")
    if not chosen:
        return {}
    if not number.isdecimal() or len(number) > 9:  # noqa: PLR2004 - no version has so many digits
        raise Invalid("This is no policy.", remedy="Choose one from the list.", place=Place(field="policy"))
    return {"policy": policies.policy(name, int(number)).text, "file": chosen}
