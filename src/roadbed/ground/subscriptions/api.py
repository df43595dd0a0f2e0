"""Subscriptions over HTTP: make and change them, look at what was sent, send again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Status

from roadbed.ground.api.doors import caller
from roadbed.ground.errors import Invalid, Place
from roadbed.ground.people.rules import authorise
from roadbed.ground.subscriptions import asking, queries, schemas, usecases

router = Router(tags=["subscriptions"])


@router.get("/subscriptions", response=schemas.SubscriptionList)
def list_subscriptions(request: HttpRequest) -> Any:
    """All subscriptions. Only admins read them: an address often holds what opens its door."""
    return {"items": queries.subscriptions(caller(request), now=timezone.now())}


@router.post("/subscriptions", response={201: schemas.SubscriptionMade})
def make_subscription(request: HttpRequest, response: HttpResponse, body: schemas.SubscriptionIn) -> Any:
    """Have facts sent from now on. The answer holds the secret that signs them, this once."""
    signed = usecases.subscribe(caller(request), body.wish(), now=timezone.now())
    return Status(201, _signed(request, response, signed))


@router.get("/subscription-kinds", response=schemas.SubscriptionKindList)
def list_subscription_kinds(request: HttpRequest) -> Any:
    """What can be asked for, and what it is called as a CloudEvent."""
    authorise(caller(request), "read")
    return {"items": queries.kinds()}


@router.get("/subscriptions/{reference}", response=schemas.SubscriptionOut)
def get_subscription(request: HttpRequest, reference: str) -> Any:
    """One, by name or uid."""
    return queries.subscription(caller(request), reference, now=timezone.now())


@router.put("/subscriptions/{reference}", response=schemas.SubscriptionOut)
def change_subscription(request: HttpRequest, reference: str, body: schemas.SubscriptionIn) -> Any:
    """Change what is asked for or where it goes."""
    uid = queries.subscription(caller(request), reference, now=timezone.now()).uid
    usecases.change(caller(request), uid, body.wish(), now=timezone.now())
    return queries.subscription(caller(request), uid, now=timezone.now())


@router.delete("/subscriptions/{reference}", response={204: None})
def remove_subscription(request: HttpRequest, reference: str) -> Any:
    """Remove it; what waits is not sent."""
    usecases.remove(caller(request), reference, now=timezone.now())
    return Status(204, None)


@router.post("/subscriptions/{reference}/pause", response=schemas.SubscriptionOut)
def pause_subscription(request: HttpRequest, reference: str, body: schemas.PauseIn) -> Any:
    """Send nothing until it is resumed; nothing is lost meanwhile."""
    usecases.pause(caller(request), reference, reason=body.reason, now=timezone.now())
    return queries.subscription(caller(request), reference, now=timezone.now())


@router.post("/subscriptions/{reference}/resume", response=schemas.SubscriptionOut)
def resume_subscription(request: HttpRequest, reference: str, body: schemas.ResumeIn) -> Any:
    """Send again, what happened meanwhile first unless it is skipped."""
    usecases.resume(caller(request), reference, skip=body.skip, now=timezone.now())
    return queries.subscription(caller(request), reference, now=timezone.now())


@router.post("/subscriptions/{reference}/rotate", response=schemas.SubscriptionMade)
def rotate_subscription(request: HttpRequest, response: HttpResponse, reference: str, body: schemas.RotateIn) -> Any:
    """Make a new secret. For the overlap each delivery carries a signature by both."""
    overlap = timedelta(hours=body.overlap_hours)
    signed = usecases.rotate(caller(request), reference, overlap=overlap, now=timezone.now())
    return _signed(request, response, signed)


@router.post("/subscriptions/{reference}/ping", response={202: schemas.EventOut})
def ping_subscription(request: HttpRequest, reference: str) -> Any:
    """Send a test message, tried once; look at the delivery to see how it ended."""
    uid = asking.send_ping(caller(request), reference, now=timezone.now())
    return Status(202, queries.delivery(caller(request), reference, uid))


@router.post("/subscriptions/{reference}/replay", response={202: schemas.ReplayOut})
def replay_subscription(request: HttpRequest, reference: str, body: schemas.ReplayIn) -> Any:
    """Send past facts, whether they were sent before or not."""
    if bool(body.fact) == (body.since is not None):
        raise Invalid("Say either which fact or since when.", place=Place(field="since"))
    if body.since is not None:
        count = asking.replay_since(caller(request), reference, body.since, now=timezone.now())
        return Status(202, {"facts": count})
    asking.replay_fact(caller(request), reference, body.fact, now=timezone.now())
    return Status(202, {"facts": 1})


@router.get("/subscriptions/{reference}/deliveries", response=schemas.EventPage)
def list_events(request: HttpRequest, reference: str, state: str = "", cursor: str = "", limit: int = 50) -> Any:
    """The delivery log, newest first; what ended 30 days ago is forgotten."""
    return queries.deliveries(caller(request), reference, state=state, cursor=cursor, limit=limit)


@router.get("/subscriptions/{reference}/deliveries/{delivery}", response=schemas.EventWhole)
def get_event(request: HttpRequest, reference: str, delivery: str) -> Any:
    """One delivery with its body, by its own uid or its fact's."""
    return queries.delivery(caller(request), reference, delivery)


@router.post("/subscriptions/{reference}/deliveries/{delivery}/redeliver", response={202: schemas.EventOut})
def redeliver_event(request: HttpRequest, reference: str, delivery: str) -> Any:
    """Send one again now, under the same identity and with the same body."""
    asking.redeliver(caller(request), reference, delivery, now=timezone.now())
    return Status(202, queries.delivery(caller(request), reference, delivery))


def _signed(request: HttpRequest, response: HttpResponse, signed: usecases.Signed) -> dict[str, Any]:
    response["Cache-Control"] = "no-store"
    found = queries.subscription(caller(request), signed.uid, now=timezone.now())
    shown = {name: getattr(found, name) for name in schemas.SubscriptionOut.model_fields}
    return {**shown, "secret": signed.secret}
