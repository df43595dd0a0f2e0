"""Reading what came through a door: each message in the transaction in which it counts as read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from django.db import connections
from django.utils import timezone

from roadbed.ground.errors import NotFound
from roadbed.ground.ledger.models import InboxItem
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports.payloads import mapping, parsed
from roadbed.reliability.paging.alerts import signing
from roadbed.reliability.paging.alerts.batching import Batch
from roadbed.reliability.paging.alerts.looking import View
from roadbed.reliability.paging.alerts.models import Integration
from roadbed.reliability.paging.rules.alerts import reading
from roadbed.reliability.paging.rules.alerts.hurrying import about
from roadbed.reliability.paging.rules.alerts.values import CLOUDWATCH, Change, Told

_LOCK: Final = 7_246_734


def read(item: InboxItem) -> str:
    """Read one delivery; what it raises leaves nothing of it, and the delivery stays in the inbox with the reason."""
    (answer,) = read_together([item])
    if isinstance(answer, Exception):
        raise answer
    return answer


def read_together(items: Sequence[InboxItem]) -> list[str | Exception]:
    """Read deliveries of one integration; answers for each why it cannot be read, empty where it was."""
    name = items[0].source.partition(":")[2]
    integration = Integration.objects.select_related("team").filter(name=name).first()
    if integration is None:
        return [NotFound(f"There is no integration {name}.") for _ in items]
    found = [_told(integration, item) for item in items]
    with unit(ROADBED, now=timezone.now()) as writing:
        take(integration, [told for told in found if isinstance(told, Told)], writing)
    known = [item.received_at for item, told in zip(items, found, strict=True) if isinstance(told, Told)]
    if known:
        seen = max([*known, integration.last_seen_at or known[0]])
        Integration.objects.filter(pk=integration.pk).update(last_seen_at=seen)
    return ["" if isinstance(told, Told) else told for told in found]


def _told(integration: Integration, item: InboxItem) -> Told | Exception:
    body = bytes(item.body)
    try:
        if integration.kind == CLOUDWATCH and integration.certificate:
            signing.prove(mapping(parsed(body)), integration.certificate)
        return reading.read(integration.kind, body, item.headers, mapped=integration.mapping)
    except Exception as fault:  # noqa: BLE001 - whatever a stranger's payload brings about, the others are read
        return fault


def one_at_a_time() -> None:
    """Let one process at a time decide about alerts, so that two never open the same page; SQLite has one writer."""
    connection = connections["default"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def take(integration: Integration, messages: Sequence[Told], writing: Unit) -> None:
    """Do what messages say, in their order, in the open transaction."""
    one_at_a_time()
    view = View.at(writing.now)
    for told in messages:
        if told.confirmation:
            integration.confirmation = dict(told.confirmation) | {"at": writing.now.isoformat()}
            integration.save(update_fields=["confirmation"])
        elif integration.kind == CLOUDWATCH and integration.confirmation:
            integration.confirmation = {}
            integration.save(update_fields=["confirmation"])
        for change in told.changes:
            _announce(integration, change, view, writing)
    for some in _apart(messages):
        batch = Batch.begun(integration, some, view)
        for told in some:
            batch.read(told)
            batch.leave_out(told)
        batch.save(writing)


def _apart(messages: Sequence[Told]) -> Iterator[list[Told]]:
    """Messages in portions within which none is about an alert or a group of another: those are decided at once."""
    portion: list[Told] = []
    seen: set[str] = set()
    for told in messages:
        if not told.signals:
            continue
        named = about(told)
        if seen & named:
            yield portion
            portion, seen = [], set()
        portion.append(told)
        seen |= named
    if portion:
        yield portion


def _announce(integration: Integration, change: Change, view: View, writing: Unit) -> None:
    service = view.service_of(integration, {"service": change.service} if change.service else {}, "")
    data = {
        "summary": change.summary, "source": change.source, "link": change.link, "integration": integration.name,
        "service": service.name if service else change.service,
    }  # fmt: skip
    at = min(change.at or writing.now, writing.now)
    writing.record("change.announced", service.uid if service else integration.uid, occurred_at=at, data=data)
