"""Finds whose figures are asked for, and what is known of them: stored verdicts, and fresh ones where there is news."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from roadbed.delivery.metrics.models import Told, Verdict
from roadbed.delivery.metrics.rollups.reading import Known
from roadbed.delivery.metrics.rules.reading import OVERRIDDEN
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.queries import Owned
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.people.queries import team as team_named


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: one service's, one team's, or all. `services` are those of the catalogue."""

    services: tuple[Owned, ...]
    service: str = ""
    team: str = ""
    system: str = ""

    @property
    def everybody(self) -> bool:
        """Whether it is the whole organization, services that left the catalogue included."""
        return not (self.service or self.team or self.system)

    @property
    def uids(self) -> list[str] | None:
        """The services to read; None is all."""
        return None if self.everybody else [one.uid for one in self.services]

    @property
    def words(self) -> str:
        """Whose, for a heading."""
        return self.service or (
            f"team {self.team}" if self.team else f"system {self.system}" if self.system else "all teams"
        )


def scope_of(service: str = "", team: str = "", system: str = "") -> Scope:
    """The scope that somebody asked for.

    Raises:
        Invalid: when several are named.
        NotFound: when there is no such service, team or system.
    """
    named = {"service": service, "team": team, "system": system}
    given = [field for field, text in named.items() if text]
    if len(given) > 1:
        raise Invalid("Name a service, a team or a system, only one of them.", place=Place(field=given[1]))
    if "\x00" in service + team + system:
        raise Invalid("A name holds a NUL character.", remedy="Remove it.", place=Place(field=given[0]))
    if service:
        found = catalog.require_service(service)
        known = Owned(found.uid, found.name, found.owner, found.registered_at, found.system, found.namespace)
        return Scope((known,), service=found.name)
    if system:
        return _scope_of_system(system)
    if not team:
        return Scope(catalog.owned())
    whose = team_named(team)
    if whose is None:
        raise NotFound(
            f"There is no team {team[:63]}.", remedy="`roadbed team list` names them.", place=Place(field="team")
        )
    return Scope(catalog.owned(owner=whose.name), team=whose.name)


def _scope_of_system(system: str) -> Scope:
    services = catalog.owned(system=system)
    if not services:
        raise NotFound(
            f"No service belongs to a system {system[:63]}.",
            remedy="`roadbed catalog list --kind System` names them.",
            place=Place(field="system"),
        )
    return Scope(services, system=system)


def systems() -> tuple[str, ...]:
    """The systems that any service belongs to."""
    return tuple(sorted({one.system for one in catalog.owned() if one.system}))


def overrides_of(scope: Scope, *, since: datetime, until: datetime) -> tuple[tuple[str, str], ...]:
    """Overrides of the gate: of which service, and the commit that was let through where one was named."""
    rows = Told.objects.filter(kind=OVERRIDDEN, occurred_at__gte=since, occurred_at__lt=until)
    if scope.uids is not None:
        rows = rows.filter(service_uid__in=scope.uids)
    return tuple((service, str(data.get("commit") or "")) for service, data in rows.values_list("service_uid", "data"))


def failed_commits(service_uids: Collection[str], known: Known, *, since: datetime) -> set[tuple[str, str]]:
    """Services with the first twelve digits of the commits whose deployment failed since an instant."""
    rows = Verdict.objects.filter(service_uid__in=service_uids, at__gte=since).exclude(failed_by="").exclude(commit="")
    stored = rows.values_list("service_uid", "commit") if service_uids else ()
    told = (one for uid in service_uids if uid in known.fresh for one in known.fresh[uid][0])
    fresh = (one for one in told if one.at >= since and one.failed)
    found = [(uid, commit) for uid, commit in stored if uid not in known.fresh]
    found += [(one.service_uid, one.commit) for one in fresh if one.commit]
    return {(uid, commit[:12]) for uid, commit in found}
