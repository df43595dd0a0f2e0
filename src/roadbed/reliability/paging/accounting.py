"""Answers other rooms' questions for who is on call and who was paged, in few queries whatever the number of teams."""

from __future__ import annotations

from django.db.models import Count

from roadbed.ground.asks.counted import Paged, PeoplePaged, TeamsOnCall
from roadbed.ground.asks.runbooks import AlertSeen, AlertsSeen
from roadbed.ground.people.models import Person
from roadbed.reliability.paging.models import Alert, Recipient, Rotation


def teams_on_call(asked: TeamsOnCall) -> frozenset[str]:
    """Teams whose rotation has somebody active: with one there is always somebody whose turn it is."""
    del asked
    rows = list(Rotation.objects.filter(team__archived_at=None).values_list("team__name", "people"))
    named = {uid for _, people in rows for uid in people}
    active = set(Person.objects.filter(uid__in=named, is_active=True).values_list("uid", flat=True))
    return frozenset(team for team, people in rows if active.intersection(people))


def people_paged(asked: PeoplePaged) -> tuple[Paged, ...]:
    """Recipients of alerts by service and person."""
    rows = (
        Recipient.objects.filter(alert__opened_at__gt=asked.since, alert__opened_at__lte=asked.until)
        .values_list("alert__service_uid", "person__uid")
        .annotate(alerts=Count("pk"))
        .order_by("alert__service_uid", "person__uid")
    )
    return tuple(Paged(*row) for row in rows)


def alerts_seen(asked: AlertsSeen) -> tuple[AlertSeen, ...]:
    """Alerts by the name under which they opened, each once, by service and name."""
    rows = Alert.objects.filter(opened_at__gt=asked.since)
    if asked.service_uid:
        rows = rows.filter(service_uid=asked.service_uid)
    named = rows.order_by("service_uid", "title").values_list("service_uid", "title", "objective_uid").distinct()
    return tuple(AlertSeen(*row) for row in named)
