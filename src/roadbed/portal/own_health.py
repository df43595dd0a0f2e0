"""Roadbed's own health on its own pages: what waits, what is measured of it, where its records are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connections
from django.urls import reverse

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.jobs.models import Job
from roadbed.ground.shell import words
from roadbed.portal.first_steps import OWN
from roadbed.portal.glance import Glance, glances

if TYPE_CHECKING:
    from datetime import datetime

LATE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class OwnHealth:
    """What Roadbed says of itself."""

    glance: Glance | None
    lines: tuple[tuple[str, str], ...]
    url: str


def own_health(*, now: datetime) -> OwnHealth:
    """As of now."""
    service = catalog.service(OWN)
    return OwnHealth(
        glance=glances([service])[0] if service else None,
        lines=(("Worker", _worker(now)), ("Catalogue", _catalogue()), ("Database", _database())),
        url=reverse("portal:service", args=[OWN]) if service else "",
    )


def _worker(now: datetime) -> str:
    due = Job.objects.filter(state=Job.WAITING, run_at__lte=now)
    waiting = due.count()
    oldest = due.order_by("run_at").values_list("run_at", flat=True).first()
    said = f"{words.plural(waiting, 'job')} waiting" if waiting else "nothing waits"
    if oldest is not None and (late := (now - oldest).total_seconds()) > LATE_SECONDS:
        return f"{said}, the oldest for {words.duration(late)}"
    return said


def _catalogue() -> str:
    faults = len(catalog.ingest_errors())
    return words.plural(faults, "error") if faults else "read without errors"


def _database() -> str:
    connection = connections["default"]
    if connection.vendor != "sqlite":
        return "PostgreSQL"
    with connection.cursor() as cursor:
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        size = cursor.fetchone()[0]
    return f"SQLite, {size / 1e6:.1f} MB"
