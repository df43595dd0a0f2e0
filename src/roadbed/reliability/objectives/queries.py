"""What pages, the API and the gate read of objectives; each list and gate reads one precomputed row per objective."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from roadbed.ground.errors import NotFound
from roadbed.ground.prepared import Prepared, columns, instances
from roadbed.reliability.objectives.answers import (
    INTERVAL,
    ForecastView,
    ObjectivePage,
    ObjectiveView,
    ReadErrorView,
    VersionView,
    WindowView,
)
from roadbed.reliability.objectives.attributing import AttributionView, attribution
from roadbed.reliability.objectives.burn_down import BurnDown, Point, Stretch, burn_down
from roadbed.reliability.objectives.excluded import exclusions
from roadbed.reliability.objectives.listing import objectives
from roadbed.reliability.objectives.models import Evaluated, Objective, ReadError
from roadbed.reliability.objectives.reached import reached
from roadbed.reliability.objectives.rules.evaluation import STANDINGS, UNMEASURED
from roadbed.reliability.objectives.rules.kept import kept_of
from roadbed.reliability.objectives.rules.words import pair_words
from roadbed.reliability.objectives.viewing import (
    forecast_of,
    raw_of,
    returns_at_of,
    versions_of,
    view_of,
    windows_of,
)

__all__ = [
    "INTERVAL",
    "AttributionView",
    "BurnDown",
    "ForecastView",
    "ObjectivePage",
    "ObjectiveView",
    "Point",
    "ReadErrorView",
    "Stretch",
    "VersionView",
    "WindowView",
    "attribution",
    "burn_down",
    "exclusions",
    "objective",
    "objectives",
    "objectives_of",
    "read_error",
    "require_objective",
    "worst_standing",
]


def objectives_of(service_uid: str) -> tuple[ObjectiveView, ...]:
    """A service's objectives, by name."""
    rows = instances(Objective, _OF_SERVICE.rows(service=service_uid))
    evaluated = instances(Evaluated, _EVALUATED.rows(service=service_uid)) if rows else []
    by_uid = {one.objective: one for one in evaluated}
    beside = ((row, by_uid.get(row.uid)) for row in rows)
    return tuple(view_of(row, known, kept_of(known.kept) if known else None) for row, known in beside)


def objective(uid: str) -> ObjectivePage | None:
    """One objective with all its figures; a removed one is still shown."""
    row = Objective.objects.filter(uid=uid).first() if uid.isalnum() else None
    if row is None:
        return None
    evaluated = Evaluated.objects.filter(objective=uid).first()
    kept = kept_of(evaluated.kept) if evaluated else None
    return ObjectivePage(
        view=view_of(row, evaluated, kept),
        windows=windows_of(kept.evaluation) if kept else (),
        pairs=tuple((pair, pair_words(pair, kept.evaluation.windows)) for pair in kept.evaluation.pairs)
        if kept
        else (),
        forecast=forecast_of(kept, evaluated),
        returns_at=returns_at_of(kept, evaluated),
        raw=raw_of(kept),
        counts=reached(row),
        exclusions=exclusions(row.service_uid, objective=row.uid),
        versions=versions_of(row.versions.order_by("number")),
        origin=row.origin,
        source_file=row.source_file,
        source_line=row.source_line,
        source_commit=row.source_commit,
        source_location=row.source_location,
        created_at=row.created_at,
        removed_at=row.removed_at,
    )


def require_objective(uid: str) -> ObjectivePage:
    """One objective.

    Raises:
        NotFound: with where to find it.
    """
    found = objective(uid)
    if found is None:
        raise NotFound(f"There is no objective {uid}.", remedy="`roadbed slo list` names all of them.")
    return found


def worst_standing(service_uids: Iterable[str]) -> dict[str, str]:
    """The standing of each service's objective that needs a person most; services without objectives are left out."""
    evaluated = dict(Evaluated.objects.values_list("objective", "standing"))
    found: dict[str, str] = {}
    rows = Objective.objects.filter(removed_at=None, service_uid__in=list(service_uids))
    for uid, service_uid in rows.values_list("uid", "service_uid"):
        standing = evaluated.get(uid, UNMEASURED)
        if service_uid not in found or STANDINGS.index(standing) < STANDINGS.index(found[service_uid]):
            found[service_uid] = standing
    return found


def read_error(service_uid: str) -> ReadErrorView | None:
    """What is wrong with the service's objectives file, None when it was read well."""
    row = ReadError.objects.filter(service_uid=service_uid).first()
    return None if row is None else ReadErrorView(row.file, row.commit, tuple(row.errors), row.at)


_OF_SERVICE: Final = Prepared(
    lambda service: (
        Objective.objects.filter(service_uid=service, removed_at=None).order_by("name").values_list(*columns(Objective))
    ),
    service=str,
)
_EVALUATED: Final = Prepared(
    lambda service: Evaluated.objects.filter(service_uid=service).values_list(*columns(Evaluated)), service=str
)
