"""Reading what came through a door: each message in the transaction in which it counts as read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import connections
from django.db.models import F
from django.utils import timezone

from roadbed.ground.errors import NotFound
from roadbed.ground.ledger.models import InboxItem
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.ports.payloads import mapping, parsed
from roadbed.reliability.paging import answering
from roadbed.reliability.paging.alerts import deciding, signing
from roadbed.reliability.paging.alerts.gathering import close_where_over, gather, weigh
from roadbed.reliability.paging.alerts.looking import View
from roadbed.reliability.paging.alerts.models import Decision, Integration, Signal
from roadbed.reliability.paging.models import Alert
from roadbed.reliability.paging.rules.alerts import reading
from roadbed.reliability.paging.rules.alerts import values as told_as
from roadbed.reliability.paging.rules.alerts.naming import environment_in
from roadbed.reliability.paging.rules.alerts.placing import (
    ACKNOWLEDGED,
    APPEND,
    DROP,
    EPISODE,
    RESOLVED,
    UNSAID,
    step,
)
from roadbed.reliability.paging.rules.alerts.values import CLOUDWATCH, Change, Told

_LOCK: Final = 7_246_734
_SAVED: Final = (
    "title", "severity", "state", "stance", "held_by", "page", "group", "last_at", "times", "resolved_at",
    "resolved_by", "link", "annotations",
)  # fmt: skip
_AT_ONCE: Final = 400


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


def digest_of(text: str) -> str:
    """A key or group of any length, in a column of one length."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


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
        batch = _Batch.begun(integration, some, view)
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
        about = {f"key:{one.key}" for one in told.signals} | ({f"group:{told.group}"} if told.group else set())
        if seen & about:
            yield portion
            portion, seen = [], set()
        portion.append(told)
        seen |= about
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


