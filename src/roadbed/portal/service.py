"""The page of one service: who owns it, how it is now, what it promises, what was released, what it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Refusal
from roadbed.ground.people.rules import may
from roadbed.ground.shell import blocks, doors
from roadbed.ground.shell.components import Badge, Confirmation, Event, Fact, State
from roadbed.platform.releases import queries as releases
from roadbed.platform.releases import usecases
from roadbed.portal import company, deploying, deployments, glance, links
from roadbed.portal.first_steps import OWN
from roadbed.reliability.objectives import queries as objectives
from roadbed.reliability.objectives import showing
from roadbed.reliability.objectives.lowest import lowest_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.ground.catalog.queries import EngagementView, EntityView, ServiceView
    from roadbed.ground.people.rules import Caller
    from roadbed.platform.releases.values import DeploymentView, ReleaseView, RuntimeStatus
    from roadbed.reliability.objectives.answers import ObjectiveView

TIERS: Final = {
    "1": "customers notice at once",
    "2": "customers notice within the hour",
    "3": "colleagues notice",
    "4": "can wait until tomorrow",
}
RELEASES_SHOWN, DEPLOYMENTS_SHOWN, NEAR = 8, 6, 8
BELOW: Final = ("dependsOn", "consumesApi")
ABOVE: Final = ("dependencyOf", "apiConsumedBy")
RELEASE_BADGES: Final = {
    "building": Badge("info", "Being built", "player-play"),
    "good": Badge("good", "Kept", "check", plain=True),
    "failed": Badge("bad", "Never good"),
    "pruned": Badge("idle", "Removed", "circle-off", plain=True),
}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A service or resource on the other end of a relation. Without an address it is not registered."""

    name: str
    url: str
    kind: str
    state: State | None
    left: float | None
    promises: bool


