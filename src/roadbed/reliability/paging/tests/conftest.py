"""The cast of the room's tests: a team with a rotation, its service, real receivers, a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from roadbed.adapters.smtp import SmtpNotifier
from roadbed.adapters.smtp.tests.sink import Sink, smtp_sink
from roadbed.adapters.webhook import WebhookNotifier
from roadbed.adapters.webhook.tests.receiver import Receiver, receiver
from roadbed.ground import asks
from roadbed.ground.asks import MeasuredWorkload, MeasuredWorkloads
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.jobs.models import Job
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people import usecases as people
from roadbed.ground.people.models import Person, Team
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.ports import board
from roadbed.reliability.paging import delivering, escalating, intake, usecases
from roadbed.reliability.paging.models import Alert, Channel
from roadbed.reliability.paging.reaching.sealing import mark_of
from roadbed.reliability.paging.reaching.verifying import code_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CATALOG = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
  annotations:
    roadbed.dev/run: ./serve
spec:
  type: service
  lifecycle: production
  owner: {owner}
"""
BURN = {
    "objective": "objective-1",
    "name": "answered",
    "title": "Requests answered",
    "remaining": -0.2,
    "good": 900,
    "total": 1000,
    "coverage": 1.0,
    "pairs": [
        {"name": "fast", "short": "5m", "long": "1h", "factor": 14.4, "short_burn": 100.0, "long_burn": 20.0, "bad": 9}
    ],
    "text": "checkout burns its budget 100 times too fast.",
}


@dataclass
class House:
    """One service, its people, what reaches them."""

    sink: Sink
    hook: Receiver
    uids: dict[str, str]
    now: datetime = NOW
    workloads: list[MeasuredWorkload] = field(default_factory=list)

    @property
    def checkout(self) -> str:
        return self.uids["checkout"]

    def person(self, name: str) -> Person:
        return Person.objects.get(email=f"{name}@kestrel.example")

    def caller(self, name: str) -> Caller:
        return caller_of_person(self.person(name))

    def rotate(self, *names: str, team: str = "team-payments", step_seconds: int = 300) -> None:
        usecases.set_rotation(
            ROADBED,
            team,
            emails=tuple(f"{name}@kestrel.example" for name in names),
            at=time(9, 0),
            zone="Europe/Stockholm",
            step_seconds=step_seconds,
            now=self.now,
        )

    def mailbox(self, *names: str, verified: bool = True) -> None:
        for name in names:
            address = f"{name}@kestrel.example"
            usecases.add_channel(ROADBED, kind="smtp", address=address, email=address, now=self.now)
            if verified:
                self.verify(address)

    def verify(self, address: str) -> Channel:
        """Enter the code as who got the test message would."""
        channel = Channel.objects.get(mark__in=[mark_of(kind, address) for kind in Channel.KINDS], removed_at=None)
        caller = caller_of_person(channel.person)
        usecases.verify_channel(caller, channel.uid, code_of(channel), now=self.now)
        return channel

    def record(self, kind: str, data: dict[str, Any] | None = None, *, service: str = "checkout") -> str:
        with unit(ROADBED, now=self.now) as writing:
            return writing.record(kind, self.uids[service], data=BURN if data is None else data)

    def burn(self, *, service: str = "checkout") -> Alert:
        uid = intake.react(self.record("budget.burn.started", service=service), now=self.now)
        assert uid is not None
        return Alert.objects.get(uid=uid)

    def deliver(self) -> int:
        """Do what the pager would do now with the outbox."""
        due = list(Job.objects.filter(name="paging.deliver", state=Job.WAITING, run_at__lte=self.now).order_by("id"))
        for job in due:
            delivering.deliver(job.payload["delivery"], clock=lambda: self.now)
            Job.objects.filter(pk=job.pk).update(state=Job.DONE)
        return len(due)

    def wait(self, seconds: float) -> None:
        """Let time pass, then do what the pager would do."""
        self.now += timedelta(seconds=seconds)
        for uid in escalating.due(now=self.now):
            if not intake.close_if_over(uid, now=self.now):
                escalating.advance(uid, now=self.now)
        self.deliver()

    def mailed(self) -> list[str]:
        """Who got pages by mail, in order."""
        return [str(mail["To"]).partition("@")[0] for mail in self.sink.mails]

    def facts(self, kind: str) -> list[dict[str, Any]]:
        return [fact.data for fact in Fact.objects.filter(kind=kind).order_by("position")]


@pytest.fixture
def house(db: Any, wired: None) -> Iterator[House]:
    makers, made, answerers = dict(board._makers), dict(board._made), dict(asks._answerers)
    people.invite_person(ROADBED, email="mara@kestrel.example", name="Mara Lindqvist", role="admin", now=NOW)
    for name, whole in (("hanne", "Hanne Brandt"), ("ines", "Ines Carvalho"), ("dele", "Dele Akande")):
        people.invite_person(ROADBED, email=f"{name}@kestrel.example", name=whole, now=NOW)
    people.create_team(ROADBED, name="team-payments", now=NOW)
    people.create_team(ROADBED, name="team-sre", layer="reliability", now=NOW)
    people.create_team(ROADBED, name="team-platform", layer="platform", now=NOW)
    for name in ("hanne", "ines"):
        people.join_team(ROADBED, team="team-payments", email=f"{name}@kestrel.example", now=NOW)
    people.join_team(ROADBED, team="team-sre", email="dele@kestrel.example", now=NOW)
    people.create_team(ROADBED, name="team-ghost", now=NOW)
    uids = {}
    for name, owner in (("checkout", "team-payments"), ("edge-proxy", "team-platform"), ("orphan", "team-ghost")):
        text = CATALOG.format(name=name, owner=owner)
        uids[name] = catalog.register(ROADBED, text=text, location=f"/srv/git/{name}.git", now=NOW).uid_of_component
    Team.objects.filter(name="team-ghost").update(archived_at=NOW)
    with smtp_sink() as sink, receiver() as hook:
        standing = House(sink, hook, uids)
        board.provide("notifier.smtp", lambda: SmtpNotifier(sink.url, sender="roadbed@kestrel.example"))
        board.provide("notifier.webhook", WebhookNotifier)
        asks.answer_with(MeasuredWorkloads, lambda _: tuple(standing.workloads))
        yield standing
    board._makers, board._made, asks._answerers = makers, made, answerers
