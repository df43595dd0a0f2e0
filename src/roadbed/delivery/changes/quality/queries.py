"""Counts what the panel of data quality shows, and lists the deployments that could not be linked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q

from roadbed.delivery.changes.linking.catalogue import owned
from roadbed.delivery.changes.linking.rules.values import FIRST
from roadbed.delivery.changes.models import Deployed, SeenChange
from roadbed.delivery.changes.quality.rules import DOUBTFUL, Counted, Finding, findings
from roadbed.delivery.changes.sources.queries import SourceView, sources
from roadbed.ground.errors import Invalid, Place

DAYS: Final = 28
LONGEST: Final = 400
PRODUCTION: Final = "production"
LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class SourceShare:
    """What one source told of production in the window."""

    source: str
    deployments: int
    linked: int
    services: int


@dataclass(frozen=True, slots=True)
class UnlinkedView:
    """A deployment that could not be linked, with what is missing."""

    uid: str
    service_uid: str
    service: str
    at: datetime
    version: str
    commit: str
    source: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QualityView:
    """The panel. `as_of` is until when it was counted."""

    days: int
    since: datetime
    as_of: datetime
    findings: tuple[Finding, ...]
    by_source: tuple[SourceShare, ...]
    unlinked: tuple[UnlinkedView, ...]


def quality(*, days: int = DAYS, now: datetime) -> QualityView:
    """How good the data of the last days is.

    Raises:
        Invalid: outside 1 to 400 days.
    """
    if not 1 <= days <= LONGEST:
        raise Invalid(f"{days} days is not between 1 and {LONGEST}.", place=Place(field="days"))
    since = now - timedelta(days=days)
    live = Deployed.objects.filter(
        environment=PRODUCTION, outcome__in=["succeeded", "rolledback"], at__gt=since, at__lte=now
    )
    asked = live.filter(outcome="succeeded").exclude(method=FIRST).exclude(former="", commits__isnull=True, method="")
    return QualityView(
        days=days,
        since=since,
        as_of=now,
        findings=findings(_counted(live, asked, sources(now=now), since=since, now=now)),
        by_source=_by_source(live),
        unlinked=tuple(_unlinked(row) for row in asked.filter(commits__isnull=True).order_by("-at", "-uid")[:LISTED]),
    )


def _counted(live: Any, asked: Any, known: tuple[SourceView, ...], *, since: datetime, now: datetime) -> Counted:
    sums: Mapping[str, int] = asked.aggregate(
        asked=Count("uid"),
        linked=Count("uid", filter=Q(commits__isnull=False)),
        doubtful=Count("uid", filter=Q(commits__isnull=False, confidence__lt=DOUBTFUL)),
        empty=Count("uid", filter=Q(commits__isnull=False, commit_count=0)),
        by_hand=Count("uid", filter=Q(by_hand=True)),
    )
    merged = SeenChange.objects.filter(state="merged", at__gt=since, at__lte=now)
    changes: Mapping[str, int] = merged.aggregate(all=Count("uid"), bots=Count("uid", filter=Q(bot=True)))
    services = owned()
    told = set(Deployed.objects.values_list("service_uid", flat=True).distinct())
    open_ones = [one for one in known if one.archived_at is None]
    return Counted(
        services=len(services),
        silent=tuple(one.name for one in services if one.uid not in told),
        deployments=live.count(),
        **{name: sums[name] for name in ("asked", "linked", "doubtful", "empty", "by_hand")},
        changes=changes["all"],
        bots=changes["bots"],
        unread=sum(one.unreadable for one in known),
        waiting=sum(one.waiting for one in known),
        sources=len(open_ones),
        quiet=tuple((one.name, one.silent_since) for one in open_ones if one.silent_since),
        never=tuple(one.name for one in open_ones if one.last_delivery_at is None),
        ahead=tuple(
            (one.name, one.ahead_seconds)
            for one in open_ones
            if one.ahead_seconds and one.ahead_at and one.ahead_at > since
        ),
    )


def _by_source(live: Any) -> tuple[SourceShare, ...]:
    rows = live.values("source", "by").annotate(
        deployments=Count("uid"),
        linked=Count("uid", filter=Q(commits__isnull=False)),
        services=Count("service_uid", distinct=True),
    )
    found = [
        SourceShare(row["source"] or ("Roadbed" if row["by"] == "roadbed" else "reports"), row["deployments"],
                    row["linked"], row["services"])
        for row in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.deployments, one.source)))


def _unlinked(row: Deployed) -> UnlinkedView:
    return UnlinkedView(
        uid=row.uid, service_uid=row.service_uid, service=row.service, at=row.at, version=row.version,
        commit=row.commit, source=row.source, evidence=tuple(row.evidence),
    )  # fmt: skip
