"""Reading subscriptions and their delivery logs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Min, Q

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.catalog.queries import service_names
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.ledger.queries import last_position
from roadbed.ground.ledger.rules import KINDS
from roadbed.ground.people.rules import Caller, authorise
from roadbed.ground.subscriptions.models import Delivery, Subscription
from roadbed.ground.subscriptions.rules.cdevents import WORDS, type_of
from roadbed.ground.subscriptions.rules.retrying import GIVEN_UP_AFTER

VERB: Final = "subscription.write"
"""Addresses hold what opens a receiver's door, so that only who may write may read them."""


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """One subscription.

    Attributes:
        behind: positions of the ledger that it has not read yet; it need not be sent a fact for each.
        failing_since: when the troubles began that last until now; None while deliveries arrive.
        quiet_until: when the receiver is tried again.
    """

    uid: str
    name: str
    url: str
    format: str
    kinds: tuple[str, ...]
    environment: str
    service: str
    team: str
    state: str
    paused_at: datetime | None
    paused_by: str
    paused_for: str
    both_sign_until: datetime | None
    behind: int
    waiting: int
    given_up: int
    oldest_waiting_at: datetime | None
    failures: int
    failing_since: datetime | None
    quiet_until: datetime | None
    delivered_at: datetime | None
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One line of the delivery log; `id` is the identity that receivers see, the same at every try."""

    pk: int
    uid: str
    id: str
    fact: str
    kind: str
    state: str
    tries: int
    status: int | None
    seconds: float | None
    reason: str
    queued_at: datetime
    tried_at: datetime | None
    next_at: datetime | None
    ended_at: datetime | None
    given_up_at: datetime | None
    body: str | None
    content_type: str


@dataclass(frozen=True, slots=True)
class KindView:
    """A kind that can be asked for, and the type under which it leaves as a CloudEvent."""

    kind: str
    type: str
    cdevents: bool


def kinds() -> tuple[KindView, ...]:
    """All kinds, in order of the alphabet."""
    return tuple(KindView(kind, type_of(kind), kind in WORDS) for kind in sorted(KINDS))


def row_of(reference: str, *, lock: bool = False) -> Subscription:
    """The row of a name or uid."""
    rows = Subscription.objects.filter(removed_at=None).filter(Q(uid=reference) | Q(name=reference))
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise NotFound(f"There is no subscription {reference[:80]}.", remedy="`roadbed subscription list` shows them.")
    return row


def delivery_row(row: Subscription, uid: str) -> Delivery:
    """One delivery of a subscription, by its own uid or its fact's."""
    found = Delivery.objects.filter(subscription=row).filter(Q(uid=uid) | Q(fact=uid)).exclude(uid="").first()
    if found is None:
        raise NotFound(
            f"{row.name} has no delivery {uid[:40]}.",
            remedy=f"`roadbed subscription deliveries {row.name}` lists them.",
        )
    return found


def subscriptions(caller: Caller, *, now: datetime) -> tuple[SubscriptionView, ...]:
    """All of them, by name."""
    authorise(caller, VERB)
    return _views(list(Subscription.objects.filter(removed_at=None).order_by("name")), now=now)


def subscription(caller: Caller, reference: str, *, now: datetime) -> SubscriptionView:
    """One, by name or uid."""
    authorise(caller, VERB)
    return _views([row_of(reference)], now=now)[0]


def deliveries(
    caller: Caller, reference: str, *, state: str = "", cursor: str = "", limit: int = 50
) -> Page[DeliveryView]:
    """The log, newest first, without what was sent."""
    authorise(caller, VERB)
    checked_limit(limit)
    if state and state not in Delivery.STATES:
        raise Invalid(
            f"{state[:40]!r} is no state.", remedy=f"One of {', '.join(Delivery.STATES)}.", place=Place(field="state")
        )
    rows = Delivery.objects.filter(subscription=row_of(reference)).defer("body").order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(pk__lt=_pk(cursor))
    return page_of([_view(row, whole=False) for row in rows[: limit + 1]], limit, lambda row: (row.pk,))


def delivery(caller: Caller, reference: str, uid: str) -> DeliveryView:
    """One delivery with its body as it was sent; the signature is never kept."""
    authorise(caller, VERB)
    return _view(delivery_row(row_of(reference), uid), whole=True)


def _pk(cursor: str) -> int:
    (last,) = decode_cursor(cursor, 1)
    if not isinstance(last, int) or not 0 <= last < 2**63:
        raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
    return last


def _views(rows: list[Subscription], *, now: datetime) -> tuple[SubscriptionView, ...]:
    end = last_position()
    names = service_names([row.service_uid for row in rows if row.service_uid])
    counts = _counts([row.pk for row in rows])
    return tuple(
        SubscriptionView(
            uid=row.uid, name=row.name, url=row.url, format=row.form, kinds=tuple(row.kinds),
            environment=row.environment, service=names.get(row.service_uid, row.service), team=row.team,
            state=row.state, paused_at=row.paused_at, paused_by=row.paused_by, paused_for=row.paused_for,
            both_sign_until=row.former_until if row.former_until and row.former_until > now else None,
            behind=max(0, end - row.position), failures=row.failures, failing_since=row.failing_since,
            quiet_until=row.quiet_until if row.quiet_until and row.quiet_until > now else None,
            delivered_at=row.delivered_at, created_at=row.created_at, created_by=row.created_by,
            waiting=counts.get(row.pk, _Counts()).waiting, given_up=counts.get(row.pk, _Counts()).given_up,
            oldest_waiting_at=counts.get(row.pk, _Counts()).oldest,
        )
        for row in rows
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Counts:
    waiting: int = 0
    given_up: int = 0
    oldest: datetime | None = None


def _counts(pks: list[int]) -> dict[int, _Counts]:
    to_send = Q(state__in=[Delivery.WAITING, Delivery.SENDING])
    rows = Delivery.objects.filter(subscription__in=pks).exclude(state=Delivery.DELIVERED).values("subscription")
    counted = rows.annotate(
        waiting=Count("pk", filter=to_send),
        given_up=Count("pk", filter=Q(state=Delivery.FAILED)),
        oldest=Min("queued_at", filter=to_send),
    )
    return {row["subscription"]: _Counts(row["waiting"], row["given_up"], row["oldest"]) for row in counted}


def _view(row: Delivery, *, whole: bool) -> DeliveryView:
    hopeful = row.state in (Delivery.WAITING, Delivery.SENDING)
    return DeliveryView(
        pk=row.pk, uid=row.uid, id=row.fact or row.uid, fact=row.fact, kind=row.kind, state=row.state,
        tries=row.tries, status=row.status, seconds=row.seconds, reason=row.reason, queued_at=row.queued_at,
        tried_at=row.tried_at, next_at=row.next_at if row.state == Delivery.WAITING else None, ended_at=row.ended_at,
        given_up_at=row.first_try_at + GIVEN_UP_AFTER if hopeful and row.first_try_at else None,
        body=row.body if whole else None, content_type=row.content_type,
    )  # fmt: skip
