"""What a stage does inside its data folder, in a fork of its own: prepare it, and tell what is recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

TEAM = "team-payments"
EACH = 3
"""Services a team."""
TEXT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {{name: {name}, annotations: {{roadbed.dev/run: ./serve}}}}
spec: {{type: service, lifecycle: production, owner: {team}}}
"""


def migrate() -> None:
    """Make the tables."""
    from django.db import connections

    from roadbed.config import schema

    schema.migrate()
    connections.close_all()


def prepare(services: list[str], kind: str, address: str, step_seconds: int) -> dict[str, str]:
    """Teams of the same two, each with a channel, and services; answers the door's key and an administrator's token."""
    from roadbed.ground.catalog import usecases as catalog
    from roadbed.ground.jobs.models import Job
    from roadbed.ground.ledger import reactions
    from roadbed.ground.people import usecases as people
    from roadbed.ground.people.rules import ROADBED
    from roadbed.reliability.paging import usecases as paging
    from roadbed.reliability.paging.alerts import integrating
    from roadbed.reliability.paging.models import Channel, Rotation

    now = datetime.now(UTC)
    # Many alerts of one team at once are a storm, which has one page.
    teams = [TEAM, *(f"team-{number:02}" for number in range(1, 1 + len(services) // EACH))]
    for team in teams:
        people.create_team(ROADBED, name=team, now=now)
    emails = tuple(f"{name}@kestrel.example" for name in ("hanne", "ines"))
    for email in emails:
        name = email.partition("@")[0]
        people.invite_person(ROADBED, email=email, name=name.title(), now=now)
        for team in teams:
            people.join_team(ROADBED, team=team, email=email, now=now)
        paging.add_channel(ROADBED, kind=kind, address=address.format(name=name), email=email, now=now)
    for team in teams:
        paging.set_rotation(ROADBED, team, emails=emails, now=now)
    # It may be shorter than anybody may choose, so that escalation falls into the kills.
    Rotation.objects.update(step_seconds=step_seconds)
    Channel.objects.update(verified_at=now)
    text = "---\n".join(TEXT.format(name=name, team=teams[place // EACH]) for place, name in enumerate(services))
    catalog.register(ROADBED, text=text, location="https://git.example/all", now=now)
    key = integrating.add(ROADBED, "alertmanager", "kills", team=TEAM, now=now).key
    _, token = people.create_token(ROADBED, name="kills", now=now)
    Job.objects.all().delete()
    reactions.begin(now=now)
    return {"key": key, "token": token}


def burn(services: list[str]) -> list[float]:
    """Record that the budget of each burns; answers when each was recorded."""
    from roadbed.ground.catalog.queries import require_service
    from roadbed.ground.ledger.unit import unit
    from roadbed.ground.people.rules import ROADBED

    recorded = []
    for name in services:
        with unit(ROADBED, now=datetime.now(UTC)) as writing:
            data = {"objective": f"objective-of-{name}", "title": "Requests answered"}
            writing.record("budget.burn.started", require_service(name).uid, data=data)
        recorded.append(datetime.now(UTC).timestamp())
    return recorded


def clear() -> None:
    """Drop what is still to be sent, so that the next test gets its own messages alone."""
    from roadbed.reliability.paging.models import Delivery

    Delivery.objects.filter(state__in=[Delivery.WAITING, Delivery.SENDING]).update(state=Delivery.DROPPED)


def waiting() -> dict[str, int]:
    """What is still to be done: messages to be read, and sendings that are due."""
    from roadbed.ground.ledger.models import InboxItem
    from roadbed.reliability.paging.models import Alert, Delivery

    rows = Delivery.objects.filter(state__in=["waiting", "sending"], alert__closed_at=None)
    return {
        "unread": InboxItem.objects.filter(state="received").count(),
        "unsent": rows.filter(alert__state__in=[Alert.PAGING, Alert.EXHAUSTED]).count(),
    }


def tell() -> dict[str, Any]:
    """Everything that is recorded, for the account."""
    from roadbed.ground.ledger.models import Fact, InboxItem
    from roadbed.reliability.paging.models import Alert, Delivery, Signal, Silence

    pages = Alert.objects.values("uid", "service", "state", "acknowledged_at", "closed_at")
    deliveries = Delivery.objects.values("key", "alert__uid", "state", "sending_at", "tries", "error")
    signals = Signal.objects.values("given_key", "stance", "page__uid", "resolved_at")
    return {
        "pages": [_plain(row) for row in pages],
        "deliveries": [_plain(row) for row in deliveries],
        "signals": [_plain(row) for row in signals],
        "silences": list(Silence.objects.filter(ended_at=None).values_list("uid", flat=True)),
        "unreadable": list(InboxItem.objects.filter(state="failed").values_list("error", flat=True)),
        "sent": Fact.objects.filter(kind="page.sent").count(),
        "opened": Fact.objects.filter(kind="alert.opened").count(),
        "acknowledged": Fact.objects.filter(kind="page.acknowledged").count(),
        "snoozed": [fact.data["alert"] for fact in Fact.objects.filter(kind="page.snoozed")],
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.timestamp() if isinstance(value, datetime) else value for name, value in row.items()}