@dataclass
class _Batch:
    """The alerts of some messages, each of others, against those that are known."""

    integration: Integration
    view: View
    open: dict[str, Signal]
    ended: dict[str, datetime]
    fresh: list[Signal] = field(default_factory=list)
    changed: dict[int, Signal] = field(default_factory=dict)
    worse: list[Signal] = field(default_factory=list)
    repeated: set[int] = field(default_factory=set)
    over: list[tuple[Signal, str]] = field(default_factory=list)
    answered: set[int] = field(default_factory=set)
    group: str = ""

    @classmethod
    def begun(cls, integration: Integration, messages: Sequence[Told], view: View) -> _Batch:
        told = [one for message in messages for one in message.signals]
        keys = sorted({digest_of(one.key) for one in told})
        rows: list[Signal] = []
        ended: dict[str, datetime] = {}
        by_sender = (Signal.BY_SENDER, Signal.BY_PERSON)
        for first in range(0, len(keys), _AT_ONCE):
            some = keys[first : first + _AT_ONCE]
            known = Signal.objects.filter(integration=integration, key__in=some)
            rows += known.filter(resolved_at=None).select_related("page")
            old = known.filter(resolved_by__in=by_sender, began_at__isnull=False).order_by("pk")
            ended |= {key: began for key, began in old.values_list("key", "began_at") if began}
        for row in rows:
            row.integration = integration
        open_ones = {row.key: row for row in rows}
        new = [one for one in told if digest_of(one.key) not in open_ones]
        found = [view.service_of(integration, one.labels, one.service) for one in new]
        uids = [service.uid for service in found if service is not None]
        view.desk.learn(uids)
        view.learn(uids)
        return cls(integration, view, open_ones, ended)

    def read(self, told: Told) -> None:
        """One alert after the other, in the order of the message."""
        self.group = digest_of(told.group) if told.group else ""
        for one in told.signals:
            key = digest_of(one.key)
            row = self.open.get(key)
            found = step(
                one, is_open=row is not None, began=row.began_at if row else None, ended_began=self.ended.get(key)
            )
            if found.kind == DROP:
                continue
            if row is None or found.kind == EPISODE:
                if row is not None:
                    self.end(row, Signal.BY_EPISODE, found.said)
                self.open[key] = self.make(one, key)
            elif found.kind == RESOLVED:
                self.end(row, Signal.BY_SENDER, found.said)
                if row.began_at:
                    self.ended[key] = row.began_at
            elif found.kind == ACKNOWLEDGED:
                row.state = Signal.ACKNOWLEDGED
                self.note(row)
                if row.page_id:
                    self.answered.add(row.page_id)
            elif found.kind == APPEND:
                self.append(row, one)

    def make(self, one: told_as.Signal, key: str) -> Signal:
        """An alert that is new, with what the catalogue says of it."""
        now, service = self.view.now, self.view.service_of(self.integration, one.labels, one.service)
        route = self.view.route(service, self.integration, one.labels)
        row = Signal(
            integration=self.integration, key=key, given_key=one.key[:255], group=self.group, title=one.title,
            severity=one.severity or UNSAID, labels=dict(one.labels), annotations=dict(one.annotations), link=one.link,
            service_uid=service.uid if service else "", service=service.name if service else "",
            environment=environment_in(one.labels), team=route.team, stance=Signal.LISTED, began_at=one.started_at,
            first_at=now, last_at=now,
        )  # fmt: skip
        self.fresh.append(row)
        return row

    def append(self, row: Signal, one: told_as.Signal) -> None:
        """The same again: counted, and looked at anew only where it became worse."""
        before = (row.group, row.title, row.link, row.annotations, row.severity, row.times)
        row.last_at = self.view.now
        row.group = self.group or row.group
        row.title, row.link = one.title or row.title, one.link or row.link
        row.annotations = dict(one.annotations) or row.annotations
        if one.severity is not None and one.severity < row.severity:
            row.severity = one.severity
            if row.pk:
                self.worse.append(row)
        same = before == (row.group, row.title, row.link, row.annotations, row.severity, row.times)
        if same and row.pk and row.pk not in self.changed and row.pk not in self.repeated:
            # Nothing but the count is new, which is what most messages bring.
            self.repeated.add(row.pk)
            return
        row.times += 1
        self.note(row)

    def end(self, row: Signal, by: str, said: str) -> None:
        """It is over."""
        row.state, row.resolved_at, row.resolved_by, row.held_by = Signal.RESOLVED, self.view.now, by, ""
        self.open.pop(row.key, None)
        self.over.append((row, said))
        self.note(row)

    def leave_out(self, told: Told) -> None:
        """What a whole message of its group does not name any more is over."""
        if not told.whole or not self.group:
            return
        named = {digest_of(one.key) for one in told.signals}
        rows = Signal.objects.filter(integration=self.integration, group=self.group, resolved_at=None)
        for row in rows.select_related("page"):
            # Another message of these may have moved it to its own group already.
            found = self.open.get(row.key, row)
            if row.key not in named and found.resolved_at is None and found.group == self.group:
                self.end(found, Signal.BY_ABSENCE, "its sender's message about the whole group names it no more")

    def note(self, row: Signal) -> None:
        """Remember that a row that was there before is to be saved."""
        if row.pk:
            # Told twice in one message, the second time with news: the count goes with the rest.
            row.times += row.pk in self.repeated
            self.repeated.discard(row.pk)
            self.changed[row.pk] = row

    def save(self, writing: Unit) -> None:
        """Decide about what is new or worse, and write everything."""
        made: list[Decision] = []
        paging: list[Signal] = []
        for row in self.fresh:
            if row.resolved_at is not None:
                continue
            outcome, reason = weigh(row, self.view, self.integration.name, self.integration.pages_at)
            if outcome == Decision.PAGED:
                paging.append(row)
            else:
                made.append(deciding.of_signal(outcome, row, [reason], now=writing.now))
        made += gather(paging, self.view, writing)
        if self.repeated:
            rows = Signal.objects.filter(pk__in=self.repeated)
            rows.update(times=F("times") + 1, last_at=writing.now)
        if self.changed:
            # What ended makes room for its next episode first.
            Signal.objects.bulk_update(list(self.changed.values()), _SAVED, batch_size=_AT_ONCE)
        Signal.objects.bulk_create(self.fresh, batch_size=_AT_ONCE)
        made += self.weigh_worse(writing)
        for row, said in self.over:
            made.append(deciding.of_signal(Decision.RESOLVED, row, [f"It is over: {said}."], now=writing.now))
        Decision.objects.bulk_create([_attached(one) for one in made], batch_size=_AT_ONCE)
        close_where_over({row.page_id for row, _ in self.over if row.page_id}, writing)
        for page_id in sorted(self.answered):
            _answer(page_id, self.integration, writing)

    def weigh_worse(self, writing: Unit) -> list[Decision]:
        """What became worse may page now, and pages again where its page was about less."""
        again: list[Signal] = []
        for row in self.worse:
            if row.resolved_at is not None:
                continue
            if row.stance == Signal.LISTED:
                outcome, _ = weigh(row, self.view, self.integration.name, self.integration.pages_at)
                if outcome == Decision.PAGED:
                    again.append(row)
            elif row.stance == Signal.PAGES and row.page is not None and row.severity < row.page.severity:
                again.append(row)
        made = gather(again, self.view, writing)
        if self.worse:
            Signal.objects.bulk_update(self.worse, _SAVED, batch_size=_AT_ONCE)
        return made


def _attached(made: Decision) -> Decision:
    # Made before the alert had its row.
    made.signal = made.signal
    made.page = made.signal.page if made.signal else made.page
    return made


def _answer(page_id: int, integration: Integration, writing: Unit) -> None:
    """Acknowledge a page once its sender says of all of its alerts that somebody has them."""
    page = Alert.objects.filter(pk=page_id, closed_at=None, state__in=[Alert.PAGING, Alert.EXHAUSTED]).first()
    waiting = Signal.objects.filter(page=page_id, resolved_at=None, stance=Signal.PAGES, state=Signal.FIRING)
    if page is None or waiting.exists():
        return
    caller = Caller(uid=f"integration:{integration.uid}"[:64], name=integration.name, role=ROADBED.role)
    answering.take_over(caller, page.uid, through="integration", now=writing.now)
