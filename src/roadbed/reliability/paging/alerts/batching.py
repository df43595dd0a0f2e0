"""The alerts of some messages against those that are known: what is new, the same, worse or over, decided at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import F

from roadbed.ground.ledger.unit import Unit
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.reliability.paging import answering
from roadbed.reliability.paging.alerts import deciding
from roadbed.reliability.paging.alerts.gathering import close_where_over, gather, weigh
from roadbed.reliability.paging.alerts.looking import View
from roadbed.reliability.paging.alerts.models import Decision, Integration, Signal
from roadbed.reliability.paging.models import Alert
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
from roadbed.reliability.paging.rules.alerts.values import Told

_SAVED: Final = (
    "title", "severity", "state", "stance", "held_by", "page", "group", "last_at", "times", "resolved_at",
    "resolved_by", "link", "annotations",
)  # fmt: skip
_AT_ONCE: Final = 400


def digest_of(text: str) -> str:
    """A key or group of any length, in a column of one length."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


@dataclass
class Batch:
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
    def begun(cls, integration: Integration, messages: Sequence[Told], view: View) -> Batch:
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
