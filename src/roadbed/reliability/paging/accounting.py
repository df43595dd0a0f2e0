"""Answers other rooms' questions for who is on call and who was paged, in few queries whatever the number of teams."""

from __future__ import annotations

from django.db.models import Count

from roadbed.ground.asks.counted import Paged, PeoplePaged, TeamsOnCall
from roadbed.ground.asks.runbooks import AlertSeen, AlertsSeen
from roadbed.ground.people.models import Team
from roadbed.reliability.paging.models import Alert, Recipient
from roadbed.reliability.paging.planning import plans


def teams_on_call(asked: TeamsOnCall) -> frozenset[str]:
    """Teams whose rotation or schedule names somebody who is there still."""
    found = plans(now=asked.at)
    names = dict(Team.objects.filter(archived_at=None, uid__in=list(found)).values_list("uid", "name"))
    return frozenset(
        name for uid, name in names.items() if any(one not in found[uid].gone for one in found[uid].schedule.people)
    )


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
