"""The pages of integrations: all of them, one with its messages, the forms that open, change and close doors."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import yaml
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from roadbed.ground.errors import Invalid, Place, Refusal
from roadbed.ground.ledger import listings
from roadbed.ground.people import queries as people
from roadbed.ground.people.rules import authorise, may
from roadbed.ground.ports.events import Unreadable
from roadbed.ground.ports.payloads import parsed
from roadbed.ground.shell import doors
from roadbed.reliability.paging.alerts import integrating, queries, showing
from roadbed.reliability.paging.alerts.integrating import source_of
from roadbed.reliability.paging.rules.alerts import mapping as mappings
from roadbed.reliability.paging.rules.alerts.values import JSON, KINDS, SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from roadbed.ground.shell.components import Confirmation
    from roadbed.reliability.paging.alerts.answers import IntegrationView

SHOWN: Final = 20
OVERLAP: Final = timedelta(hours=24)
SAMPLE: Final = '{"summary": "Queue stuck", "id": "q-1", "status": "firing", "level": "high", "svc": "checkout"}'
MAPPING: Final = "title: summary\nkey: id\nstatus: status\nseverity: level\nservice: svc\n"


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """All integrations."""
    caller = doors.caller(request)
    authorise(caller, "read")
    context = {
        "tabs": showing.tabs("integrations"),
        "rows": [{"view": one, "badge": showing.integration_badge(one)} for one in queries.integrations()],
        "may_write": may(caller, integrating.VERB).allowed,
    }
    return render(request, "paging/integrations.html", context)


@require_safe
@doors.page
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One integration with its messages."""
    return _page(request, name)


def _page(request: HttpRequest, name: str, *, status: int = 200, **more: Any) -> HttpResponse:
    caller = doors.caller(request)
    authorise(caller, "read")
    view = queries.integration(name)
    log = listings.inbox(source=source_of(name), limit=SHOWN)
    context = {
        "view": view,
        "badge": showing.integration_badge(view),
        "facts": showing.passport(view),
        "log": [{"view": one, "badge": showing.delivery_badge(one)} for one in log.items],
        "may_write": may(caller, integrating.VERB, team=integrating.team_of(integrating.require(name))).allowed,
        "mapped": view.kind == JSON,
        "severities": SEVERITIES.items(),
        "mapping": yaml.safe_dump(dict(view.mapping), sort_keys=False) if view.kind == JSON else "",
        "sample": SAMPLE,
    }
    return render(request, "paging/integration.html", {**context, **more}, status=status)


@sensitive_variables("opened")
@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def create(request: HttpRequest) -> HttpResponse:
    """A new integration; the answer shows its key, this once."""
    caller = doors.caller(request)
    given = {name: request.POST.get(name, "").strip() for name in ("kind", "name", "team", "service", "mapping")}
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            settings = {"mapping": _yaml(given["mapping"])} if given["kind"] == JSON else {}
            opened = integrating.add(
                caller, given["kind"], given["name"], team="" if given["service"] else given["team"],
                service=given["service"], settings=settings, now=timezone.now(),
            )  # fmt: skip
        except Refusal as fault:
            refusal = fault
        else:
            return _page(request, opened.name, status=201, key=opened.key)
    else:
        authorise(caller, integrating.VERB)
        given["mapping"] = MAPPING
    context = {"given": given, "kinds": KINDS.items(), "teams": people.teams(), "refusal": refusal}
    return render(request, "paging/new_integration.html", context, status=refusal.status if refusal else 200)


def _yaml(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        place = Place(file="mapping", line=mark.line + 1 if mark else None, field="mapping")
        raise Invalid("The mapping is no YAML.", remedy="One field a line, like title: summary.", place=place) from None


@require_POST
@doors.page
def change(request: HttpRequest, name: str) -> HttpResponse:
    """Change what it does, or try a mapping on a sample without keeping either."""
    said: dict[str, Any] = {field: request.POST.get(field, "").strip() for field in ("mapping", "sample")}
    try:
        if request.POST.get("act") == "try":
            tried = mappings.read(_sample(said["sample"]), mappings.checked(_yaml(said["mapping"])))
            return _page(request, name, tried=tried.signals, **said)
        integrating.change(doors.caller(request), name, settings=_settings(request), now=timezone.now())
    except Unreadable as fault:
        refusal = Invalid(str(fault), remedy="Mend the path, or the sample.", place=Place(field="sample"))
        return _page(request, name, status=refusal.status, refusal=refusal, **said)
    except Refusal as fault:
        return _page(request, name, status=fault.status, refusal=fault, **(said if said["mapping"] else {}))
    messages.success(request, "It is changed, for what comes from now on.", extra_tags="good")
    return HttpResponseRedirect(resolve_url("paging:integration", name))


def _sample(text: str) -> Any:
    return parsed(text.encode())


def _settings(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if request.POST.get("mapping"):
        found["mapping"] = _yaml(request.POST["mapping"])
    for name in ("pages_at", "quiet_seconds", "silent_seconds"):
        said = request.POST.get(name)
        if said is None:
            continue
        if said and not (said.isdecimal() and len(said) < 8):  # noqa: PLR2004 - more than a month has
            raise Invalid(f"{said[:20]!r} is no number.", remedy="Write digits.", place=Place(field=name))
        found[name] = int(said or 0)
    if "certificate" in request.POST:
        found["certificate"] = request.POST["certificate"]
    return found


@require_POST
@doors.page
def read_again(request: HttpRequest, name: str) -> HttpResponse:
    """Read again what could not be read."""
    count = integrating.read_again(doors.caller(request), name)
    messages.success(request, f"{count} messages are read again." if count != 1 else "One message is read again.")
    return HttpResponseRedirect(resolve_url("paging:integration", name))


@sensitive_variables("opened")
@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def rotate(request: HttpRequest, name: str) -> HttpResponse:
    """Make a new key, after a look at what that means; the answer shows it, this once."""
    if request.method != "POST":
        return _confirmation(request, name, showing.rotating)
    opened = integrating.rotate(doors.caller(request), name, overlap=OVERLAP, now=timezone.now())
    return _page(request, opened.name, status=201, key=opened.key)


@require_http_methods(["GET", "HEAD", "POST"])
@doors.page
def archive(request: HttpRequest, name: str) -> HttpResponse:
    """Close the door, after a look at what that means."""
    if request.method != "POST":
        return _confirmation(request, name, showing.archiving)
    integrating.archive(doors.caller(request), name, now=timezone.now())
    messages.success(request, f"{name} is archived. Its key opens nothing from now on.")
    return HttpResponseRedirect(resolve_url("paging:integrations"))


@require_POST
@doors.page
def restore(request: HttpRequest, name: str) -> HttpResponse:
    """Open the door again."""
    integrating.restore(doors.caller(request), name, now=timezone.now())
    messages.success(request, f"{name} takes alerts again, with the key that it had.")
    return HttpResponseRedirect(resolve_url("paging:integration", name))


def _confirmation(request: HttpRequest, name: str, of: Callable[[IntegrationView], Confirmation]) -> HttpResponse:
    authorise(doors.caller(request), integrating.VERB, team=integrating.team_of(integrating.require(name)))
    view = queries.integration(name)
    context = {"view": view, "confirm": of(view), "back": resolve_url("paging:integration", name)}
    return render(request, "paging/integration_confirm.html", context)
