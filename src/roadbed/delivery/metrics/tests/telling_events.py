"""Events as files hold them: the cast is a shop whose pipeline tells CDEvents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from roadbed.delivery.metrics.rules.events.assembling import gather
from roadbed.delivery.metrics.rules.events.reading import read
from roadbed.delivery.metrics.rules.events.reporting import rows_of
from roadbed.delivery.metrics.rules.windows import windows_of

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
Event = dict[str, Any]


def at(hours: float) -> str:
    """So many hours after that Monday's midnight."""
    return (MONDAY + timedelta(hours=hours)).isoformat()


def cdevent(kind: str, uid: str, hours: float, subject: str, content: Event, **custom: Any) -> Event:
    """A CDEvent in a CloudEvent."""
    name = f"dev.cdevents.{kind}.0.3.0"
    context = {"specversion": "0.5.0", "id": uid, "source": "/ci", "type": name, "timestamp": at(hours)}
    context |= {key: custom.pop(key) for key in ("chainId", "links") if key in custom}
    data = {"context": context, "subject": {"id": subject, "source": "/ci", "content": content}}
    data |= {"customData": custom} if custom else {}
    return {"specversion": "1.0", "id": uid, "source": "/ci", "type": name, "time": at(hours), "data": data}


def change(name: str, created: float, merged: float, title: str = "Add search") -> list[Event]:
    """A change from its opening to its merge, and the artifact made of it."""
    repository = {"repository": {"id": "acme/shop"}}
    made = {"change": {"id": name, "source": "acme/shop"}}
    return [
        cdevent("change.created", f"{name}-c", created, name, {**repository, "description": title}),
        cdevent("change.merged", f"{name}-m", merged, name, repository),
        cdevent("artifact.packaged", f"{name}-p", merged, purl(name), made),
    ]


def purl(name: str) -> str:
    """The artifact of a change."""
    return f"pkg:oci/shop@sha256%3A{name}"


def deployed(name: str, hours: float, *, service: str = "shop", where: str = "production", **more: Any) -> Event:
    """A deployment of a change's artifact."""
    content = {"environment": {"id": where}, "artifactId": purl(name)}
    uid = more.pop("uid", f"{service}-{name}-{hours}")
    return cdevent(more.pop("kind", "service.upgraded"), uid, hours, service, content, **more)


def incident(uid: str, began: float, ended: float | None = None, *, service: str = "shop", **more: Any) -> list[Event]:
    """An incident, open where no end is given."""
    content = {"environment": {"id": "production"}, "service": {"id": service}} | more.pop("content", {})
    told = [cdevent("incident.detected", f"{uid}-d", began, uid, content, **more)]
    return told if ended is None else [*told, cdevent("incident.resolved", f"{uid}-r", ended, uid, content)]


def rows(events: Iterable[Event], *, by: str = "service", **asked: Any) -> list[dict[str, Any]]:
    """The figures of a file of these events."""
    return rows_of_lines([json.dumps(one) for one in events], by=by, **asked)


def rows_of_lines(lines: Sequence[str], *, by: str = "service", **asked: Any) -> list[dict[str, Any]]:
    """The figures of a file."""
    gathered = gather(read(lines).heard)
    return rows_of(gathered, windows_of(begin=gathered.begin, end=gathered.end, **asked), by=by, at=asked.get("at"))


def row(events: Iterable[Event], **asked: Any) -> dict[str, Any]:
    """The figures where there is one service and window."""
    (only,) = rows(events, **asked)
    return only