@require_safe
@doors.page
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One service."""
    now = timezone.localtime()
    caller = doors.caller(request)
    service = catalog.require_service(name)
    runtime = releases.runtime_status(service.uid)
    promised = objectives.objectives_of(service.uid)
    done = releases.deployments_of(service.uid, limit=DEPLOYMENTS_SHOWN).items
    kept = releases.releases_of(service.uid, limit=RELEASES_SHOWN)
    below, above = _neighbours(catalog.require_entity(service.uid))
    here = runtime.deployed_by == "roadbed"
    engaged = next(iter(catalog.engagements(service.uid, on=now.date())), None)
    burning = company.worst_incident(service.uid)
    context: dict[str, Any] = {
        "service": service,
        "slug": glance.slug_of(service),
        "facts": _facts(service, promised, runtime, engaged),
        "runtime": runtime,
        "here": here,
        "itself": service.name == OWN,
        "workloads": [
            {"view": view, "badge": glance.RUNNING.get(view.state, Badge("unknown"))} for view in runtime.workloads
        ],
        "objectives": [_promise_row(view) for view in promised],
        "alert": company.incident_alert(burning) if burning else _alert(promised, runtime),
        "duty": company.on_call(engaged.team if engaged else service.owner, now=now),
        "flags": company.flag_lines(service.uid),
        "blocks": blocks.drawn(blocks.SERVICE, request, service.uid),
        **company.runbook_lines(service.uid, now=now),
        "read_error": objectives.read_error(service.uid),
        "releases": [_release_row(view) for view in kept],
        "deployments": done,
        "events": [_event(view) for view in done],
        "under_way": next((view for view in done if deployments.is_under_way(view)), None),
        "ends": [("It depends on", below[:NEAR], below[NEAR:]), ("Depends on it", above[:NEAR], above[NEAR:])],
        "alone": not below and not above,
        "code": links.code_of(service),
        "runbook": links.runbook_of(service),
        "links": links.links_of(service.links),
        "may_deploy": here and may(caller, "service.deploy", team=service.owner).allowed,
        "kinds": deploying.kinds(),
        "given": {},
        "confirm": _rollback(caller, service) if here else None,
        "now": now,
    }
    return render(request, "portal/service.html", context)


def _facts(
    service: ServiceView, promised: tuple[ObjectiveView, ...], runtime: RuntimeStatus, engaged: EngagementView | None
) -> tuple[Fact, ...]:
    standings = [view.standing for view in promised]
    worst = lowest_of([service.uid]).get(service.uid)
    return (
        Fact("Owner", service.owner, reverse("people:team", args=[service.owner])),
        Fact(
            "SRE engagement",
            engaged.team if engaged else "",
            reverse("people:team", args=[engaged.team]) if engaged else "",
            note=f"since {engaged.started_on:%-d %B %Y}" if engaged else "",
            absent="None: the owner answers",
        ),
        Fact("Tier", service.tier, note=TIERS.get(service.tier, ""), absent="Nobody has said"),
        Fact("Lifecycle", service.lifecycle.capitalize()),
        Fact("Deployed by", _deployed_by(service, runtime)),
        Fact("SLO state", badge=showing.badge(worst.standing) if worst and standings else None, absent="No objectives"),
    )


def _deployed_by(service: ServiceView, runtime: RuntimeStatus) -> str:
    if service.name == OWN:
        return "roadbed up"
    return "Roadbed, here" if runtime.deployed_by == "roadbed" else "Another CD, which reports"


def _alert(promised: tuple[ObjectiveView, ...], runtime: RuntimeStatus) -> dict[str, str] | None:
    """The one thing that needs somebody now: first what does not run, then what is spent or burns."""
    for one in runtime.workloads:
        if one.desired == "running" and one.state in ("failing", "absent"):
            detail = one.detail or "Roll back to the last good release, or deploy one that works."
            return {"title": f"{one.environment.capitalize()} does not run", "detail": detail, "url": "", "action": ""}
    for view in promised:
        if view.standing in ("spent", "burning"):
            page = reverse("objectives:objective", args=[view.uid])
            return {
                "title": f"{view.title}: {view.standing_word.lower()}",
                "detail": "The gate refuses feature changes. Fixes and rollbacks pass.",
                "url": page,
                "action": "See it",
            }
    return None


def _promise_row(view: ObjectiveView) -> dict[str, Any]:
    burn = dict(view.burns).get("1h")
    return {
        "view": view,
        "badge": showing.badge(view.standing),
        "left_state": showing.left_state(view.standing, view.remaining),
        "burn": burn,
        "burn_badge": _burn_badge(view, burn),
    }


def _burn_badge(view: ObjectiveView, burn: float | None) -> Badge | None:
    if burn is None:
        return None
    said = f"{burn:.1f} times"
    return Badge("bad" if view.paging else "warn" if burn > 1 else "good", said, plain=True)


def _release_row(view: ReleaseView) -> dict[str, Any]:
    badge = Badge("good", "Serves") if view.serving else RELEASE_BADGES[view.state]
    return {"view": view, "badge": badge}


def _event(view: DeploymentView) -> Event:
    badge = deployments.badge_of(view)
    return Event(
        view.finished_at or view.requested_at,
        "arrow-back-up" if view.kind == "rollback" else "rocket",
        deployments.title_of(view),
        f"{badge.text}, by {view.requested_by}" + (f": {view.failure.detail}" if view.failure else ""),
        reverse("portal:deployment", args=[view.uid]),
        badge.state,
    )


def _rollback(caller: Caller, service: ServiceView) -> Confirmation | None:
    """The preview for the dialog; None where there is nothing to roll back to, or the caller may not."""
    if not may(caller, "service.rollback", team=service.owner).allowed:
        return None
    try:
        return deploying.confirmation(usecases.preview_rollback(caller, service.uid), service)
    except Refusal:
        return None


def _neighbours(entity: EntityView) -> tuple[list[Neighbour], list[Neighbour]]:
    lowest = lowest_of([one.uid for one in entity.relations if one.uid])

    def ends(kinds: tuple[str, ...]) -> list[Neighbour]:
        found = []
        for one in entity.relations:
            if one.type in kinds:
                low = lowest.get(one.uid or "")
                kind = one.ref.partition(":")[0]
                page = "portal:service" if kind == "component" else "portal:entity"
                url = reverse(page, args=[one.uid]) if one.uid else ""
                state = showing.STATES[low.standing] if low else None
                found.append(Neighbour(one.name, url, kind, state, low.remaining if low else None, low is not None))
        return found

    return ends(BELOW), ends(ABOVE)
